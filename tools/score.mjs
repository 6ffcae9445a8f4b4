// `npm run score -- NAME [options]`: the product examined on objects that the examiner made himself, with an answer key that he wrote
// from the standard. Ends with 1 where a figure that the product is held to is missed, with 2 where it is called wrongly.
import './fuzz/typescript.mjs';

/** One scorecard a line: `run(args)` gives the exit status, `summary` and `usage` are for the help. */
const SCORECARDS = {
  deid: () => import('./score/deid.mjs'),
  pixels: () => import('./score/pixels.mjs'),
};
const EXIT = { ok: 0, failed: 1, usage: 2 };

async function help() {
  const loaded = await Promise.all(Object.entries(SCORECARDS).map(async ([name, load]) => [name, await load()]));
  const lines = loaded.map(([name, { summary, usage }]) => `  ${name}  ${summary}\n${usage}`);
  return `Usage: npm run score -- NAME [--json] [options]\n\n${lines.join('\n')}\n`;
}

/** @returns exit status. */
async function main([name, ...args]) {
  if (name === undefined || name === '--help' || args.includes('--help')) {
    process.stdout.write(await help());
    return EXIT.ok;
  }
  if (!Object.hasOwn(SCORECARDS, name)) {
    process.stderr.write(`score: there is no scorecard '${name}'\n\n${await help()}`);
    return EXIT.usage;
  }
  const { run } = await SCORECARDS[name]();
  return run(args);
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error) => {
    process.stderr.write(`\nscore: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT.failed;
  },
);
