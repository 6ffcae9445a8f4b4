// One multi-frame object for each compressed syntax, encoded by the peers' own tools from the same invented pictures.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EXPLICIT_LITTLE_ENDIAN, tagOf, writeDataset } from '@precedent/dicom';
import { header, SIDE } from './dicom-objects.mjs';

const run = promisify(execFile);
const UID = '1.2.840.10008.1.2.';
const WORD_SC = '1.2.840.10008.5.1.4.1.1.7.3';
const BYTE_SC = '1.2.840.10008.5.1.4.1.1.7.2';

/**
 * `frames` are enough for half a second or so of the slower side. `encode` is a command of a peer; `cli` are the peers that decode
 * the file as a command, `plugins` those of pydicom.
 */
export const SYNTAXES = [
  {
    uid: '5',
    name: 'RLE',
    frames: 160,
    bits: 16,
    encode: ['dcmcrle'],
    cli: ['dcmdrle', 'gdcmconv'],
    plugins: ['pydicom'],
  },
  {
    uid: '4.50',
    name: 'JPEG baseline',
    frames: 60,
    bits: 8,
    encode: ['dcmcjpeg', '+eb'],
    cli: ['dcmdjpeg', 'gdcmconv'],
    plugins: ['gdcm'],
  },
  {
    uid: '4.51',
    name: 'JPEG extended, 12 bit',
    frames: 60,
    bits: 12,
    encode: ['dcmcjpeg', '+ee', '+bt'],
    cli: ['dcmdjpeg', 'gdcmconv'],
    plugins: ['gdcm'],
  },
  {
    uid: '4.57',
    name: 'JPEG lossless',
    frames: 60,
    bits: 16,
    encode: ['dcmcjpeg', '+el'],
    cli: ['dcmdjpeg', 'gdcmconv'],
    plugins: ['gdcm'],
  },
  {
    uid: '4.70',
    name: 'JPEG lossless SV1',
    frames: 60,
    bits: 16,
    encode: ['dcmcjpeg', '+e1'],
    cli: ['dcmdjpeg', 'gdcmconv'],
    plugins: ['gdcm'],
  },
  {
    uid: '4.80',
    name: 'JPEG-LS',
    frames: 60,
    bits: 16,
    encode: ['dcmcjpls', '+el'],
    cli: ['dcmdjpls', 'gdcmconv'],
    plugins: ['gdcm'],
  },
  {
    uid: '4.81',
    name: 'JPEG-LS near-lossless',
    frames: 60,
    bits: 16,
    encode: ['dcmcjpls', '+en'],
    cli: ['dcmdjpls', 'gdcmconv'],
    plugins: ['gdcm'],
  },
  {
    uid: '4.90',
    name: 'JPEG 2000 lossless',
    frames: 24,
    bits: 16,
    encode: ['gdcmconv', '--j2k'],
    cli: ['gdcmconv'],
    plugins: ['gdcm', 'pylibjpeg'],
  },
  {
    uid: '4.91',
    name: 'JPEG 2000',
    frames: 24,
    bits: 16,
    encode: ['gdcmconv', '--j2k', '--lossy', '-r', '8'],
    cli: ['gdcmconv'],
    plugins: ['gdcm', 'pylibjpeg'],
  },
  { uid: '4.201', name: 'HTJ2K lossless', frames: 60, bits: 16, encode: ['openjph'], cli: [], plugins: ['pylibjpeg'] },
];

export const syntaxUid = ({ uid }) => UID + uid;

/** Allocated and stored bits by the `bits` of a syntax: 16 means CT, of which 12 bits are used. */
const DEPTHS = { 8: [8, 8], 12: [16, 12], 16: [16, 12] };

/**
 * A body with organs, and noise that no code can remove (about 12 of 4,096 grey levels, as a CT has): a plain surface would decode
 * faster than any real picture.
 */
function picture(frame, depth) {
  const [allocated, stored] = DEPTHS[depth];
  const samples = allocated === 8 ? new Uint8Array(SIDE * SIDE) : new Uint16Array(SIDE * SIDE);
  const shift = 12 - stored;
  let state = (frame + 1) * 2654435761;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let y = 0, at = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, at++) {
      const noise = (random() + random() + random() - 1.5) * 24;
      samples[at] = Math.max(0, Math.min(4095, tissue(x, y, frame) + noise)) >> shift;
    }
  }
  return Buffer.from(samples.buffer);
}

function tissue(x, y, frame) {
  const inside = (cx, cy, rx, ry) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1;
  if (!inside(256, 256, 220, 160)) return 24;
  if (inside(256, 370, 24, 24)) return 2100 + 200 * Math.sin(x / 3);
  if (inside(170 + (frame % 20), 230, 70, 90) || inside(342, 230, 70, 90)) return 180 + 40 * Math.sin((x + y) / 11);
  return 1060 + 30 * Math.sin(x / 37) + 30 * Math.cos(y / 23);
}

function elements(depth, frames, pixels) {
  const [bits, stored] = DEPTHS[depth];
  const sopClass = bits === 8 ? BYTE_SC : WORD_SC;
  return [...header({ sopClass, name: 'frames', side: SIDE, bits, stored, frames }), pixels];
}

const native = (depth, frames) => ({
  tag: tagOf('PixelData'),
  vr: depth === 8 ? 'OB' : 'OW',
  value: { bytes: Buffer.concat(frames) },
});

/**
 * Writes the object of a syntax with all its frames, and with one.
 * @returns {Promise<{ many: string, one: string, frames: number } | { missing: string }>} `missing`: which encoder is not here.
 */
export async function encodedObjects(syntax, folder) {
  const path = (count) => join(folder, `${syntax.uid}-${count}.dcm`);
  try {
    for (const count of [syntax.frames, 1]) {
      const frames = Array.from({ length: count }, (_, frame) => picture(frame, syntax.bits));
      if (syntax.encode[0] === 'openjph') await writeHtj2k(syntax, frames, path(count));
      else await writeByTool(syntax, frames, path(count));
    }
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { missing: syntax.encode[0] };
  }
  return { many: path(syntax.frames), one: path(1), frames: syntax.frames };
}

async function writeByTool({ bits, encode: [tool, ...options] }, frames, path) {
  const plain = `${path}.raw`;
  const all = elements(bits, frames.length, native(bits, frames));
  await writeFile(plain, writeDataset(all, { transferSyntax: EXPLICIT_LITTLE_ENDIAN }));
  await run(tool, [...options, plain, path]);
}

/** No tool of Debian's encodes HTJ2K. */
async function writeHtj2k(syntax, frames, path) {
  const require = createRequire(new URL('../../libs/imaging/package.json', import.meta.url));
  const module = await require('@cornerstonejs/codec-openjph/wasmjs')({
    print() {},
    printErr() {},
    locateFile: () => require.resolve('@cornerstonejs/codec-openjph/wasm'),
  });
  const [, stored] = DEPTHS[syntax.bits];
  const info = {
    width: SIDE,
    height: SIDE,
    bitsPerSample: stored,
    componentCount: 1,
    isSigned: false,
    isUsingColorTransform: false,
  };
  const streams = frames.map((frame) => {
    const encoder = new module.HTJ2KEncoder();
    encoder.getDecodedBuffer(info).set(frame);
    encoder.setQuality(true, 0);
    encoder.encode();
    const stream = Buffer.from(encoder.getEncodedBuffer());
    encoder.delete();
    return stream.length % 2 === 0 ? stream : Buffer.concat([stream, Buffer.alloc(1)]);
  });
  const pixels = { tag: tagOf('PixelData'), vr: 'OB', value: { fragments: [Buffer.alloc(0), ...streams] } };
  await writeFile(
    path,
    writeDataset(elements(syntax.bits, frames.length, pixels), { transferSyntax: syntaxUid(syntax) }),
  );
}
