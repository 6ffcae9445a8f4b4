import { readFile } from 'node:fs/promises';
import { CodedError } from '@precedent/kernel';
import type { Upload } from '../client/service-client.ts';
import { walkFiles } from './walk-files.ts';

/** Images of a queried folder that are sent; the service uses at most as many. */
const MAX_QUERY_FILES = 32;
const PICTURE = /\.(png|jpe?g)$/i;

/** What is asked with: the picture, or DICOM objects evenly spaced over a folder. @throws QUERY_EMPTY, QUERY_FILE_UNREADABLE */
export async function queryUploads(path: string): Promise<readonly Upload[]> {
  if (PICTURE.test(path)) return [await upload(path, /png$/i.test(path) ? 'image/png' : 'image/jpeg')];
  const { files } = await walkFiles(path);
  if (files.length === 0)
    throw new CodedError('QUERY_EMPTY', `${path} holds no readable DICOM object and is no PNG or JPEG picture.`);
  const step = Math.max(1, files.length / MAX_QUERY_FILES);
  const chosen = files.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
  return Promise.all(chosen.map((file) => upload(file.path, 'application/dicom')));
}

async function upload(path: string, contentType: string): Promise<Upload> {
  try {
    return { contentType, bytes: await readFile(path) };
  } catch (cause) {
    throw new CodedError('QUERY_FILE_UNREADABLE', `${path} cannot be read: check that it is a file you may read.`, {
      cause,
    });
  }
}
