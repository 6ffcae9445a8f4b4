import type { FileHandle } from 'node:fs/promises';
import { open, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readIdentity, sniffDicom } from '@precedent/dicom';

/** Bytes looked at to tell a DICOM object from any other file. */
const SNIFF_BYTES = 4096;
/** Where that does not reach to the Study Instance UID: more than headers take up to there. */
const HEAD_BYTES = 512 * 1024;

/** A file that is not sent, and why. */
export interface PassedOver {
  readonly path: string;
  readonly reason:
    | 'empty'
    | 'not-dicom'
    | 'dicomdir'
    | 'unreadable'
    | 'unreadable-directory'
    | 'symbolic-link'
    | 'special-file'
    | 'too-large';
}

const OPENED: readonly PassedOver['reason'][] = ['empty', 'not-dicom', 'dicomdir'];

/** Whether nobody has seen what is in it: it may be an image, so that the import is not whole. */
export const isUnseen = ({ reason }: PassedOver): boolean => !OPENED.includes(reason);

export interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Its Study Instance UID as the file says it; null when it does not. Identified: it is the source's own. */
  readonly study: string | null;
}

export interface Walked {
  readonly files: readonly FoundFile[];
  readonly passedOver: readonly PassedOver[];
}

/**
 * Every file below `root`, in stable order, told apart by content and not by name. A DICOMDIR lists the files beside it, which
 * are found anyway. What cannot be read is named, never skipped in silence; links are not followed, since they may lead out of
 * the folder or round in a circle.
 */
export async function walkFiles(root: string): Promise<Walked> {
  const files: FoundFile[] = [];
  const passedOver: PassedOver[] = [];
  for await (const path of paths(root, root, passedOver)) {
    const verdict = await inspect(path);
    if (typeof verdict === 'string') passedOver.push({ path: relative(root, path) || path, reason: verdict });
    else files.push(verdict);
  }
  return { files, passedOver };
}

async function* paths(root: string, folder: string, passedOver: PassedOver[]): AsyncGenerator<string> {
  if ((await stat(folder)).isFile()) {
    yield folder;
    return;
  }
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (entries === null) {
    passedOver.push({ path: relative(root, folder) || folder, reason: 'unreadable-directory' });
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* paths(root, path, passedOver);
    else if (entry.isFile()) yield path;
    else
      passedOver.push({
        path: relative(root, path),
        reason: entry.isSymbolicLink() ? 'symbolic-link' : 'special-file',
      });
  }
}

async function inspect(path: string): Promise<FoundFile | PassedOver['reason']> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return 'unreadable';
  try {
    const { size } = await file.stat();
    const head = await headOf(file, SNIFF_BYTES);
    if (head.length === 0) return 'empty';
    const kind = sniffDicom(head);
    if (kind === 'not-dicom' || kind === 'dicomdir') return kind;
    const longer = (): Promise<Buffer> => headOf(file, HEAD_BYTES);
    return { path, sizeBytes: size, study: studyIn(head) ?? (size > head.length ? studyIn(await longer()) : null) };
  } catch {
    return 'unreadable';
  } finally {
    await file.close();
  }
}

async function headOf(file: FileHandle, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

function studyIn(head: Buffer): string | null {
  const found = readIdentity(head);
  return found.kind === 'identified' ? found.identity.studyInstanceUid : null;
}
