import type { ReceivedInstance, ReceiveInstances, SpooledFile, SpoolFolder } from '@precedent/ingress';
import type { AuditTrail } from '@precedent/kernel';
import { assertSpoolRoom } from '../../spool-room.ts';
import type { Part } from './multipart-reader.ts';

/** Instances acknowledged by one journal transaction and one folder sync (group commit), and the bytes that may wait for it. */
const GROUP_INSTANCES = 64;
const GROUP_BYTES = 256 * 1024 * 1024;

/** Streams instances to the spool and journals them in groups; the answer lists every part in the order it came. */
export class ReceiveParts {
  readonly #folder: SpoolFolder;
  readonly #receive: ReceiveInstances;
  readonly #audit: AuditTrail;

  constructor(folder: SpoolFolder, receive: ReceiveInstances, audit: AuditTrail) {
    this.#folder = folder;
    this.#receive = receive;
    this.#audit = audit;
  }

  async run(source: string, parts: AsyncIterable<Pick<Part, 'body'>>): Promise<readonly ReceivedInstance[]> {
    const received: ReceivedInstance[] = [];
    const group: SpooledFile[] = [];
    let bytes = 0;
    try {
      for await (const part of parts) {
        await assertSpoolRoom(this.#folder.directory);
        const file = await this.#folder.write(part.body);
        group.push(file);
        bytes += file.sizeBytes;
        if (group.length < GROUP_INSTANCES && bytes < GROUP_BYTES) continue;
        received.push(...(await this.#commit(source, group.splice(0))));
        bytes = 0;
      }
      // From here on the files are the journal's: of a commit that fails nobody can say whether its rows are there, and a row
      // without its file would pass what is sent again for a duplicate. The next start removes files without a row.
      if (group.length > 0) received.push(...(await this.#commit(source, group.splice(0))));
      return received;
    } catch (error) {
      // Not acknowledged, so the sender sends them again: nothing half-received may stay behind.
      await this.#folder.remove(group.map((file) => file.spoolName));
      throw error;
    }
  }

  async #commit(source: string, group: readonly SpooledFile[]): Promise<readonly ReceivedInstance[]> {
    const received = await this.#receive.receive(source, group);
    const detail: Record<string, number> = {};
    for (const { kind } of received) detail[kind] = (detail[kind] ?? 0) + 1;
    await this.#audit.record([{ code: 'instances-received', outcome: 'success', actor: source, detail }]);
    return received;
  }
}
