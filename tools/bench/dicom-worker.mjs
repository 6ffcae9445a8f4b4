// The product's side of the `dicom` benchmark, and that of dcmjs, each in a process of its own: a line of JSON in, one out.
// Usage: node dicom-worker.mjs precedent | node dicom-worker.mjs dcmjs FOLDER
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Small objects are repeated, since one call is shorter than the clock's noise. */
const MAX_CALLS = 2000;
/** The compiler has done most of its work by then. */
const WARM_UP_CALLS = 200;

async function precedent() {
  const { readDataset, rewriteDataset, tagOf } = await import('@precedent/dicom');
  const { renderImage } = await import('../../libs/imaging/dist/render-image.js');
  const { REPLACED, REPLACEMENT } = await import('./dicom-objects.mjs');
  const replaced = new Set(REPLACED.map(tagOf));
  const replace = { kind: 'replace', value: { text: REPLACEMENT } };
  const keep = { kind: 'keep' };
  const mustRead = (bytes) => {
    const read = readDataset(bytes);
    if (read.kind !== 'read') throw new Error(`not read: ${read.reason}`);
    return read.dataset;
  };
  return {
    read: (path) => readFileSync(path),
    parse: mustRead,
    rewrite: (bytes) => rewriteDataset(mustRead(bytes), ({ tag }) => (replaced.has(tag) ? replace : keep)),
    copy: (bytes) => {
      const copied = Buffer.allocUnsafe(bytes.length);
      bytes.copy(copied);
      return copied;
    },
    decode: async (path) => {
      const outcome = await renderImage({ source: { path }, frames: 'all', target: { kind: 'stored' } });
      if (outcome.kind !== 'rendered') throw new Error(`not decoded: ${outcome.reason}`);
      return outcome.frames.length;
    },
  };
}

async function dcmjs(folder) {
  const { REPLACED, REPLACEMENT } = await import('./dicom-objects.mjs');
  const library = createRequire(join(folder, 'package.json'))('dcmjs');
  library.log?.setLevel?.('silent');
  const { DicomMessage, DicomMetaDictionary } = library.data;
  const tags = REPLACED.map((keyword) => DicomMetaDictionary.nameMap[keyword].tag.replace(/[(),]/g, ''));
  const parse = (buffer) => DicomMessage.readFile(buffer);
  return {
    // It takes an ArrayBuffer of exactly the file.
    read: (path) => new Uint8Array(readFileSync(path)).buffer,
    parse,
    rewrite: (buffer) => {
      const object = parse(buffer);
      for (const tag of tags) object.dict[tag].Value = [REPLACEMENT];
      return Buffer.from(object.write({ fragmentMultiframe: false }));
    },
  };
}

async function measure(side, { operation, path, budgetMs }) {
  const input = operation === 'decode' ? path : side.read(path);
  if (operation === 'proof')
    return { proof: Buffer.from(side.rewrite(input)).toString('latin1').split('REPLACED').length - 1 };
  await repeat(side[operation], input, budgetMs, WARM_UP_CALLS);
  const cpu = process.cpuUsage();
  const started = performance.now();
  const calls = await repeat(side[operation], input, budgetMs, MAX_CALLS);
  const wallMs = (performance.now() - started) / calls;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1000 / calls, calls };
}

/** @returns how many calls it were: at least one, then as many as fit. */
async function repeat(work, input, budgetMs, most) {
  const started = performance.now();
  let calls = 0;
  do {
    await work(input);
    calls += 1;
  } while (calls < most && performance.now() - started < budgetMs);
  return calls;
}

const [name, folder] = process.argv.slice(2);
const side = name === 'dcmjs' ? await dcmjs(folder) : await precedent();
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await measure(side, JSON.parse(line)).catch((error) => ({ failed: String(error?.message ?? error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
