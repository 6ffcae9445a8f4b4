// The fence between rooms: every rule comes from test/architecture/rooms.ts by a loop. Run by `npm run fence`.
import { TEST_FILE, outsideTheFence, pureNodeModules, purePackages, rooms, roomsForSpecs } from './tools/rooms.mjs';

const escape = (text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const anyOf = (parts) => `(${parts.join('|')})`;
const insideOf = (names) => `^${anyOf(names.map((name) => escape(rooms[name].folder)))}/`;
const known = (names) => names.filter((name) => Object.hasOwn(rooms, name));

/** Resolved files lie in node_modules somewhere; unresolved ones keep the name as it was written. */
const packages = (names) =>
  anyOf([
    `(^|/)node_modules/${anyOf(names.map(packagePattern))}/`,
    `^${anyOf(names.map((name) => packagePattern(name)))}(/|$)`,
  ]);
const packagePattern = (name) => (name.endsWith('/*') ? `${escape(name.slice(0, -2))}/[^/]+` : escape(name));

/** Default deny: what is not in the room's list is refused, with a second list for its specs. */
function directionRules([name, room]) {
  const may = (names) => insideOf(known([name, ...names]));
  const everyRoom = '^(libs|apps)/';
  return [
    {
      name: `${name}-imports-only-its-list`,
      comment: `${name} may import ${room.mayImport.join(', ') || 'no room'}: rooms.ts`,
      severity: 'error',
      from: { path: insideOf([name]), pathNot: TEST_FILE },
      to: { path: everyRoom, pathNot: may(room.mayImport) },
    },
    {
      name: `${name}-specs-import-only-their-list`,
      comment: `specs of ${name} may also import ${roomsForSpecs.join(', ')}`,
      severity: 'error',
      from: { path: insideOf([name]) + '.*' + TEST_FILE },
      to: { path: everyRoom, pathNot: may([...room.mayImport, ...roomsForSpecs]) },
    },
  ];
}

/** A library has one home, so that one file knows its traps. Specs are free: an independent reader is a good oracle. */
function soleHomeRules([name, room]) {
  if (room.soleHomeOf.length === 0) return [];
  return [
    {
      name: `sole-home-${name}`,
      comment: `only ${name} imports ${room.soleHomeOf.join(', ')}`,
      severity: 'error',
      from: {
        path: '^(libs|apps)/',
        pathNot: [insideOf([name]), TEST_FILE, ...outsideTheFence.map((each) => `^${each}/`)],
      },
      to: { path: packages(room.soleHomeOf) },
    },
  ];
}

const DOMAIN = '^libs/[^/]+/src/domain/';

const shapeRules = [
  {
    name: 'no-cycles',
    comment: 'a cycle has no first part to read, test or replace',
    severity: 'error',
    from: { path: '^(libs|apps)/' },
    to: { circular: true },
  },
  {
    name: 'no-relative-escape',
    comment: 'another room is imported by its name; a relative path also makes tsc emit into that room',
    severity: 'error',
    from: { path: '^((libs|apps)/[^/]+)/' },
    to: {
      path: '^(libs|apps)/',
      pathNot: '^$1/',
      dependencyTypes: ['local'],
    },
  },
  {
    name: 'through-the-face',
    comment: "a room's index.ts is all that others see of it",
    severity: 'error',
    from: { path: '^((libs|apps)/[^/]+)/' },
    to: { path: '^(libs|apps)/', pathNot: ['^$1/', '^(libs|apps)/[^/]+/src/index\\.ts$'] },
  },
  {
    name: 'no-unresolvable',
    comment:
      'a deep import into another room does not resolve (its `exports` has one entry), nor does a missing package',
    severity: 'error',
    // The command's start file loads the build, which a checkout may not have yet.
    from: { path: '^(libs|apps)/', pathNot: '^apps/cli/bin/' },
    to: { couldNotResolve: true },
  },
  {
    name: 'no-test-code-in-product',
    severity: 'error',
    from: { path: '^(libs|apps)/', pathNot: TEST_FILE },
    to: { path: [TEST_FILE, '^test/'] },
  },
  {
    name: 'domain-is-pure-of-nest',
    severity: 'error',
    from: { path: DOMAIN, pathNot: TEST_FILE },
    to: { path: packages(['@nestjs/*']) },
  },
  {
    name: 'domain-is-pure-of-node-io',
    comment: `domain may import of Node only ${pureNodeModules.join(', ')}`,
    severity: 'error',
    from: { path: DOMAIN, pathNot: TEST_FILE },
    to: { dependencyTypes: ['core'], pathNot: `^(node:)?${anyOf(pureNodeModules)}$` },
  },
  {
    name: 'domain-is-pure-of-packages',
    comment: `domain may import of packages only ${purePackages.join(', ')} (rooms.ts)`,
    severity: 'error',
    from: { path: DOMAIN, pathNot: TEST_FILE },
    to: { path: '(^|/)node_modules/', pathNot: packages([...purePackages, '@types/node']) },
  },
  {
    name: 'domain-looks-inward',
    comment: 'domain knows no adapter, module or configuration of its own room',
    severity: 'error',
    from: { path: DOMAIN, pathNot: TEST_FILE },
    to: { path: '^libs/[^/]+/src/(adapters/|[^/]+\\.(module|config)\\.ts$)' },
  },
];

export default {
  forbidden: [
    ...Object.entries(rooms).flatMap(directionRules),
    ...Object.entries(rooms).flatMap(soleHomeRules),
    ...shapeRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^(libs|apps)/[^/]+/dist/', ...outsideTheFence.map((each) => `^${each}/`)] },
    // Types count: an import of types alone still ties two rooms.
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['precedent-source', 'import', 'node', 'types', 'default'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
