/** The rotations of the fast DCT of Loeffler, Ligtenberg and Moschytz (ICASSP 1989), times √2, as integers of 13 binary places. */
const FIX = 13;
const [F_0_298, F_0_390, F_0_541, F_0_765, F_0_899, F_1_175, F_1_501, F_1_847, F_1_961, F_2_053, F_2_562, F_3_072] = [
  2446, 3196, 4433, 6270, 7373, 9633, 12_299, 15_137, 16_069, 16_819, 20_995, 25_172,
] as const;

/** Binary places kept between the two passes: one, so that 12-bit samples do not overflow 32 bits. */
const BETWEEN = 1;
const COLUMN_SHIFT = FIX - BETWEEN;
const COLUMN_HALF = 1 << (COLUMN_SHIFT - 1);
/** A DCT of two dimensions is 8 times too large (ISO/IEC 10918-1 A.3.3). */
const ROW_SHIFT = FIX + BETWEEN + 3;
const ROW_HALF = 1 << (ROW_SHIFT - 1);

const MIDDLE = 2048;
const LARGEST = 4095;

const { imul } = Math;
const between = new Int32Array(64);

/**
 * Samples of one 8 × 8 block of 12 bits from its dequantised coefficients, written at `at` of rows of `stride` samples.
 * Integer arithmetic with the roundings of the accurate method of the Independent JPEG Group's decoder, so that the samples are
 * those that DCMTK and GDCM give: two decoders that both keep to the standard may differ by a level. Only levels of more than
 * four times the range, which no encoder writes, are black or white here and wrap around there.
 */
export function inverseDct12(coefficients: Int32Array, out: Uint16Array, at: number, stride: number): void {
  for (let x = 0; x < 8; x++) column(coefficients, x);
  for (let y = 0; y < 8; y++) row(8 * y, out, at + y * stride);
}

/* eslint-disable @typescript-eslint/no-non-null-assertion -- both arrays have 64 numbers; `?? 0` in these two costs a fifth */
function column(from: Int32Array, x: number): void {
  const c0 = from[x]!;
  const c1 = from[8 + x]!;
  const c2 = from[16 + x]!;
  const c3 = from[24 + x]!;
  const c4 = from[32 + x]!;
  const c5 = from[40 + x]!;
  const c6 = from[48 + x]!;
  const c7 = from[56 + x]!;
  if ((c1 | c2 | c3 | c4 | c5 | c6 | c7) === 0) {
    const flat = c0 << BETWEEN;
    for (let i = x; i < 64; i += 8) between[i] = flat;
    return;
  }
  const e = imul(c2 + c6, F_0_541);
  const e2 = e - imul(c6, F_1_847);
  const e3 = e + imul(c2, F_0_765);
  const sum = ((c0 + c4) << FIX) + COLUMN_HALF;
  const difference = ((c0 - c4) << FIX) + COLUMN_HALF;
  const z5 = imul(c7 + c3 + c5 + c1, F_1_175);
  const z1 = imul(c7 + c1, -F_0_899);
  const z2 = imul(c5 + c3, -F_2_562);
  const z3 = z5 - imul(c7 + c3, F_1_961);
  const z4 = z5 - imul(c5 + c1, F_0_390);
  const o0 = imul(c7, F_0_298) + z1 + z3;
  const o1 = imul(c5, F_2_053) + z2 + z4;
  const o2 = imul(c3, F_3_072) + z2 + z3;
  const o3 = imul(c1, F_1_501) + z1 + z4;
  between[x] = (sum + e3 + o3) >> COLUMN_SHIFT;
  between[56 + x] = (sum + e3 - o3) >> COLUMN_SHIFT;
  between[8 + x] = (difference + e2 + o2) >> COLUMN_SHIFT;
  between[48 + x] = (difference + e2 - o2) >> COLUMN_SHIFT;
  between[16 + x] = (difference - e2 + o1) >> COLUMN_SHIFT;
  between[40 + x] = (difference - e2 - o1) >> COLUMN_SHIFT;
  between[24 + x] = (sum - e3 + o0) >> COLUMN_SHIFT;
  between[32 + x] = (sum - e3 - o0) >> COLUMN_SHIFT;
}

function row(from: number, out: Uint16Array, at: number): void {
  const c0 = between[from]!;
  const c1 = between[from + 1]!;
  const c2 = between[from + 2]!;
  const c3 = between[from + 3]!;
  const c4 = between[from + 4]!;
  const c5 = between[from + 5]!;
  const c6 = between[from + 6]!;
  const c7 = between[from + 7]!;
  const e = imul(c2 + c6, F_0_541);
  const e2 = e - imul(c6, F_1_847);
  const e3 = e + imul(c2, F_0_765);
  const sum = ((c0 + c4) << FIX) + ROW_HALF;
  const difference = ((c0 - c4) << FIX) + ROW_HALF;
  const z5 = imul(c7 + c3 + c5 + c1, F_1_175);
  const z1 = imul(c7 + c1, -F_0_899);
  const z2 = imul(c5 + c3, -F_2_562);
  const z3 = z5 - imul(c7 + c3, F_1_961);
  const z4 = z5 - imul(c5 + c1, F_0_390);
  const o0 = imul(c7, F_0_298) + z1 + z3;
  const o1 = imul(c5, F_2_053) + z2 + z4;
  const o2 = imul(c3, F_3_072) + z2 + z3;
  const o3 = imul(c1, F_1_501) + z1 + z4;
  out[at] = sample((sum + e3 + o3) >> ROW_SHIFT);
  out[at + 7] = sample((sum + e3 - o3) >> ROW_SHIFT);
  out[at + 1] = sample((difference + e2 + o2) >> ROW_SHIFT);
  out[at + 6] = sample((difference + e2 - o2) >> ROW_SHIFT);
  out[at + 2] = sample((difference - e2 + o1) >> ROW_SHIFT);
  out[at + 5] = sample((difference - e2 - o1) >> ROW_SHIFT);
  out[at + 3] = sample((sum - e3 + o0) >> ROW_SHIFT);
  out[at + 4] = sample((sum - e3 - o0) >> ROW_SHIFT);
}
/* eslint-enable @typescript-eslint/no-non-null-assertion */

function sample(level: number): number {
  const shifted = level + MIDDLE;
  if (shifted < 0) return 0;
  return shifted > LARGEST ? LARGEST : shifted;
}
