import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PictureSink } from '@precedent/deid';
import { CodedError } from '@precedent/kernel';

/** Control and direction characters, which would command whoever lists the folder. */
const COMMANDING = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A file's name as it may be shown: without what commands a terminal or turns the reading direction. */
export const harmlessName = (name: string): string => name.replace(COMMANDING, '\ufffd');

/**
 * Pictures of frames as PNG files, named by where their object lies and by the number of the frame, never by what the
 * object says. They show the patient as the object does: readable by their owner only.
 */
export class InspectPictures {
  readonly #folder: string;
  readonly #overwrite: boolean;
  /** Of this run: one is never replaced by another, even where replacing is asked for. */
  readonly #made = new Set<string>();
  /** Not written, since a file of that name was there. */
  readonly existing: string[] = [];

  private constructor(folder: string, overwrite: boolean) {
    this.#folder = folder;
    this.#overwrite = overwrite;
  }

  /** @throws CodedError PICTURES_UNWRITABLE, before any work is done */
  static async in(folder: string, overwrite: boolean): Promise<InspectPictures> {
    await makeFolder(folder);
    return new InspectPictures(folder, overwrite);
  }

  /**
   * @param name of the object: its path below the folder that was named, or its file's name
   * @returns what takes its pictures, and where each was written, by frame
   */
  sinkFor(name: string): { readonly sink: PictureSink; readonly written: ReadonlyMap<number, string> } {
    const written = new Map<number, string>();
    const sink = async (frame: number, png: Uint8Array): Promise<void> => {
      const number = String(frame).padStart(4, '0');
      const file = join(this.#folder, `${name.replace(COMMANDING, '_')}.frame-${number}.png`);
      if (await this.#write(file, png)) written.set(frame, file);
      else this.existing.push(file);
    };
    return { sink, written };
  }

  get written(): number {
    return this.#made.size;
  }

  /** @returns whether it was written; false where a file was there. */
  async #write(file: string, png: Uint8Array): Promise<boolean> {
    if (this.#made.has(file)) return false;
    await makeFolder(dirname(file));
    try {
      if (this.#overwrite) await replace(file, png);
      else await writeFile(file, png, { flag: 'wx', mode: 0o600 });
    } catch (cause) {
      if (!this.#overwrite && (cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw unwritable(file, cause);
    }
    this.#made.add(file);
    return true;
  }
}

/** By a new file in its place: a link of that name must not lead the picture elsewhere. */
async function replace(file: string, png: Uint8Array): Promise<void> {
  const draft = `${file}.part`;
  await rm(draft, { force: true });
  try {
    await writeFile(draft, png, { flag: 'wx', mode: 0o600 });
    await rename(draft, file);
  } catch (fault) {
    await rm(draft, { force: true });
    throw fault;
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw unwritable(folder, cause);
  });
}

function unwritable(path: string, cause: unknown): CodedError {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  const text = `${harmlessName(path)} cannot be written (${code}): choose another folder for --png, or make room.`;
  return new CodedError('PICTURES_UNWRITABLE', text, { cause });
}
