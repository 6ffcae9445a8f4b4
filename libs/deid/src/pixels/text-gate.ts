import { grown, wholePixels } from './picture.ts';
import type { Box, GreyPicture } from './picture.ts';
import { shapeOf, wholeLine } from './line-shape.ts';
import type { LineShape } from './line-shape.ts';
import type { FoundLine } from './text-finder.ts';
import type { KnownWords } from './known-words.ts';
import type { TechnicalMarks } from './technical-marks.ts';

/**
 * Which of the detector's lines are text, and which of those are masked. Measured on half of the patients of the case pack;
 * `docs/deidentification.md` has what the other half gave.
 */
const READ = { confidence: 0.7, characters: 2 } as const;
/** A line read badly, as scripts that the recogniser does not know are read: more characters, and the detector quite sure. */
const READ_BADLY = { confidence: 0.45, characters: 4, certainty: 0.9 } as const;
const READ_SHORT = { confidence: 0.55, characters: 3, certainty: 0.95 } as const;
/** Of a few characters the recogniser makes up more: bones, tubes and worn lead letters are read as two or three. */
const READ_FEW = { characters: 3, confidence: 0.9 } as const;
/** Lines taller than this share of the picture are anatomy, unless they are read very well: a name as tall as a skull is not written. */
const TALL = { share: 0.08, confidence: 0.9, characters: 4 } as const;
/** A line not read at all, by what print looks like in any script. */
const PRINTED = { certainty: 0.9, aspect: 2, characters: 3, contrast: 40, thick: 0.2 } as const;
/** How far characters reach beyond the detector's region, in its heights. */
const REACH = 0.9;
const MIN_REACH = 2;
/** And beyond that: what is read as a box's last row is the grey of its edge. */
const EDGE = 1;
/** Lines closer than this, in heights of the characters, belong to one block. */
const LINE_GAP = 1.1;

export interface GateOptions {
  readonly marks: TechnicalMarks;
  readonly known: KnownWords;
}

interface Judged {
  readonly box: Box;
  readonly shape: LineShape;
  readonly line: FoundLine;
  readonly verdict: 'mask' | 'keep' | 'unsure';
}

/** @returns what is to be masked of one picture, in whole pixels. */
export function masksOf(picture: GreyPicture, lines: readonly FoundLine[], options: GateOptions): readonly Box[] {
  const judged = lines.map((line) => judge(picture, line, options));
  const masked = withNeighbours(judged).map(({ box, shape }) => wholeLine(picture, box, shape));
  return blocksFilled(masked).map((box) => wholePixels(box, picture));
}

function judge(picture: GreyPicture, line: FoundLine, { marks, known }: GateOptions): Judged {
  const reach = Math.max(MIN_REACH, REACH * line.height) + EDGE;
  const box = grown(line, reach, reach);
  const shape = shapeOf(picture, box);
  const isTall = line.height > TALL.share * picture.height;
  const verdict = isTall ? tallVerdict(line, known) : verdictOf(line, shape, marks, known);
  return { box, shape, line, verdict };
}

function verdictOf(line: FoundLine, shape: LineShape, marks: TechnicalMarks, known: KnownWords): Judged['verdict'] {
  const { text, confidence, certainty } = line;
  const characters = [...text.matchAll(/[\p{L}\p{N}]/gu)].length;
  if (known.occurIn(text)) return 'mask';
  if (confidence >= READ.confidence && characters >= 1 && marks.covers(text)) return 'keep';
  const enough = characters <= READ_FEW.characters ? READ_FEW.confidence : READ.confidence;
  if (confidence >= enough && characters >= READ.characters) return 'mask';
  for (const rule of [READ_BADLY, READ_SHORT])
    if (confidence >= rule.confidence && characters >= rule.characters && certainty >= rule.certainty) return 'mask';
  return isPrinted(line, shape) ? 'mask' : 'unsure';
}

function tallVerdict({ text, confidence }: FoundLine, known: KnownWords): Judged['verdict'] {
  const characters = [...text.matchAll(/[\p{L}\p{N}]/gu)].length;
  const isRead = confidence >= TALL.confidence && characters >= TALL.characters;
  return isRead || known.occurIn(text) ? 'mask' : 'keep';
}

function isPrinted({ certainty, width, height }: FoundLine, shape: LineShape): boolean {
  return (
    certainty >= PRINTED.certainty &&
    width / height >= PRINTED.aspect &&
    shape.characters >= PRINTED.characters &&
    shape.contrast >= PRINTED.contrast &&
    shape.thick <= PRINTED.thick
  );
}

/** What nobody could read is text all the same where it stands in a block of lines that somebody could. */
function withNeighbours(judged: readonly Judged[]): readonly Judged[] {
  const masked = judged.filter(({ verdict }) => verdict === 'mask');
  const unsure = judged.filter(
    ({ verdict, line }) => verdict === 'unsure' && line.height <= MAX_UNSURE_HEIGHTS * heightOf(masked),
  );
  const added = unsure.filter((one) => masked.some((other) => inOneBlock(one.box, other.box)));
  return [...masked, ...added];
}

/** An anatomy that the detector took for a line is mostly taller than the lines beside it. */
const MAX_UNSURE_HEIGHTS = 1.6;

function heightOf(judged: readonly Judged[]): number {
  return Math.max(0, ...judged.map(({ line }) => line.height));
}

function inOneBlock(one: Box, other: Box): boolean {
  const height = Math.min(one.height, other.height);
  const between = Math.max(one.y, other.y) - Math.min(one.y + one.height, other.y + other.height);
  const beside = Math.max(one.x, other.x) - Math.min(one.x + one.width, other.x + other.width);
  return between <= LINE_GAP * height && beside <= height;
}

/** Lines one below the other are widened to the block's width: where one of them fades into bone, the others say how wide it is. */
function blocksFilled(boxes: readonly Box[]): readonly Box[] {
  return boxes.map((box) => {
    const block = boxes.filter((other) => stacked(box, other));
    const left = Math.min(box.x, ...block.map(({ x }) => x));
    const right = Math.max(box.x + box.width, ...block.map(({ x, width }) => x + width));
    return { ...box, x: left, width: right - left };
  });
}

function stacked(one: Box, other: Box): boolean {
  const height = Math.min(one.height, other.height);
  const between = Math.max(one.y, other.y) - Math.min(one.y + one.height, other.y + other.height);
  const overlap = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  return between <= LINE_GAP * height && overlap > 0 && between > -height;
}
