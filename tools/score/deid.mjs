// `npm run score -- deid`: the harness is TypeScript under test/score, the product is its command `precedent deid`.
import '../fuzz/typescript.mjs';

export const summary = 'de-identification of generated objects against an answer key, per class and patient';
export const usage = `      --objects N             objects to make (default 1200: about 300 actions each)
      --seed S                the same seed makes the same objects (default 1)
      --profile NAME          profile of the product (default retrieval)
      --keep DIR              keep corpus, key, output and report there (a folder that does not exist)`;

/** @returns exit status: 0 where every class reached its figure. */
export async function run(args) {
  const { scoreDeid } = await import('../../test/score/command.ts');
  return scoreDeid(args);
}
