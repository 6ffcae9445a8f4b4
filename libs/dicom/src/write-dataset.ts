import { dicomError } from './dicom.errors.ts';
import { encodeElements, ownCharsets } from './encode-element.ts';
import { encodeFile, uidOf } from './encode-file.ts';
import { VR_TRAITS } from './domain/vr.ts';
import { dictionaryEntry } from './domain/dictionary.ts';
import type { NewElement, NewValue, WriteOptions } from './domain/rewrite-types.ts';
import { TAG } from './domain/tags.ts';
import { TRANSFER_SYNTAXES } from './domain/transfer-syntaxes.ts';
import type { Tag } from './domain/types.ts';

const UTF_8 = ['ISO_IR 192'];

/**
 * Writes a Part 10 file from values: sorted by tag, padded, in the transfer syntax asked for. Group 0002 is made here.
 * Where text needs more than ASCII and no (0008,0005) is given, it is written from `charsets`.
 * @throws CodedError of DICOM_ERRORS for a value that cannot be written as it is
 */
export function writeDataset(elements: readonly NewElement[], options: WriteOptions): Buffer {
  const syntax = TRANSFER_SYNTAXES.get(options.transferSyntax);
  if (syntax === undefined) throw dicomError('DICOM_UNKNOWN_TRANSFER_SYNTAX');
  const charsets = ownCharsets(elements) ?? options.charsets ?? UTF_8;
  const { encoding } = syntax;
  const target = { layout: encoding, encapsulated: encoding.encapsulated, charsets };
  const all = withCharset(elements, charsets);
  const values = { sopClassUid: uidIn(all, TAG.SopClassUid), sopInstanceUid: uidIn(all, TAG.SopInstanceUid) };
  return encodeFile(encodeElements(all, target), syntax, values);
}

function withCharset(elements: readonly NewElement[], charsets: readonly string[]): readonly NewElement[] {
  if (elements.some(({ tag }) => tag === TAG.SpecificCharacterSet) || !elements.some(needsCharset)) return elements;
  return [...elements, { tag: TAG.SpecificCharacterSet, value: { text: charsets } }];
}

/** Text beyond ASCII, here or in an item. */
function needsCharset({ tag, vr, value }: NewElement): boolean {
  if ('items' in value) return value.items.some((item) => item.some(needsCharset));
  if (!('text' in value)) return false;
  const kind = VR_TRAITS[vr ?? dictionaryEntry(tag)?.vr ?? 'UN'].kind;

  return kind !== 'ascii' && [value.text].flat().some((text) => !/^[\0-\x7f]*$/.test(text));
}

function uidIn(elements: readonly NewElement[], tag: Tag): string {
  const value: NewValue | undefined = elements.find((element) => element.tag === tag)?.value;
  if (value === undefined) return '';
  if ('text' in value) return [value.text].flat()[0] ?? '';
  return 'bytes' in value ? uidOf(value.bytes) : '';
}
