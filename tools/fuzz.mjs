// `npm run fuzz -- [options]`: mutants of real objects and code streams against the reader, the rewriter, the de-identifier and
// the decoders; docs/fuzzing.md says what is held to. The harness is TypeScript under test/fuzz, the packages are their build.
import './fuzz/typescript.mjs';

const { USAGE, fuzz } = await import('../test/fuzz/command.ts');
const args = process.argv.slice(2);

if (args.includes('--help')) process.stdout.write(USAGE);
else process.exitCode = await fuzz(args);
