// Names and constructions that belong to certain folders only. Imports cannot show them: `apps/server` may import
// `ingress`, yet outside its pipeline it may not even name the identified study.
import ts from 'typescript';
import { confinedConstructions, confinedNames, outsideTheFence, rooms } from '../rooms.mjs';
import { parse, typescriptFiles, walk } from './source-files.mjs';

const isOutside = (path, folders) => !folders.some((folder) => path.startsWith(folder));

/** Identifiers and property names written as strings (`types['SealedStudy']`); comments may speak of it freely. */
const named = (node) => (ts.isIdentifier(node) || ts.isStringLiteralLike(node) ? node.text : undefined);

function constructed(node) {
  if (!ts.isNewExpression(node)) return undefined;
  const callee = node.expression;
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
}

/**
 * A package with a sole home, loaded through a variable, is seen by no import rule; its name in a string is. Plain words
 * ('sharp', 'pg') mean other things too and are left to the import rules.
 */
const soleHomes = Object.values(rooms).flatMap(({ folder, soleHomeOf }) =>
  soleHomeOf
    .filter((name) => /[-/]/.test(name) && !name.endsWith('/*'))
    .map((name) => ({ name, folder: `${folder}/` })),
);

function confinedPackage(node, path) {
  if (!ts.isStringLiteralLike(node)) return undefined;
  const home = soleHomes.find(({ name }) => node.text === name || node.text.startsWith(`${name}/`));
  return home && !path.startsWith(home.folder) ? { name: home.name, why: `at home in ${home.folder}` } : undefined;
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
    const packageRule = confinedPackage(node, path);
    if (packageRule) found.push(violation('confined-package-name', path, file, node, packageRule));
  });
  return found;
}

/** Specs may construct and load what they like; they may not name identified studies either. */
const isFreeInSpecs = ({ rule, from }) => rule !== 'confined-name' && /\.(spec|testkit)\.ts$/.test(from);

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
    .filter((each) => !isFreeInSpecs(each));
}
