// Real: child processes, decoders and their time and memory limits, real slow pictures. Fake: nothing.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { encodeFrames } from './encode-frames.ts';
import { ImagingSandbox } from './imaging-sandbox.ts';
import { imageFile, randomFrom } from './test-objects.testkit.ts';
import type { ImagingSandboxOptions } from './imaging-sandbox.ts';
import type { RenderRequest } from './domain/types.ts';

const JPEG_2000 = '1.2.840.10008.1.2.4.90';
const SEED = 77;

let sandbox: ImagingSandbox | undefined;
function started(options: ImagingSandboxOptions = {}): ImagingSandbox {
  sandbox = new ImagingSandbox(options);
  return sandbox;
}
afterEach(() => sandbox?.stop());

function display(bytes: Uint8Array): RenderRequest {
  return { source: { bytes }, frames: 'all', target: { kind: 'display' } };
}

const small = imageFile({ rows: 2, columns: 3, pixels: { bytes: Buffer.from([1, 2, 3, 4, 5, 6]) } });

/** One frame of noise, which JPEG 2000 takes longest for, many times over: some 50 ms a frame. */
async function slowPicture(frames: number): Promise<Buffer> {
  const random = randomFrom(SEED);
  const side = 512;
  const frame = new Uint8Array(side * side).map(() => random() * 256);
  const raw = {
    rows: side,
    columns: side,
    samplesPerPixel: 1,
    bitsAllocated: 8,
    bitsStored: 8,
    signed: false,
  } as const;
  const [stream] = await encodeFrames({ ...raw, frames: [frame] }, JPEG_2000);
  const fragments = [Buffer.alloc(0), ...Array.from({ length: frames }, () => Buffer.from(stream!))];
  return imageFile({ rows: side, columns: side, frames, pixels: { fragments }, syntax: JPEG_2000 });
}

describe('ImagingSandbox', () => {
  it('answers in order, also when several requests wait', async () => {
    const pictures = Array.from({ length: 20 }, (_, i) =>
      imageFile({ rows: 1, columns: 2, pixels: { bytes: Buffer.from([i, i + 1]) } }),
    );
    const box = started({ processes: 2 });
    const outcomes = await Promise.all(pictures.map((bytes) => box.render(display(bytes))));
    const first = outcomes.map((outcome) => (outcome.kind === 'rendered' ? outcome.frames[0]?.data[0] : outcome));
    expect(first).toEqual(pictures.map((_, i) => i));
  });

  it('ends a picture that takes too long; those before and behind it are answered', async () => {
    const slow = await slowPicture(200);
    const box = started({ timeoutMs: 300 });
    const outcomes = await Promise.all([small, slow, small, small].map((bytes) => box.render(display(bytes))));
    expect(outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.reason : outcome.kind))).toEqual([
      'rendered',
      'timed-out',
      'rendered',
      'rendered',
    ]);
  });

  it('ends a picture that takes too much memory; those behind it are answered', async () => {
    const swelling = imageFile({ rows: 9000, columns: 9000, pixels: { bytes: Buffer.alloc(9000 * 9000, 9) } });
    const box = started({ maxRssBytes: 220 * 1024 ** 2 });
    const outcomes = await Promise.all([small, swelling, small].map((bytes) => box.render(display(bytes))));
    expect(outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.reason : outcome.kind))).toEqual([
      'rendered',
      'out-of-memory',
      'rendered',
    ]);
  });

  it('replaces its child after its share of requests and loses none', async () => {
    const box = started({ restartAfter: 3 });
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => box.render(display(small))));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 10 }, () => 'rendered'));
  });

  it('says what is wrong with a request, without naming the file', async () => {
    const box = started();
    const missing = { path: '/nowhere/SECRET^NAME.dcm' };
    const outcomes = await Promise.all([
      box.render({ source: missing, frames: 'all', target: { kind: 'display' } }),
      box.render({ source: { path: tmpdir() }, frames: 'all', target: { kind: 'display' } }),
      box.render(display(Buffer.from('hello'))),
      box.render({ ...display(small), frames: [1] }),
    ]);
    expect(outcomes.map((outcome) => outcome.kind === 'failed' && outcome.reason)).toEqual([
      'rejected-object',
      'rejected-object',
      'rejected-object',
      'zero-frames',
    ]);
    expect(JSON.stringify(outcomes)).not.toContain('SECRET');
  });

  it('rejects what is not answered when it stops', async () => {
    const box = started();
    const pending = box.render(display(small));
    await Promise.all([expect(pending).rejects.toMatchObject({ code: 'IMAGING_STOPPED' }), box.stop()]);
    await expect(box.render(display(small))).rejects.toMatchObject({ code: 'IMAGING_STOPPED' });
  });

  it('its child ends when the parent is killed, even in the middle of a picture', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'imaging-orphan-'));
    const path = join(folder, 'slow.dcm');
    writeFileSync(path, await slowPicture(800));
    const index = new URL('../dist/index.js', import.meta.url).href;
    const script = `
      const { ImagingSandbox } = await import('${index}');
      const { readFileSync } = await import('node:fs');
      void new ImagingSandbox().render({ source: { path: '${path}' }, frames: 'all', target: { kind: 'display' } });
      console.log(readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim());`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await new Promise<string[]>((resolve) =>
      parent.stdout.once('data', (data) => resolve([String(data)])),
    );
    const child = Number(line);
    expect(child).toBeGreaterThan(0);
    parent.kill('SIGKILL');
    while (isRunning(child)) await new Promise((resolve) => setTimeout(resolve, 50));
    rmSync(folder, { recursive: true });
  });
});

function isRunning(pid: number): boolean {
  try {
    // A zombie that nobody has collected yet counts as ended.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('an uploaded picture', () => {
  const grey = { width: 2, height: 2, channels: 1 } as const;

  it('PNG: grey stays one channel, sample for sample', async () => {
    const png = await sharp(Uint8Array.from([0, 80, 160, 255]), { raw: grey })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const request = { source: { picture: png }, frames: 'all', target: { kind: 'display' } } as const;
    const outcome = await started().render(request);
    expect(outcome).toMatchObject({ kind: 'rendered', frames: [{ width: 2, height: 2, channels: 1, voi: 'none' }] });
    expect(outcome.kind === 'rendered' && [...outcome.frames[0]!.data]).toEqual([0, 80, 160, 255]);
  });

  it('JPEG: turned upright by its EXIF orientation', async () => {
    const wide = sharp(new Uint8Array(4 * 2 * 3).fill(90), { raw: { width: 4, height: 2, channels: 3 } });
    const jpeg = await wide.withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const request = { source: { picture: jpeg }, frames: 'all', target: { kind: 'display' } } as const;
    expect(await started().render(request)).toMatchObject({ frames: [{ width: 2, height: 4, channels: 3 }] });
  });

  it.each([
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 'rejected-object'],
    ['a damaged PNG', Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(40, 7)]), 'decode-failed'],
  ])('refuses %s', async (_, picture, reason) => {
    const request = { source: { picture }, frames: 'all', target: { kind: 'display' } } as const;
    expect(await started().render(request)).toMatchObject({ kind: 'failed', reason });
  });

  it('makes a PNG of a DICOM picture that reads back as it was shown, bounded by maxSide', async () => {
    const box = started();
    const pixels = { bytes: Buffer.from(Uint8Array.from({ length: 64 * 32 }, (_, i) => i)) };
    const file = imageFile({ rows: 32, columns: 64, pixels });
    const full = await box.render({ source: { bytes: file }, frames: 'all', target: { kind: 'png' } });
    if (full.kind === 'failed') throw new Error(full.reason);
    expect(await sharp(full.frames[0]!.data).metadata()).toMatchObject({ format: 'png', channels: 1 });
    const back = await sharp(full.frames[0]!.data).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    expect(back.info).toMatchObject({ width: 64, height: 32, channels: 1 });
    expect(back.data.equals(pixels.bytes)).toBe(true);
    const bounded = await box.render({ source: { bytes: file }, frames: 'all', target: { kind: 'png', maxSide: 16 } });
    expect(bounded).toMatchObject({ frames: [{ width: 16, height: 8, channels: 1 }] });
  });
});
