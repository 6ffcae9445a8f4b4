// Limits as they stand in the sources: constants are read from the syntax tree, so that none has to be exported for its README.
import ts from 'typescript';
import { parse, walk } from '../fence/source-files.mjs';

const KIB = 1024;
const UNITS = [
  ['GiB', KIB ** 3],
  ['MiB', KIB ** 2],
  ['KiB', KIB],
];

/** How a figure is shown: bytes in the largest unit that divides them, milliseconds as seconds, anything else with commas. */
const SHOWN = {
  bytes(value) {
    // 2^31 − 1 is what Node reads at once: 2 GiB is near enough to be recognised, and the byte is told.
    const [unit, size] = UNITS.find(([, each]) => value % each === 0 || (value + 1) % each === 0) ?? ['bytes', 1];
    return value % size === 0 ? `${value / size} ${unit}` : `${(value + 1) / size} ${unit} − 1`;
  },
  milliseconds: (value) => (value % 1000 === 0 ? `${value / 1000} s` : `${value} ms`),
  count: (value) => value.toLocaleString('en'),
};

/** `option`: can be given by the caller; without it the limit is fixed. */
const LIMITS = {
  dicom: [
    ['maxNestingDepth', 'src/domain/limits.ts', 'count', 'sequences in sequences', 'option'],
    ['maxElements', 'src/domain/limits.ts', 'count', 'elements of a file, items included', 'option'],
    ['maxItems', 'src/domain/limits.ts', 'count', 'items and fragments of a file', 'option'],
    ['maxValueBytes', 'src/domain/limits.ts', 'bytes', 'a value of defined length', 'option'],
    ['maxInflatedBytes', 'src/domain/limits.ts', 'bytes', 'a deflated data set, inflated', 'option'],
    ['MAX_INFLATED_HEAD', 'src/read-identity.ts', 'bytes', 'the head that `readIdentity` inflates'],
    ['DEFAULT_INLINE_BYTES', 'src/to-json.ts', 'bytes', '`maxInlineBytes` of DICOM JSON', 'option'],
  ],
  imaging: [
    ['timeoutMs', 'src/imaging-sandbox.ts', 'milliseconds', 'a request, from when its child takes it up', 'option'],
    ['maxRssBytes', 'src/imaging-sandbox.ts', 'bytes', 'resident memory of a child', 'option'],
    ['restartAfter', 'src/imaging-sandbox.ts', 'count', 'requests of one child', 'option'],
    ['MAX_FAILED_STARTS', 'src/adapters/lane.ts', 'count', 'starts of a child that fail in a row'],
    ['MAX_SIDE', 'src/domain/read-header.ts', 'count', 'rows, columns'],
    ['MAX_FRAME_SAMPLES', 'src/domain/read-header.ts', 'count', 'samples of a frame'],
    ['MAX_FRAMES', 'src/domain/read-header.ts', 'count', 'frames of an object'],
    ['MAX_ANSWER_BYTES', 'src/render-image.ts', 'bytes', 'frames of one answer together'],
    ['MAX_WHOLE_BYTES', 'src/adapters/object-file.ts', 'bytes', 'a file whose pixels cannot be left in it'],
    ['MAX_PIXELS', 'src/adapters/picture-file.ts', 'count', 'pixels of an uploaded picture'],
  ],
};

/** Numbers and what is made of them by `+ - * **`; anything else is not a constant. */
function valueOf(node) {
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isParenthesizedExpression(node)) return valueOf(node.expression);
  if (!ts.isBinaryExpression(node)) return undefined;
  // `options.timeoutMs ?? 60_000`: the default.
  if (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) return valueOf(node.right);
  const [left, right] = [valueOf(node.left), valueOf(node.right)];
  if (left === undefined || right === undefined) return undefined;
  return OPERATIONS[node.operatorToken.getText()]?.(left, right);
}

const OPERATIONS = { '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '**': (a, b) => a ** b };

function constantOf(root, path, name) {
  const values = [];
  walk(parse(root, path), (node) => {
    const isNamed = ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node);
    if (isNamed && node.name.getText() === name && node.initializer) values.push(valueOf(node.initializer));
  });
  if (values.length !== 1 || values[0] === undefined) {
    throw new Error(`${path} has no constant ${name} that is a number: mend LIMITS in tools/docs/limit-table.mjs`);
  }
  return values[0];
}

/** @returns a Markdown table of one room's limits. */
export function limitTable(root, room) {
  const rows = LIMITS[room].map(([name, file, kind, what, option]) => {
    const shown = SHOWN[kind](constantOf(root, `libs/${room}/${file}`, name));
    return `| \`${name}\` | ${shown} | ${what} | ${option === undefined ? 'fixed' : 'default'} |`;
  });
  return ['| limit | value | of | |', '|---|---|---|---|', ...rows].join('\n');
}
