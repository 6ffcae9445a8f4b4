// The face of the room. CONTRACT (to be implemented; names are fixed):
//   readDataset(bytes: Buffer, limits?: Partial<ReadLimits>): ReadOutcome          own tokeniser AND dicom-parser agree, or 'disputed'
//   rewriteDataset(dataset, decide: (element, context) => RewriteAction, options?): Buffer   Part 10 file, same transfer syntax
//   writeDataset(elements: readonly NewElement[], options: {transferSyntax, ...}): Buffer    Part 10 file from values
//   findElement(dataset|item, tag): Element | undefined
//   textOf(dataset, element, charsets?): string            decoded by Specific Character Set, multi-values joined by '\\'
//   stringsOf(dataset, tag|element): readonly string[]      decoded, split by '\\', trimmed
//   numbersOf(dataset, tag|element): readonly number[]      US SS UL SL FL FD IS DS AT SV UV
//   bytesOf(dataset, element): Buffer                        the raw value
//   charsetsAt(dataset, path)                                Specific Character Set in force (also inside items)
//   dictionaryEntry(tag): {keyword, vr, vm, retired} | undefined ; tagOf(keyword): Tag (throws on unknown) ; formatTag(tag): '(0010,0010)'
//   isDicomPreamble(bytes: Buffer): boolean                  'DICM' at 128
//   sniffDicom(bytes: Buffer): 'part10' | 'bare' | 'dicomdir' | 'not-dicom'
//   TRANSFER_SYNTAXES table: uid -> {name, encoding, codec}
export type {
  ByteRange,
  Dataset,
  Element,
  Encoding,
  Finding,
  Item,
  ReadLimits,
  ReadOutcome,
  RejectReason,
  Tag,
  Vr,
} from './domain/types.ts';
