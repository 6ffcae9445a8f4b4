import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflatedZeros } from './adapters/deflated-zeros.ts';
import { EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN, writeDataset } from '@precedent/dicom';
import type { HostileEnd, HostileObject } from './domain/hostile.ts';
import { PLAIN_PIXELS, smallImage } from './domain/hostile.ts';

const DEFLATED = '1.2.840.10008.1.2.1.99';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const COMPREHENSIVE_SR = '1.2.840.10008.5.1.4.1.1.88.33';
const MEDIA_DIRECTORY = '1.2.840.10008.1.3.10';
/** Zeros inside the bomb: above the reader's 512 MiB, in less than 1 MB of file. */
const BOMB_BYTES = 600 * 2 ** 20;

interface Bad {
  readonly name: string;
  readonly bytes: Buffer;
  readonly expected: HostileEnd;
}

/** Writes bad inputs, one file each, and says how each must end. Bytes depend on the seed alone. */
export async function hostileObjects(request: { directory: string; seed: number }): Promise<readonly HostileObject[]> {
  await mkdir(request.directory, { recursive: true });
  const bad = [
    ...brokenFiles(request.seed),
    ...brokenStructures(request.seed),
    ...brokenImages(request.seed),
    await bomb(request.seed),
  ];
  const written: HostileObject[] = [];
  for (const { name, bytes, expected } of bad) {
    const path = join(request.directory, `${name}.dcm`);
    await writeFile(path, bytes);
    written.push({ name, path, expected });
  }
  return written;
}

function image(
  seed: number,
  name: string,
  change: Parameters<typeof smallImage>[2] = {},
  transferSyntax: string = EXPLICIT_LITTLE_ENDIAN,
): Buffer {
  return writeDataset(smallImage(seed, name, { pixels: PLAIN_PIXELS, ...change }), { transferSyntax });
}

function brokenFiles(seed: number): Bad[] {
  const whole = image(seed, 'truncated');
  const inHeader = image(seed, 'truncated-header');
  return [
    { name: 'empty', bytes: Buffer.alloc(0), expected: { kind: 'rejected', reasons: ['empty'] } },
    {
      name: 'not-dicom',
      bytes: Buffer.from('%PDF-1.4\nthis is a letter, not an image\n'.repeat(40)),
      expected: { kind: 'rejected', reasons: ['not-dicom'] },
    },
    {
      name: 'truncated',
      bytes: whole.subarray(0, whole.length - 50),
      expected: { kind: 'rejected', reasons: ['truncated'] },
    },
    {
      name: 'truncated-header',
      bytes: inHeader.subarray(0, 300),
      expected: { kind: 'rejected', reasons: ['truncated'] },
    },
    {
      name: 'no-preamble',
      bytes: image(seed, 'no-preamble').subarray(132),
      expected: { kind: 'read-with-finding', code: 'no-preamble' },
    },
    {
      name: 'trailing-bytes',
      bytes: Buffer.concat([image(seed, 'trailing-bytes'), Buffer.from('MRN 4711 after the end')]),
      expected: { kind: 'read-with-finding', code: 'trailing-bytes' },
    },
  ];
}

function brokenStructures(seed: number): Bad[] {
  const elements = smallImage(seed, 'duplicate-tag', { pixels: PLAIN_PIXELS });
  const twice = elements.flatMap((element) =>
    element.tag === 0x00100010 ? [element, { ...element, value: { text: 'Second^Name' } }] : [element],
  );
  const directory = smallImage(seed, 'dicomdir', { sopClass: MEDIA_DIRECTORY });
  return [
    {
      name: 'duplicate-tag',
      bytes: writeDataset(twice, { transferSyntax: EXPLICIT_LITTLE_ENDIAN }),
      expected: { kind: 'read-with-finding', code: 'duplicate-tag' },
    },
    {
      name: 'wrong-transfer-syntax',
      bytes: mislabelled(seed),
      expected: { kind: 'rejected', reasons: ['malformed', 'truncated', 'disputed'] },
    },
    {
      name: 'dicomdir',
      bytes: writeDataset(directory, { transferSyntax: EXPLICIT_LITTLE_ENDIAN }),
      expected: { kind: 'dicomdir' },
    },
  ];
}

/** Group 0002 of one syntax before the data set of another. */
function mislabelled(seed: number): Buffer {
  const stated = image(seed, 'wrong-transfer-syntax');
  const actual = image(seed, 'wrong-transfer-syntax', {}, IMPLICIT_LITTLE_ENDIAN);
  return Buffer.concat([stated.subarray(0, datasetStart(stated)), actual.subarray(datasetStart(actual))]);
}

/** Where group 0002 ends: 12 bytes of (0002,0000), whose value counts the rest. */
function datasetStart(file: Buffer): number {
  return 132 + 12 + file.readUInt32LE(132 + 8);
}

function brokenImages(seed: number): Bad[] {
  const huge = { rows: 65535, columns: 65535 };
  const garbage = [Buffer.alloc(0), Buffer.from('ffd8fff7000b0c0008000801011100ffda0000dead', 'hex')];
  return [
    {
      name: 'sr-without-pixels',
      bytes: writeDataset(smallImage(seed, 'sr-without-pixels', { sopClass: COMPREHENSIVE_SR }), {
        transferSyntax: EXPLICIT_LITTLE_ENDIAN,
      }),
      expected: { kind: 'no-picture', reasons: ['no-pixel-data'] },
    },
    {
      name: 'zero-frames',
      bytes: image(seed, 'zero-frames', { frames: 0 }),
      expected: { kind: 'no-picture', reasons: ['zero-frames'] },
    },
    {
      name: 'absurd-dimensions',
      bytes: image(seed, 'absurd-dimensions', huge),
      expected: { kind: 'no-picture', reasons: ['absurd-dimensions', 'pixel-data-length'] },
    },
    {
      name: 'too-few-pixels',
      bytes: image(seed, 'too-few-pixels', { rows: 9 }),
      expected: { kind: 'no-picture', reasons: ['pixel-data-length'] },
    },
    {
      name: 'broken-code-stream',
      bytes: image(seed, 'broken-code-stream', { pixels: garbage }, JPEG_LS),
      expected: { kind: 'no-picture', reasons: ['decode-failed', 'codestream-mismatch'] },
    },
  ];
}

/** A deflated object whose last element inflates past any limit: header as written, then zeros without end. */
async function bomb(seed: number): Promise<Bad> {
  const plain = writeDataset(smallImage(seed, 'deflate-bomb'), { transferSyntax: EXPLICIT_LITTLE_ENDIAN });
  const labelled = writeDataset(smallImage(seed, 'deflate-bomb'), { transferSyntax: DEFLATED });
  const element = Buffer.from('e07f10004f57000000000040', 'hex');
  const bytes = await deflatedZeros(Buffer.concat([plain.subarray(datasetStart(plain)), element]), BOMB_BYTES);
  return {
    name: 'deflate-bomb',
    bytes: Buffer.concat([labelled.subarray(0, datasetStart(labelled)), bytes]),
    expected: { kind: 'rejected', reasons: ['limit-exceeded'] },
  };
}
