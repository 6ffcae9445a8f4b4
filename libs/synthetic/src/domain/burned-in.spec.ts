// Real: pictures, fonts and boxes of a cohort's studies (seed 7, ultrasound and films). Fake: nothing.
import { describe, expect, it } from '@jest/globals';
import { burnIn } from './burned-in.ts';
import { burnable, hasGlyphs } from './bitmap-font.ts';
import { HOSPITALS } from './hospitals.ts';
import { contextOf } from './object-plan.ts';
import { picturesOf } from './pictures.ts';
import { storedAt } from './pixels.ts';
import { planCohort } from './study-plan.ts';

describe('text burned into pixels', () => {
  const some = planCohort(7, 40).filter(({ type }) =>
    ['us-thyroid', 'us-liver', 'cr-hand', 'dx-chest'].includes(type.key),
  );

  it('changes no pixel outside its boxes, on any frame, and some pixels inside each', () => {
    let boxes = 0;
    for (const plan of some.slice(0, 8)) {
      const { person, study } = contextOf(plan);
      for (const { pixels } of picturesOf(plan)) {
        const before = pixels.frames.map((frame) => frame.slice());
        const burned = burnIn(pixels, plan, person, HOSPITALS[0], study.date, 1);
        boxes += burned.length;
        const changed = burned.map(() => 0);
        pixels.frames.forEach((frame, index) => {
          for (let at = 0; at < pixels.rows * pixels.columns * pixels.samplesPerPixel; at += 1) {
            if (storedAt(frame, pixels, at) === storedAt(before[index]!, pixels, at)) continue;
            const pixel = Math.floor(at / pixels.samplesPerPixel);
            const [x, y] = [pixel % pixels.columns, Math.floor(pixel / pixels.columns)];
            const hit = burned.findIndex(
              ({ box }) => x >= box[0] && y >= box[1] && x < box[0] + box[2] && y < box[1] + box[3],
            );
            expect(hit).toBeGreaterThanOrEqual(0);
            changed[hit]! += 1;
          }
        });
        for (const count of changed) expect(count).toBeGreaterThan(0);
      }
    }
    expect(boxes).toBeGreaterThan(8);
  }, 60_000);

  it('lies inside the picture and says so when it touches the edge', () => {
    for (const plan of some) {
      const { person, study } = contextOf(plan);
      for (const { pixels } of picturesOf({ ...plan, scanner: { ...plan.scanner, columns: 192, rows: 192 } })) {
        for (const { box, touches_edge } of burnIn(pixels, plan, person, HOSPITALS[2], study.date, 2)) {
          const [x, y, width, height] = box;
          expect(x >= 0 && y >= 0 && x + width <= pixels.columns && y + height <= pixels.rows).toBe(true);
          expect(touches_edge).toBe(x === 0 || y === 0 || x + width === pixels.columns || y + height === pixels.rows);
        }
        break;
      }
    }
  }, 60_000);

  it('writes accents as plain capitals and refuses letters without a glyph', () => {
    expect(burnable('Größlinger, Łucja')).toBe('GROSSLINGER, LUCJA');
    expect(hasGlyphs(burnable('Wróblewczyk'))).toBe(true);
    expect(hasGlyphs(burnable('Березняков'))).toBe(false);
  });
});
