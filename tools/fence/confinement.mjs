// Names and constructions that belong to certain folders only. Imports cannot show them: `apps/server` may import
// `ingress`, yet outside its pipeline it may not even name the identified study.
import ts from 'typescript';
import { confinedConstructions, confinedNames, outsideTheFence } from '../rooms.mjs';
import { parse, typescriptFiles, walk } from './source-files.mjs';

const isOutside = (path, folders) => !folders.some((folder) => path.startsWith(folder));

/** Identifiers and property names written as strings (`types['SealedStudy']`); comments may speak of it freely. */
const named = (node) => (ts.isIdentifier(node) || ts.isStringLiteralLike(node) ? node.text : undefined);

function constructed(node) {
  if (!ts.isNewExpression(node)) return undefined;
  const callee = node.expression;
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
}

function violation(rule, path, file, node, { name, why }) {
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  return { rule, from: path, to: `${name}, line ${line + 1}`, comment: why };
}

function violationsIn(root, path) {
  const names = confinedNames.filter(({ folders }) => isOutside(path, folders));
  const constructions = confinedConstructions.filter(({ folders }) => isOutside(path, folders));
  const file = parse(root, path);
  const found = [];
  walk(file, (node) => {
    const nameRule = names.find(({ name }) => name === named(node));
    if (nameRule) found.push(violation('confined-name', path, file, node, nameRule));
    const newRule = constructions.find(({ name }) => name === constructed(node));
    if (newRule) found.push(violation('confined-construction', path, file, node, newRule));
  });
  return found;
}

/** Specs may construct what they like; they may not name identified studies either. */
const isSpecConstruction = ({ rule, from }) => rule === 'confined-construction' && /\.(spec|testkit)\.ts$/.test(from);

export function confinementViolations(root) {
  return ['libs', 'apps']
    .flatMap((folder) => typescriptFiles(root, folder))
    .filter((path) =>
      isOutside(
        path,
        outsideTheFence.map((each) => `${each}/`),
      ),
    )
    .flatMap((path) => violationsIn(root, path))
    .filter((each) => !isSpecConstruction(each));
}
