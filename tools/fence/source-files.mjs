import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const SKIPPED = new Set(['node_modules', 'dist', 'planted']);

/** @returns paths of the TypeScript files below `folder`, relative to `root`, with forward slashes. */
export function typescriptFiles(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : typescriptFiles(root, path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

export function parse(root, path) {
  return ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.ES2022, true);
}

/** Calls `visit` for every node of the file. */
export function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** Every module name that a file imports, exports from, requires or imports dynamically. */
export function importsOf(file) {
  const names = new Set();
  walk(file, (node) => {
    const literal = specifierOf(node);
    if (literal && ts.isStringLiteralLike(literal)) names.add(literal.text);
  });
  return [...names];
}

function specifierOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (ts.isCallExpression(node) && isLoader(node.expression)) return node.arguments[0];
  return undefined;
}

/** `import()`, `require()` and `require.resolve()` / `import.meta.resolve()`. */
function isLoader(callee) {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(callee)) return callee.text === 'require';
  return (
    ts.isPropertyAccessExpression(callee) &&
    callee.name.text === 'resolve' &&
    /^(require|import\.meta)$/.test(callee.expression.getText())
  );
}

/** Module names that stand in any string, for loaders that are handed a name (`createRequire`, lists of variants). */
export function stringsOf(file) {
  const texts = new Set();
  walk(file, (node) => {
    if (ts.isStringLiteralLike(node)) texts.add(node.text);
  });
  return [...texts];
}
