// The product's side of the `deid` benchmark: objects of a folder into another, one thread, its own CPU time in between.
// Usage: node deid-worker.mjs '{ "tool", "input", "output", "files": [...], "half": n, "warmUp": n }'; one line of JSON comes out.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Not a secret: pseudonyms of a benchmark go nowhere. */
const KEYS = { keyId: 'bench', secret: Buffer.alloc(32, 'bench') };

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function product() {
  const { Deidentifier, loadDeidProfile } = await import('@precedent/deid');
  const profile = await loadDeidProfile('retrieval');
  // The header path: pixels pass, as they do with every peer.
  return () => new Deidentifier({ keys: KEYS, profile, allowUncleanedPixels: true });
}

/** @returns how many came out, and why the others did not. */
async function treat(deidentifier, { input, output }, files) {
  const refused = {};
  let cameOut = 0;
  for (const file of files) {
    const outcome = await deidentifier.deidentifyObject(readFileSync(join(input, file)));
    if (outcome.kind === 'deidentified') {
      writeFileSync(join(output, file), outcome.bytes);
      cameOut += 1;
    } else refused[outcome.reason] = (refused[outcome.reason] ?? 0) + 1;
  }
  return { cameOut, refused };
}

/** Reading and writing alone: what nobody can be faster than. */
function copy({ input, output }, files) {
  for (const file of files) writeFileSync(join(output, file), readFileSync(join(input, file)));
  return { cameOut: files.length, refused: {} };
}

async function main(task) {
  mkdirSync(task.output, { recursive: true });
  const make = task.tool === 'copy' ? () => undefined : await product();
  const work = (side, part, files) => (task.tool === 'copy' ? copy(part, files) : treat(side, part, files));
  // Each time with a fresh de-identifier: what it remembers of these patients must not help, only what is compiled.
  for (let pass = 0; pass < task.warmUp; pass++) {
    const output = `${task.output}-${pass}`;
    mkdirSync(output);
    await work(make(), { ...task, output }, task.files);
  }
  const side = make();
  const marks = [cpuMs()];
  const parts = [];
  for (const files of [task.files.slice(0, task.half), task.files.slice(task.half)]) {
    parts.push(await work(side, task, files));
    marks.push(cpuMs());
  }
  const refused = { ...parts[0].refused };
  for (const [reason, n] of Object.entries(parts[1].refused)) refused[reason] = (refused[reason] ?? 0) + n;
  const cameOut = parts.reduce((sum, part) => sum + part.cameOut, 0);
  process.stdout.write(`${JSON.stringify({ marks, cameOut, refused })}\n`);
}

await main(JSON.parse(process.argv[2]));
