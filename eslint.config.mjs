import globals from 'globals';
import tseslint from 'typescript-eslint';

const restricted = [
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'Configuration is parsed once: read the environment in *.config.ts only.',
  },
  {
    selector: "MemberExpression[property.name='only'][object.name=/^(it|describe|test)$/]",
    message: 'A focused test hides the others.',
  },
  {
    selector: 'CallExpression[callee.name=/^(fit|fdescribe)$/]',
    message: 'A focused test hides the others.',
  },
  {
    selector: 'ExportAllDeclaration',
    message: 'A face is a list of names: nobody can review what `export *` will export tomorrow.',
  },
];
const [environment, ...everywhere] = restricted;

/** Ways around the rules above, and what hides a cycle between providers. */
const restrictedImports = {
  paths: [
    {
      name: '@nestjs/common',
      importNames: ['forwardRef'],
      message: 'It hides a cycle: invert through a port of kernel.',
    },
    { name: 'node:process', importNames: ['env'], message: 'Read the environment in *.config.ts only.' },
    { name: 'process', importNames: ['env'], message: 'Read the environment in *.config.ts only.' },
  ],
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.precedent/**',
      'coverage/**',
      'libs/dicom/src/domain/dictionary-data.ts',
      'test/architecture/planted/**',
    ],
  },
  {
    files: ['libs/*/src/**/*.ts', 'apps/*/src/**/*.ts', 'test/**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.spec.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', environment, ...everywhere],
      'no-restricted-imports': ['error', restrictedImports],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Nest and TypeORM declare their options and rows as classes; object literals of their shape are meant.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/unified-signatures': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.config.ts', '**/*.spec.ts', 'test/**/*.ts', 'apps/*/src/main.ts'],
    rules: { 'no-restricted-syntax': ['error', ...everywhere] },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      'max-lines': 'off',
      // A spec whose real counterpart is missing says so loudly.
      'no-console': ['error', { allow: ['warn'] }],
    },
  },
  { files: ['apps/cli/src/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.{mjs,cjs,js}'],
    languageOptions: { globals: globals.node },
    rules: { 'no-undef': 'error', 'no-unused-vars': 'error', 'max-lines': ['error', { max: 300 }] },
  },
);
