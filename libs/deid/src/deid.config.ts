import { z } from 'zod';

/** Settings of de-identification. */
export const deidConfigSchema = z.strictObject({
  /** Name in governance/deid-profiles, or a YAML file. */
  profile: z.string().min(1).default('retrieval'),
  /** Secret key of the pseudonyms, readable by its owner only. */
  keyFile: z.string().min(1),
  /** Lets images pass whose pixels nobody has cleaned. For data known to be free of burned-in text only. */
  allowUncleanedPixels: z.boolean().default(false),
});

export type DeidConfig = z.output<typeof deidConfigSchema>;
