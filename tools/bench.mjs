// `npm run bench -- NAME [options]`: measurements against the figures the product is held to. Each prints what it measured and
// under which conditions; none of them is a test, since the time of day decides what a busy machine reaches.
import * as deid from './bench/deid.mjs';
import * as dicom from './bench/dicom.mjs';
import * as ingest from './bench/ingest.mjs';
import { Stopped } from './bench/interruption.mjs';
import * as pipeline from './bench/pipeline.mjs';

const BENCHMARKS = { deid, dicom, ingest, pipeline };
const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 };

function help() {
  const lines = Object.entries(BENCHMARKS).map(([name, { summary, usage }]) => `  ${name}  ${summary}\n${usage}`);
  return `Usage: npm run bench -- NAME [--json] [options]\n\n${lines.join('\n')}\n`;
}

/** @returns exit status. */
async function main([name, ...args]) {
  if (name === undefined || name === '--help' || args.includes('--help')) {
    process.stdout.write(help());
    return EXIT.ok;
  }
  const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
  const options = benchmark?.readOptions(args);
  if (options === undefined || options.problem !== undefined) {
    process.stderr.write(`bench: ${options?.problem ?? `there is no benchmark '${name}'`}\n\n${help()}`);
    return EXIT.usage;
  }
  const { json, ...settings } = options;
  const result = await benchmark.run(settings);
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : benchmark.describe(result));
  return EXIT.ok;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`\nbench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof Stopped ? EXIT.interrupted : EXIT.failed);
  },
);
