/** Jest in ESM mode; TypeScript by SWC, workspaces resolved to their sources by the `precedent-source` condition. */
export default {
  testEnvironment: '<rootDir>/test/support/jest-environment.cjs',
  testEnvironmentOptions: { customExportConditions: ['precedent-source', 'node', 'node-addons'] },
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
  workerIdleMemoryLimit: '1200MB',
  testTimeout: 60_000,
};
