import type { Tag } from './types.ts';

/** Tags the room itself must know. Everything else goes by `tagOf(keyword)`. */
export const TAG = {
  MetaGroupLength: 0x00020000,
  MediaStorageSopClassUid: 0x00020002,
  MediaStorageSopInstanceUid: 0x00020003,
  TransferSyntaxUid: 0x00020010,
  SpecificCharacterSet: 0x00080005,
  SopClassUid: 0x00080016,
  SopInstanceUid: 0x00080018,
  PixelRepresentation: 0x00280103,
  PixelData: 0x7fe00010,
  DataSetTrailingPadding: 0xfffcfffc,
  Item: 0xfffee000,
  ItemDelimitation: 0xfffee00d,
  SequenceDelimitation: 0xfffee0dd,
} as const;

export const UNDEFINED_LENGTH = 0xffffffff;

export function groupOf(tag: Tag): number {
  return tag >>> 16;
}

/** (gggg,0000): a length of its group, retired outside groups 0000 and 0002 (PS3.5 7.2). */
export function isGroupLength(tag: Tag): boolean {
  return (tag & 0xffff) === 0;
}

/** Odd group: the attribute is some vendor's own (PS3.5 7.8). */
export function isPrivateTag(tag: Tag): boolean {
  return ((tag >>> 16) & 1) === 1;
}

/** (gggg,0010)-(gggg,00FF) of an odd group: names the owner of a block of private elements. */
export function isPrivateCreator(tag: Tag): boolean {
  const element = tag & 0xffff;
  return isPrivateTag(tag) && element >= 0x10 && element <= 0xff;
}

/** The private creator element that owns a private tag: (gggg,xxee) belongs to (gggg,00xx). */
export function creatorTagOf(tag: Tag): Tag {
  return ((tag & 0xffff0000) | ((tag >>> 8) & 0xff)) >>> 0;
}

/** @returns `(0010,0010)`. */
export function formatTag(tag: Tag): string {
  const hex = tag.toString(16).toUpperCase().padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}
