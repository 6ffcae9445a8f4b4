// Real: reading of functional groups and the geometry. Fake: the objects, written by @precedent/dicom.
import { describe, expect, it } from '@jest/globals';
import { renderImage } from '../render-image.ts';
import { datasetOf, imageFile } from '../test-objects.testkit.ts';
import { frameOrder } from './frame-order.ts';
import type { NewElement } from '@precedent/dicom';

const ds = (tag: number, values: readonly number[]): NewElement => ({
  tag,
  vr: 'DS',
  value: { text: values.join('\\') },
});
const macro = (tag: number, element: NewElement): NewElement => ({ tag, value: { items: [[element]] } });
const position = (...at: number[]): NewElement => macro(0x00209113, ds(0x00200032, at));
const orientation = (...rows: number[]): NewElement => macro(0x00209116, ds(0x00200037, rows));

function file(shared: NewElement[], each: NewElement[][]): Buffer {
  const more: NewElement[] = [
    { tag: 0x52009229, value: { items: [shared] } },
    { tag: 0x52009230, value: { items: each } },
  ];
  const bytes = Buffer.from(each.map((_, frame) => frame));
  return imageFile({ rows: 1, columns: 1, frames: each.length, pixels: { bytes }, more });
}

const order = (shared: NewElement[], each: NewElement[][]): readonly number[] =>
  frameOrder(datasetOf(file(shared, each)), each.length);

const axial = orientation(1, 0, 0, 0, 1, 0);
const places = [[position(0, 0, 20)], [position(0, 0, -5)], [position(0, 0, 7.5)], [position(0, 0, -5)]];

describe('frames of an enhanced object', () => {
  it('go by their planes along the normal; those of one plane as they are stored', () => {
    expect(order([axial], places)).toEqual([1, 3, 2, 0]);
  });

  it('of which each has its own orientation, the same', () => {
    expect(
      order(
        [],
        places.map((groups) => [...groups, axial]),
      ),
    ).toEqual([1, 3, 2, 0]);
  });

  it('stay as they are stored where one has no plane, or none has an orientation', () => {
    expect(order([axial], [...places.slice(0, 3), []])).toEqual([0, 1, 2, 3]);
    expect(order([], places)).toEqual([0, 1, 2, 3]);
  });

  it('are rendered in that order when it is asked for, in the stored one otherwise', async () => {
    const request = { source: { bytes: file([axial], places) }, frames: 'all', target: { kind: 'display' } } as const;
    const frames = async (order?: 'geometry'): Promise<unknown> => {
      const outcome = await renderImage(order === undefined ? request : { ...request, order });
      return outcome.kind === 'rendered' ? outcome.frames.map(({ frame, data }) => [frame, data[0]]) : outcome;
    };
    expect(await frames('geometry')).toEqual([1, 3, 2, 0].map((frame) => [frame, frame]));
    expect(await frames()).toEqual([0, 1, 2, 3].map((frame) => [frame, frame]));
  });
});
