import type { Request } from 'express';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import { CodedError } from '@precedent/kernel';
import { boundaryOf, MultipartReader } from '../stow/multipart-reader.ts';

/** All uploaded query objects together; a query is held in memory and never stored. */
const MAX_UPLOAD_BYTES = 512 * 1024 * 1024;

export interface UploadedObject {
  readonly kind: 'dicom' | 'picture';
  readonly bytes: Buffer;
}

const KINDS: readonly (readonly [RegExp, UploadedObject['kind']])[] = [
  [/^application\/dicom\b/i, 'dicom'],
  [/^image\/(png|jpeg)\b/i, 'picture'],
];

function kindOf(contentType: string): UploadedObject['kind'] {
  const kind = KINDS.find(([pattern]) => pattern.test(contentType))?.[1];
  if (kind !== undefined) return kind;
  throw new UnsupportedMediaTypeException(
    'Send a studyKey or imageKey as application/json, or upload application/dicom, image/png or image/jpeg (several as multipart/related).',
  );
}

/** The objects of an uploaded query: one body, or several multipart/related parts. */
export async function readUpload(request: Request): Promise<readonly UploadedObject[]> {
  const contentType = request.headers['content-type'] ?? '';
  const budget = { left: MAX_UPLOAD_BYTES };
  if (!/^multipart\/related\b/i.test(contentType)) {
    return [{ kind: kindOf(contentType), bytes: await collect(request as AsyncIterable<Buffer>, budget) }];
  }
  const boundary = boundaryOf(contentType);
  if (boundary === null)
    throw new CodedError('MULTIPART_MALFORMED', 'The multipart content type has no valid boundary.');
  const objects: UploadedObject[] = [];
  for await (const part of new MultipartReader(request as AsyncIterable<Buffer>, boundary).parts()) {
    const kind = kindOf(part.headers.get('content-type') ?? 'application/dicom');
    objects.push({ kind, bytes: await collect(part.body, budget) });
  }
  return objects;
}

async function collect(body: AsyncIterable<Buffer>, budget: { left: number }): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) {
    budget.left -= chunk.length;
    if (budget.left < 0)
      throw new CodedError('UPLOAD_TOO_LARGE', 'The uploaded query is too large: send fewer images of the study.');
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
}
