import type { Syntax } from './dataset.ts';
import { SYNTAX } from './dataset.ts';

/** A kind of object: its class, modality, picture and the transfer syntaxes in which it comes. */
export interface Kind {
  readonly name: string;
  readonly sopClass: string;
  readonly modality: string;
  readonly picture: 'gray16' | 'gray8' | 'colour' | 'mask' | 'none';
  readonly frames: number;
  readonly syntaxes: readonly Syntax[];
}

const CLASS = '1.2.840.10008.5.1.4.1.1.';
const NATIVE: readonly Syntax[] = [SYNTAX.implicit, SYNTAX.explicit, SYNTAX.deflated, SYNTAX.bigEndian];
const ANY: readonly Syntax[] = [...NATIVE, SYNTAX.rle, SYNTAX.jpegLs, SYNTAX.jpeg2000];

const image = (
  name: string,
  suffix: string,
  modality: string,
  picture: Kind['picture'],
  frames = 1,
  syntaxes = ANY,
): Kind => ({
  name,
  sopClass: CLASS + suffix,
  modality,
  picture,
  frames,
  syntaxes,
});
const document = (name: string, suffix: string, modality: string): Kind =>
  image(name, suffix, modality, 'none', 0, NATIVE);

export const IMAGE_KINDS: readonly Kind[] = [
  image('CT', '2', 'CT', 'gray16'),
  image('MR', '4', 'MR', 'gray16'),
  image('CR', '1', 'CR', 'gray16'),
  image('DX', '1.1', 'DX', 'gray16'),
  image('US', '6.1', 'US', 'gray8', 1, [...ANY, SYNTAX.jpeg]),
  image('US multi-frame', '3.1', 'US', 'gray8', 3, [...ANY, SYNTAX.jpeg]),
  image('SC', '7', 'OT', 'colour', 1, [...NATIVE, SYNTAX.rle]),
  image('SC multi-frame', '7.2', 'OT', 'gray8', 3, [...ANY, SYNTAX.jpeg]),
  image('enhanced CT', '2.1', 'CT', 'gray16', 3),
  image('enhanced MR', '4.1', 'MR', 'gray16', 3),
];
export const SEG = image('SEG', '66.4', 'SEG', 'mask', 2, NATIVE);
export const SR = document('SR', '88.33', 'SR');
export const KO = document('KO', '88.59', 'KO');
export const PR = document('PR', '11.1', 'PR');
export const RTSTRUCT = document('RTSTRUCT', '481.3', 'RTSTRUCT');
export const PDF = document('encapsulated PDF', '104.1', 'DOC');
