// Drift: every room's package.json and tsconfig.json against the table of rooms and against what its files import.
// A room's dependency list is its list of third-party software (SOUP), so it must be neither short nor long.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import { importsOf, parse, stringsOf, typescriptFiles } from '../fence/source-files.mjs';
import { TEST_FILE, impliedPeers, packageOf, rooms } from '../rooms.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const isTest = (path) => new RegExp(TEST_FILE).test(path);
const readJson = (...path) => JSON.parse(readFileSync(join(root, ...path), 'utf8'));
const rootManifest = readJson('package.json');
const existing = Object.keys(rooms).filter((room) => existsSync(join(root, rooms[room].folder, 'package.json')));
const roomOfPackage = new Map(Object.keys(rooms).map((room) => [packageOf(room), room]));

/** `@scope/name/deep` and `name/deep` to the package that is installed. */
const packageName = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
const isPackage = (specifier) => !specifier.startsWith('.') && !isBuiltin(specifier);

function importedPackages(folder, wanted) {
  const files = typescriptFiles(root, `${folder}/src`).filter((path) => isTest(path) === wanted.tests);
  const names = files.flatMap((path) => importsOf(parse(root, path)).filter(isPackage).map(packageName));
  return new Set(names);
}

/** Packages that product code names at all, since a codec may be loaded from a list of its variants. */
function namedPackages(folder) {
  const files = typescriptFiles(root, `${folder}/src`).filter((path) => !isTest(path));
  return new Set(files.flatMap((path) => stringsOf(parse(root, path)).map(packageName)));
}

/** Packages that bring a model's files: the registry of `inference` finds them by the model's manifest, not by an import. */
function packagesOfModels() {
  const manifests = readdirSync(join(root, 'models'), { recursive: true }).filter((path) =>
    path.endsWith('manifest.yaml'),
  );
  return manifests.flatMap((path) => {
    const { package: name } = parseYaml(readFileSync(join(root, 'models', path), 'utf8'));
    return name === undefined ? [] : [name];
  });
}

const fits = (pattern, name) => (pattern.endsWith('/*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name);
const homeOf = (name) =>
  Object.keys(rooms).find((room) => rooms[room].soleHomeOf.some((pattern) => fits(pattern, name)));

/** Specs may use what any room brings: they are no part of the product, and all packages lie in one folder. */
const declaredAnywhere = new Set(
  [rootManifest, ...existing.map((room) => readJson(rooms[room].folder, 'package.json'))].flatMap((manifest) =>
    Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies }),
  ),
);

function declaredProblems(room, manifest) {
  const declared = Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies });
  return declared.flatMap(([name, version]) => {
    const other = roomOfPackage.get(name);
    const home = homeOf(name);
    return [
      other && !rooms[room].mayImport.includes(other) && `declares ${name}, which rooms.ts does not allow`,
      home && home !== room && `declares ${name}, whose sole home is ${home}`,
      !/^\d+\.\d+\.\d+/.test(version) && `declares ${name} as '${version}': pin the exact version`,
    ];
  });
}

function importProblems(room, manifest) {
  const { folder } = rooms[room];
  const product = importedPackages(folder, { tests: false });
  const tests = importedPackages(folder, { tests: true });
  const declared = { ...manifest.dependencies, ...manifest.optionalDependencies };
  const named = new Set([...namedPackages(folder), ...(room === 'inference' ? packagesOfModels() : [])]);
  return [
    ...[...product].filter((name) => !(name in declared)).map((name) => `imports ${name} without declaring it`),
    ...[...tests]
      .filter((name) => !declaredAnywhere.has(name))
      .map((name) => `its specs import ${name}, which no package.json declares`),
    ...Object.keys(declared)
      .filter((name) => !named.has(name) && !(name in impliedPeers) && !roomOfPackage.has(name))
      .map((name) => `declares ${name} and imports it nowhere`),
  ];
}

/** `tsc -b` builds in the order of references: one too few works only while an old dist lies about. */
function referenceProblems(room, manifest) {
  const { folder } = rooms[room];
  const references = readJson(folder, 'tsconfig.json').references ?? [];
  const referenced = new Set(references.map(({ path }) => basename(path)));
  return Object.keys(manifest.dependencies ?? {})
    .map((name) => roomOfPackage.get(name))
    .filter((other) => other && !referenced.has(other))
    .map((other) => `tsconfig.json lacks a reference to ${other}`);
}

function faceProblems(room, manifest) {
  const entries = Object.keys(manifest.exports ?? {});
  return [
    manifest.name !== packageOf(room) && `is named ${manifest.name}, not ${packageOf(room)}`,
    manifest.license !== 'Apache-2.0' && `states the licence ${manifest.license}`,
    manifest.exports?.['.']?.['precedent-source'] !== './src/index.ts' && 'has no precedent-source entry',
    entries.length !== 1 && `exports ${entries.join(', ')}: a room has one face`,
  ];
}

function rootReferenceProblems() {
  const built = new Set(readJson('tsconfig.json').references.map(({ path }) => path));
  return existing
    .filter((room) => !built.has(rooms[room].folder))
    .map((room) => `root tsconfig.json does not build ${room}`);
}

function problemsOf(room) {
  const manifest = readJson(rooms[room].folder, 'package.json');
  const checks = [faceProblems, declaredProblems, importProblems, referenceProblems];
  return checks.flatMap((check) => check(room, manifest)).map((text) => text && `${rooms[room].folder}: ${text}`);
}

const problems = [...existing.flatMap(problemsOf), ...rootReferenceProblems()].filter(Boolean);
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
