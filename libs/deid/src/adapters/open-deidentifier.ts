import type { DeidentifierOptions } from '../deidentifier.ts';
import { Deidentifier, lookAtPixels } from '../deidentifier.ts';
import { openPixelCleaner } from './pixel-cleaner.ts';

export interface OpenDeidentifier {
  readonly deidentifier: Deidentifier;
  /** Ends the processes that look at pictures, where there are any. */
  readonly close: () => Promise<void>;
}

/**
 * A de-identifier with what its options and profile ask for.
 * @throws CodedError of `openPixelCleaner`, where pixels are to be cleaned
 */
export async function openDeidentifier(options: DeidentifierOptions): Promise<OpenDeidentifier> {
  if (lookAtPixels(options) === 'off')
    return { deidentifier: new Deidentifier(options), close: () => Promise.resolve() };
  const { ultrasoundOutside } = options.profile.rules;
  const { cleaner, close } = await openPixelCleaner({ ultrasoundOutside });
  const deidentifier = new Deidentifier(options, { pixelCleaner: cleaner });
  return {
    deidentifier,
    close: async () => {
      await Promise.all([close(), deidentifier.stop()]);
    },
  };
}
