import type { TensorResult } from '@precedent/inference';

/** What the recogniser made of a line. */
export interface Reading {
  readonly text: string;
  /** Mean certainty of its characters, 0..1; 0 where it read nothing. */
  readonly confidence: number;
}

/** The characters of the recogniser's classes: a blank, those of the file, a space (PaddleOCR `CTCLabelDecode`). */
export function alphabetOf(file: Buffer): readonly string[] {
  const characters = file
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  return ['', ...characters, ' '];
}

/** CTC, greedy: the best class of each step, repeats and blanks taken out. */
export function readingsOf({ dims, values, indices }: TensorResult, alphabet: readonly string[]): readonly Reading[] {
  const [count = 0, steps = 0] = dims;
  return Array.from({ length: count }, (_, item) => {
    let text = '';
    let sum = 0;
    let characters = 0;
    let last = 0;
    for (let step = item * steps; step < (item + 1) * steps; step++) {
      const index = indices?.[step] ?? 0;
      if (index !== 0 && index !== last) {
        text += alphabet[index] ?? '';
        sum += values[step] ?? 0;
        characters += 1;
      }
      last = index;
    }
    return { text, confidence: characters === 0 ? 0 : sum / characters };
  });
}
