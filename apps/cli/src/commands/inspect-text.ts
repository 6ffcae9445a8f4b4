import type { FramesInspection, Inspection, PipelineVerdict } from '@precedent/deid';
import type { InspectedFrame, InspectRecord } from './inspect-record.ts';
import { hex } from './inspect-record.ts';
import { harmlessName } from './inspect-pictures.ts';

const LABEL = 17;
/** Findings shown of one object; the JSON line has more. */
const SHOWN_FINDINGS = 12;
/** Different windows named before they are only counted. */
const SHOWN_WINDOWS = 3;

type Row = readonly [label: string, text: string];
type ObjectTold = Inspection['object'];

/** One file in a few aligned lines. @param width columns of the terminal */
export function inspectText(record: InspectRecord, width: number): string {
  const { path, status, reason, detail, inspection } = record;
  const name = harmlessName(path);
  if (inspection === null || (status === 'passed-over' && inspection.object.kind !== 'dicomdir'))
    return wrapped(`${name}: ${NOT_LOOKED_INTO[status]} (${String(reason)}). ${detail}`, width, 2).join('\n');
  const rows = [...objectRows(inspection), ...verdictRows(inspection), ...frameRows(inspection, record.frames)];
  return [name, ...rows.flatMap((row) => lineOf(row, width))].join('\n');
}

const NOT_LOOKED_INTO: Readonly<Record<InspectRecord['status'], string>> = {
  read: 'read',
  rejected: 'refused',
  'passed-over': 'passed over',
  unreadable: 'NOT OPENED',
};

function objectRows({ object, sizeBytes, sha256 }: Inspection): Row[] {
  const { rejection } = object;
  const refused: Row[] =
    rejection === null ? [] : [['refused', `${rejection.reason}, at ${hex(rejection.offset)}: ${rejection.detail}`]];
  return [
    ['file', `${FILE_KINDS[object.kind]}, ${grouped(sizeBytes)} bytes${preambleText(object)}${metaText(object)}`],
    ...(sha256 === null ? [] : [['SHA-256', sha256] as const]),
    ...refused,
    ...encodingRows(object),
    ...shapeRows(object),
    ['second reader', SECOND_READER[object.secondReader]],
    ...findingRows(object),
  ];
}

const FILE_KINDS: Readonly<Record<ObjectTold['kind'], string>> = {
  part10: 'DICOM Part 10',
  bare: 'bare data set, no Part 10 header',
  dicomdir: 'DICOMDIR',
  'not-dicom': 'not DICOM',
  empty: 'empty',
};

const SECOND_READER: Readonly<Record<ObjectTold['secondReader'], string>> = {
  agrees: 'agrees (dicom-parser sees the same elements)',
  disagrees: 'DISAGREES (dicom-parser sees other elements)',
  'not-asked': 'not asked, the first one has refused',
};

const grouped = (number: number): string => number.toLocaleString('en-GB');
const counted = (number: number, noun: string): string => `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;

function preambleText({ preamble }: ObjectTold): string {
  if (preamble === 'absent') return '';
  return preamble === 'zeros' ? '; preamble empty' : '; preamble holds other content, perhaps a second file type';
}

function metaText({ meta, kind }: ObjectTold): string {
  if (kind === 'not-dicom' || kind === 'empty') return '';
  return meta === null ? '; no meta information' : `; meta information of ${counted(meta.elements, 'element')}`;
}

function encodingRows({ transferSyntax, sopClass, characterSets }: ObjectTold): Row[] {
  if (transferSyntax === null) return [];
  const { uid, name, stated, lossless } = transferSyntax;
  const loss = lossless === null ? '' : lossless ? ', lossless' : ', may be lossy';
  const source = stated ? '' : ', not stated: told from the bytes';
  const syntax: Row = ['transfer syntax', `${withUid(name, uid)}${loss}${source}`];
  if (sopClass === null) return [syntax, ['SOP class', 'none found']];
  const sets = characterSets.length === 0 ? 'default repertoire (ASCII)' : characterSets.join(', ');
  return [syntax, ['SOP class', withUid(sopClass.name, sopClass.uid)], ['character set', sets]];
}

const withUid = (name: string, uid: string): string => (uid === '' ? `${name} (UID not shown)` : `${name} (${uid})`);

function shapeRows({ dataset, picture }: ObjectTold): Row[] {
  if (dataset === null) return [];
  const { elements, privateElements, sequences, items, depth, trailingBytes } = dataset;
  const behind = trailingBytes === 0 ? '' : `; ${counted(trailingBytes, 'byte')} behind the data set`;
  const nested = `${counted(sequences, 'sequence')} of ${counted(items, 'item')}, depth ${depth}`;
  const shape: Row = [
    'elements',
    `${grouped(elements)}, of them ${grouped(privateElements)} private; ${nested}${behind}`,
  ];
  return picture === null ? [shape] : [shape, ['picture', pictureText(picture)], ['pixel data', pixelText(picture)]];
}

type Picture = NonNullable<ObjectTold['picture']>;

function pictureText(picture: Picture): string {
  const { rows, columns, frames, bitsStored, bitsAllocated, signed, photometric, samplesPerPixel } = picture;
  const bits = `${orUnknown(bitsStored)} of ${orUnknown(bitsAllocated)} bits ${signed ? 'signed' : 'unsigned'}`;
  const size = `${orUnknown(rows)} rows × ${orUnknown(columns)} columns, ${orUnknown(frames)} frame${frames === 1 ? '' : 's'}`;
  const samples = samplesPerPixel === 1 ? '' : `, ${orUnknown(samplesPerPixel)} samples a pixel`;
  return `${size}, ${bits}, ${photometric}${samples}`;
}

const orUnknown = (number: number | null): string => (number === null ? '?' : String(number));

const OFFSET_TABLES: Readonly<Record<Picture['offsetTable'], string>> = {
  extended: 'Extended Offset Table',
  basic: 'Basic Offset Table',
  empty: 'offset table empty',
  none: 'no offset table',
};

function pixelText({ pixelData, pixelBytes, fragments, offsetTable }: Picture): string {
  if (pixelData === 'absent') return 'absent';
  const size = `${grouped(pixelBytes)} bytes`;
  if (pixelData === 'float') return `floating point, ${size}`;
  if (pixelData === 'native') return `native, ${size}`;
  return `encapsulated, ${size} in ${counted(fragments, 'fragment')}, ${OFFSET_TABLES[offsetTable]}`;
}

function findingRows({ findings, offsetsIn }: ObjectTold): Row[] {
  if (findings.length === 0) return [['findings', 'none']];
  const place = offsetsIn === 'inflated' ? ' (offsets in the inflated data set)' : '';
  const codes = [...new Set(findings.map(({ code }) => code))];
  const kinds = codes.map((code) => findings.filter((finding) => finding.code === code));
  return [['findings', `${findings.length}${place}`], ...kinds.flatMap(findingKindRows)];
}

/** Each kind with its meaning once, then its places. */
function findingKindRows(findings: ObjectTold['findings']): Row[] {
  const [first] = findings;
  const places = findings.slice(0, SHOWN_FINDINGS).map(({ offset, tag, keyword }): Row => {
    return ['', `  ${[hex(offset), tag, keyword].filter((part) => part !== '').join(' ')}`];
  });
  const left = findings.length - SHOWN_FINDINGS;
  const more: Row[] = left > 0 ? [['', `  … and ${left} more; --json has them`]] : [];
  return [['', `${first?.code ?? ''}: ${first?.meaning ?? ''}`], ...places, ...more];
}

const VERDICTS: Readonly<Record<PipelineVerdict['outcome'], string>> = {
  'passed-over': 'passes it over',
  rejected: 'refuses it at the door and keeps nothing',
  quarantined: 'would hold it back',
  accepted: 'takes it in',
};

function verdictRows({ pipeline, object, notIndexable }: Inspection): Row[] {
  const { outcome, reason, detail, withUncleanedPixels: held } = pipeline;
  // Said above already, as what the reader refused.
  const isTold = object.rejection?.detail === detail;
  const why = reason === null ? '' : isTold ? `: ${reason}` : `: ${reason}. ${detail}`;
  const rows: Row[] = [['pipeline', VERDICTS[outcome] + why]];
  if (reason === 'pixel-cleaning-pending') {
    const otherwise = held === null ? 'taken in' : `held back all the same: ${held.reason}. ${held.detail}`;
    rows.push(['', `With --allow-uncleaned-pixels: ${otherwise}`]);
  }
  if (notIndexable === null) return rows;
  const { frames } = notIndexable;
  const which = frames === 'all' ? '' : `${counted(frames.length, 'frame')}: `;
  return [...rows, ['not searchable', `${which}${notIndexable.reason}: ${notIndexable.detail}`]];
}

function frameRows({ pictures }: Inspection, frames: readonly InspectedFrame[]): Row[] {
  if (pictures === null || frames.length === 0) return [];
  const whole: Row[] =
    frames.length > 1 && pictures.displaySha256 !== null ? [['all, display', pictures.displaySha256]] : [];
  return [['frames', framesText(pictures, frames)], ...frames.flatMap(digestRows), ...whole];
}

function framesText({ total, untried }: FramesInspection, frames: readonly InspectedFrame[]): string {
  const shown = frames.filter(({ failure }) => failure === null);
  const lost = frames.length - shown.length;
  const parts = [`${frames.length} of ${orUnknown(total)}, SHA-256 of each`, ...new Set(shown.map(sizeText))];
  if (shown.some(({ channels }) => channels === 1)) parts.push(`grey levels by ${windowsText(shown)}`);
  if (lost > 0) parts.push(`${lost} NOT SHOWN`);
  if (untried > 0) parts.push(`${untried} not tried after that many`);
  return parts.join('; ');
}

const sizeText = ({ width, height, channels }: InspectedFrame): string =>
  `${orUnknown(width)} wide × ${orUnknown(height)} high, ${channels === 3 ? 'RGB' : 'grey'}`;

function windowsText(shown: readonly InspectedFrame[]): string {
  const windows = [...new Set(shown.map(({ voi }) => (voi === 'none' ? 'no window' : voi)))];
  return windows.length > SHOWN_WINDOWS ? `${windows.length} different windows` : windows.join(', ');
}

function digestRows({ frame, storedSha256, displaySha256, storedFailure, failure, png }: InspectedFrame): Row[] {
  if (failure !== null) return [[`${frame}`, `not shown: ${failure.reason}: ${failure.detail}`]];
  const digests: Row[] = [
    [`${frame}, stored`, storedSha256 ?? `none: ${storedFailure?.reason ?? ''}: ${storedFailure?.detail ?? ''}`],
    [`${frame}, display`, displaySha256 ?? ''],
  ];
  return png === null ? digests : [...digests, ['', harmlessName(png)]];
}

function lineOf([label, text]: Row, width: number): string[] {
  const lines = wrapped(text, width - LABEL - 2, text.startsWith('  ') ? 2 : 0);
  return lines.map((line, at) => `  ${(at === 0 ? label : '').padEnd(LABEL)}${line}`.trimEnd());
}

/** At spaces; a word longer than the line (a digest, a path) stays whole. */
function wrapped(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(text.length - text.trimStart().length);
  for (const word of text.trim().split(' ')) {
    const isFirst = line.trim() === '';
    if (!isFirst && line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(indent) + word;
    } else line += isFirst ? word : ` ${word}`;
  }
  return [...lines, line];
}
