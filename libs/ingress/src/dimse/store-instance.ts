import { encodeFileHead, TRANSFER_SYNTAXES } from '@precedent/dicom';
import { codeOf } from '@precedent/kernel';
import type { Command, Status } from '../domain/dimse/command-set.ts';
import { STATUS } from '../domain/dimse/command-set.ts';
import { InvalidPdu } from '../domain/dimse/read-pdu.ts';
import type { SpooledFile, SpoolFolder } from '../spool-folder.ts';
import type { DataSet } from './data-set.ts';

/** Journals a file whose bytes are on disk. Resolves when its row is committed; `refused` when it could not be. */
export type Journal = (source: string, file: SpooledFile) => Promise<'kept' | 'refused'>;

export interface StoreParts {
  readonly folder: SpoolFolder;
  readonly journal: Journal;
  readonly minFreeBytes: number;
  /** Hears of faults; the sender hears only that there is no room. */
  readonly onFault: (code: string) => void;
}

const MISMATCH = {
  reason: 'command-mismatch',
  detail: 'The sender announced another SOP class or instance than it sent: have it mend how it sends, and send again.',
};

/** One C-STORE: bytes to the spool, fsync, journal row, and only then success (PS3.4 B.2.3). */
export class StoreInstance {
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  async hasRoom(): Promise<boolean> {
    return (await this.#parts.folder.freeBytes().catch(() => 0)) >= this.#parts.minFreeBytes;
  }

  /**
   * A problem of content is no failure: the instance is kept, and held back. A700 is for what the sender may try again.
   * @throws InvalidPdu when the peer breaks the protocol within the data set
   */
  async run(source: string, command: Command, transferSyntax: string, data: DataSet): Promise<Status> {
    if (!(await this.hasRoom())) return STATUS.outOfResources;
    try {
      const file = await this.#parts.folder.write(withHead(command, transferSyntax, data));
      // On a refusal the file stays: whether its row was committed may be unknown. The next start clears up what has none.
      const outcome = await this.#parts.journal(source, checked(command, file));
      return outcome === 'kept' ? STATUS.success : STATUS.outOfResources;
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      if (error instanceof InvalidPdu || cause instanceof InvalidPdu) throw cause ?? error;
      if (codeOf(error) !== 'DIMSE_PEER_GONE') this.#parts.onFault(codeOf(error));
      return STATUS.outOfResources;
    }
  }
}

/** A file of PS3.10: its group 0002 says the syntax that was negotiated, whatever the sender's own file said. */
async function* withHead(command: Command, transferSyntax: string, data: DataSet): AsyncGenerator<Buffer> {
  const syntax = TRANSFER_SYNTAXES.get(transferSyntax);
  if (syntax === undefined) throw new InvalidPdu('a syntax that was never accepted');
  yield encodeFileHead(syntax, { sopClassUid: command.sopClassUid, sopInstanceUid: command.sopInstanceUid });
  yield* data.chunks();
}

function checked(command: Command, file: SpooledFile): SpooledFile {
  if (file.identity.kind !== 'identified') return file;
  const { sopClassUid, sopInstanceUid } = file.identity.identity;
  const agrees = sopClassUid === command.sopClassUid && sopInstanceUid === command.sopInstanceUid;
  return agrees ? file : { ...file, objection: MISMATCH };
}
