import { findElement } from '@precedent/dicom';
import { ImageRefused } from './failure.ts';
import { bytesIn, descriptorOf, lookUpTableOf, wordsOf } from './lookup-table.ts';
import { expandSegments } from './segmented-lut.ts';
import type { Dataset } from '@precedent/dicom';
import type { LookUpTable } from './lookup-table.ts';
import type { Palette } from './pixel-header.ts';

const DESCRIPTOR = 0x00281101;
const DATA = 0x00281201;
const SEGMENTED_DATA = 0x00281221;

/**
 * The three tables of PALETTE COLOR, discrete (PS3.3 C.7.6.3.1.5, .6) or segmented (C.7.9.2).
 * @throws ImageRefused `unsupported-photometric` where one is missing or incomplete
 */
export function paletteOf(dataset: Dataset, signedIndex: boolean): Palette {
  const [red, green, blue] = [0, 1, 2].map((channel) => tableOf(dataset, channel, signedIndex));
  if (red === undefined || green === undefined || blue === undefined) {
    throw new ImageRefused('unsupported-photometric', 'the colour palette is missing, incomplete or damaged');
  }
  // Entries of 8 bits that are called 16: by the letter of the header the picture would be black.
  const narrow = [red, green, blue].every(
    ({ bits, entries }) => bits === 16 && entries.every((entry) => entry <= 0xff),
  );
  const asMeant = (table: LookUpTable): LookUpTable => (narrow ? { ...table, bits: 8 } : table);
  return { red: asMeant(red), green: asMeant(green), blue: asMeant(blue) };
}

function tableOf(dataset: Dataset, channel: number, signedIndex: boolean): LookUpTable | undefined {
  const tags = { descriptor: DESCRIPTOR + channel, data: DATA + channel };
  return lookUpTableOf(dataset, dataset, tags, signedIndex) ?? segmentedTable(dataset, channel, signedIndex);
}

function segmentedTable(dataset: Dataset, channel: number, signedIndex: boolean): LookUpTable | undefined {
  const described = descriptorOf(dataset, dataset, DESCRIPTOR + channel, signedIndex);
  const data = findElement(dataset, SEGMENTED_DATA + channel);
  if (described === undefined || data === undefined) return undefined;
  const { count, first, bits } = described;
  const words = bits === 8 ? bytesIn(dataset, data) : wordsOf(dataset, data);
  const entries = expandSegments(words, count);
  return entries === undefined ? undefined : { first, bits, entries: Uint16Array.from(entries) };
}
