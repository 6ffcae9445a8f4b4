import { floatsFromHalf } from './half-float.ts';
import type { EncoderOutput, GoldenVector, ModelManifest, ProviderName } from './types.ts';

/**
 * CUDA convolutions may run in TF32 (10-bit mantissa) and ONNX Runtime for Node has no switch for it, so there the
 * direction is held and single values only to 2 %. Not measured on a GPU: the next to have one should tighten it.
 */
const CUDA_RELATIVE_TOLERANCE = 0.02;
/** Measured on CPU: 1 − cosine below 1e-9 against the float64 oracle. A wrong pad or a lost layer costs more than 0.01. */
const MINIMUM_COSINE = { cpu: 0.99999, cuda: 0.999 } as const;
/** Half floats carry 11 bits: half a unit in the last place is 2^-11 of the value. */
const HALF_RELATIVE_ERROR = 2 ** -11;

/** @returns null when the answer is what the oracle computed, else what differs (no patient data: synthetic pictures). */
export function goldenDifference(
  golden: GoldenVector,
  answer: EncoderOutput,
  manifest: ModelManifest,
  provider: ProviderName,
): string | null {
  const tolerance = manifest.golden.tolerance;
  const relative = provider === 'cuda' ? CUDA_RELATIVE_TOLERANCE : 0;
  if (answer.embedding.length !== golden.embedding.length) return 'the embedding has another length';
  const similarity = cosine(answer.embedding, golden.embedding);
  if (!(similarity >= MINIMUM_COSINE[provider])) return `cosine ${similarity}`;
  const worst = excess(answer.embedding, golden.embedding, tolerance, relative);
  if (worst !== null) return `embedding ${worst}`;
  return tokenDifference(golden, answer, manifest, relative + HALF_RELATIVE_ERROR);
}

function tokenDifference(
  golden: GoldenVector,
  answer: EncoderOutput,
  manifest: ModelManifest,
  relative: number,
): string | null {
  const shape = manifest.outputs.tokens;
  if (!shape || golden.tokenRows.size === 0) return null;
  if (answer.tokens?.length !== shape.count * shape.dimension) return 'the token map has another size';
  const tokens = floatsFromHalf(answer.tokens);
  for (const [row, expected] of golden.tokenRows) {
    const actual = tokens.subarray(row * shape.dimension, (row + 1) * shape.dimension);
    const worst = excess(actual, expected, manifest.golden.tolerance, relative);
    if (worst !== null) return `token row ${row} ${worst}`;
  }
  return null;
}

function excess(actual: Float32Array, expected: Float32Array, absolute: number, relative: number): string | null {
  if (actual.length !== expected.length) return 'has another length';
  for (const [index, value] of expected.entries()) {
    const error = Math.abs((actual[index] ?? NaN) - value);
    if (!(error <= absolute + relative * Math.abs(value))) return `differs by ${error} at ${index}`;
  }
  return null;
}

function cosine(left: Float32Array, right: Float32Array): number {
  let dot = 0;
  let leftSquare = 0;
  let rightSquare = 0;
  for (const [index, value] of left.entries()) {
    const other = right[index] ?? NaN;
    dot += value * other;
    leftSquare += value * value;
    rightSquare += other * other;
  }
  return dot / Math.sqrt(leftSquare * rightSquare);
}
