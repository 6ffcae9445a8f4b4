import { stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import type { PassedOver } from './walk-files.ts';
import { isUnseen, walkFiles } from './walk-files.ts';

/** What nobody could look into, and what to do about it. */
export const UNSEEN = {
  missing: 'It does not exist: check the path.',
  unreadable: 'It cannot be read: give this account access, or check the disk.',
  'unreadable-directory': 'The folder cannot be listed: give this account access.',
  'symbolic-link': 'A symbolic link, which is not followed: name the file itself.',
  'special-file': 'No regular file but a pipe, a socket or a device: name a file.',
  'too-large': 'It is larger than 2 GiB, which is more than is read: split it at the source.',
} as const;

export type UnseenReason = keyof typeof UNSEEN;

export type InspectTarget =
  | {
      readonly kind: 'file';
      readonly path: string;
      /** For the reader: as the user wrote it. */
      readonly shown: string;
      /** Below which its pictures are named: the path inside the folder that the user named, or the file's own name. */
      readonly name: string;
      /** Named by the user, not found in a folder: then it ought to be an object. */
      readonly isNamed: boolean;
    }
  | { readonly kind: 'unseen'; readonly shown: string; readonly reason: UnseenReason };

/** The files that a path leads to, by the rules of `import`: any depth, told by content, links not followed. Never throws. */
export async function inspectTargets(path: string): Promise<readonly InspectTarget[]> {
  const root = resolve(path);
  try {
    const isNamed = (await stat(root)).isFile();
    const { files, passedOver } = await walkFiles(root);
    const found = files.map((file) => fileAt(path, root, relative(root, file.path), isNamed));
    const others = passedOver.map((other) => otherAt(path, root, other, isNamed));
    return [...found, ...others];
  } catch (error) {
    const isMissing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    return [{ kind: 'unseen', shown: path, reason: isMissing ? 'missing' : 'unreadable' }];
  }
}

function fileAt(path: string, root: string, below: string, isNamed: boolean): InspectTarget {
  if (isNamed) return { kind: 'file', path: root, shown: path, name: basename(root), isNamed };
  return { kind: 'file', path: join(root, below), shown: join(path, below), name: below, isNamed };
}

/** Opened and found to be no image object is a file all the same: it is explained. */
function otherAt(path: string, root: string, other: PassedOver, isNamed: boolean): InspectTarget {
  // walkFiles names the root itself by its whole path.
  const below = isAbsolute(other.path) ? '' : other.path;
  if (!isUnseen(other)) return fileAt(path, root, below, isNamed);
  return { kind: 'unseen', shown: join(path, below), reason: other.reason as UnseenReason };
}
