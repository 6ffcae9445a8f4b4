import type { Request } from 'express';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import { CodedError } from '@precedent/kernel';
import type { Part } from './multipart-reader.ts';
import { boundaryOf, MultipartReader } from './multipart-reader.ts';

const ACCEPTED = /^(application\/dicom|application\/octet-stream)\b/i;

/**
 * The DICOM objects of a request body: a multipart/related message, or a single application/dicom body. The media type of each
 * part decides, not the quoted `type` parameter, which senders write in several ways.
 */
export function requestParts(request: Request): AsyncIterable<Pick<Part, 'body' | 'headers'>> {
  const contentType = request.headers['content-type'] ?? '';
  if (/^application\/dicom\b(?!\+)/i.test(contentType)) return single(request);
  if (!/^multipart\/related\b/i.test(contentType)) throw unsupported();
  const boundary = boundaryOf(contentType);
  if (boundary === null) {
    throw new CodedError('MULTIPART_MALFORMED', 'The multipart content type has no valid boundary.');
  }
  return checked(new MultipartReader(request as AsyncIterable<Buffer>, boundary).parts());
}

const unsupported = (): UnsupportedMediaTypeException =>
  new UnsupportedMediaTypeException('Send application/dicom, alone or as multipart/related parts.');

async function* single(request: Request): AsyncGenerator<Part> {
  await Promise.resolve();
  yield { headers: new Map(), body: request as AsyncIterable<Buffer> };
}

async function* checked(parts: AsyncIterable<Part>): AsyncGenerator<Part> {
  for await (const part of parts) {
    if (!ACCEPTED.test(part.headers.get('content-type') ?? 'application/dicom')) throw unsupported();
    yield part;
  }
}
