// The face of the room: DICOM objects as bytes.
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
export { readDataset } from './read-dataset.ts';
export type { IdentityOutcome, InstanceIdentity } from './read-identity.ts';
export { readIdentity } from './read-identity.ts';
export { isDicomPreamble, sniffDicom } from './domain/part10.ts';
export type {
  DatasetSize,
  ExplainedFinding,
  NamedUid,
  ObjectDescription,
  PixelDescription,
  SyntaxDescription,
} from './domain/description-types.ts';
export { describeObject } from './describe-object.ts';
export { withoutPadding } from './domain/padding.ts';
export { configureReadLimits, DEFAULT_LIMITS, readLimits } from './domain/limits.ts';
export type { CodecId, TransferSyntax } from './domain/transfer-syntaxes.ts';
export {
  DEFLATED_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  TRANSFER_SYNTAXES,
} from './domain/transfer-syntaxes.ts';
export type { DictionaryEntry } from './domain/dictionary.ts';
export { dictionaryEntry, tagOf } from './domain/dictionary.ts';
export { creatorTagOf, formatTag, isGroupLength, isPrivateCreator, isPrivateTag } from './domain/tags.ts';
export { bytesOf, charsetsAt, findElement, numbersOf, stringsOf, textOf } from './accessors.ts';
export type {
  NewElement,
  NewValue,
  RewriteAction,
  RewriteContext,
  RewriteDecision,
  RewriteOptions,
  WriteOptions,
} from './domain/rewrite-types.ts';
export { rewriteDataset } from './rewrite-dataset.ts';
export { writeDataset } from './write-dataset.ts';
export type {
  DicomJson,
  DicomJsonAttribute,
  DicomJsonName,
  DicomJsonValue,
  FromJsonOptions,
  JsonPath,
  JsonRefusal,
  ToJsonOptions,
} from './domain/json-types.ts';
export { dicomJsonText, toDicomJson } from './to-json.ts';
export type { FromJsonOutcome } from './from-json.ts';
export { fromDicomJson } from './from-json.ts';
export { encodeFileHead, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from './encode-file.ts';
export { isImageStorage } from './domain/sop-classes.ts';
export { DICOM_ERRORS } from './dicom.errors.ts';
export type { DicomErrorCode } from './dicom.errors.ts';
