// Loads test/architecture/rooms.ts. Node 20 cannot import TypeScript, so that one file (it has no imports) is transpiled.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const source = readFileSync(fileURLToPath(new URL('../test/architecture/rooms.ts', import.meta.url)), 'utf8');
const { outputText } = ts.transpileModule(source, {
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
});

export const {
  rooms,
  roomsForSpecs,
  outsideTheFence,
  pureNodeModules,
  purePackages,
  impliedPeers,
  confinedNames,
  confinedConstructions,
} = await import(`data:text/javascript;base64,${Buffer.from(outputText).toString('base64')}`);

/** Specs and test kits: they may use more than the product, and nothing of the product may import them. */
export const TEST_FILE = '\\.(spec|testkit)\\.ts$';

/** The name under which a room is imported. */
export const packageOf = (room) => `@precedent/${room}`;
