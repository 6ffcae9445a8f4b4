import { numbersOf, stringsOf } from '@precedent/dicom';
import type { Dataset } from '@precedent/dicom';
import { z } from 'zod';
import type { Box } from './picture.ts';

const rectangle = z.tuple([z.int().min(0), z.int().min(0), z.int().positive(), z.int().positive()]);

/** `governance/pixel-cleaning/device-rules.yaml`; strict, since a condition that is not read would mask the wrong pictures. */
export const deviceRulesSchema = z.strictObject({
  version: z.int().positive(),
  rules: z.array(
    z.strictObject({
      name: z.string().min(1),
      /** Why this place: which pictures show it. */
      evidence: z.string().min(20),
      when: z.strictObject({
        Modality: z.string().min(1).exactOptional(),
        Manufacturer: z.string().min(1),
        ManufacturerModelName: z.string().min(1),
        Rows: z.int().positive(),
        Columns: z.int().positive(),
      }),
      rectangles: z.array(rectangle).min(1),
    }),
  ),
});

export type DeviceRules = z.infer<typeof deviceRulesSchema>;

const TEXTS = { Modality: 0x00080060, Manufacturer: 0x00080070, ManufacturerModelName: 0x00081090 } as const;
const NUMBERS = { Rows: 0x00280010, Columns: 0x00280011 } as const;

/** Rectangles of every rule whose conditions all hold. */
export function ruledOut({ rules }: DeviceRules, dataset: Dataset): readonly Box[] {
  const holds = ({ when }: DeviceRules['rules'][number]): boolean =>
    Object.entries(TEXTS).every(([key, tag]) => {
      const wanted = when[key as keyof typeof TEXTS];
      return wanted === undefined || stringsOf(dataset, tag)[0]?.trim() === wanted;
    }) &&
    Object.entries(NUMBERS).every(([key, tag]) => numbersOf(dataset, tag)[0] === when[key as keyof typeof NUMBERS]);
  return rules
    .filter(holds)
    .flatMap(({ rectangles }) => rectangles.map(([x, y, width, height]) => ({ x, y, width, height })));
}
