import type { Modality } from './types.ts';

/** Halfway between air (−1000) and fat (−100) with room for partial volume and noise (PS3.3 C.11.1.1.2: HU). */
const CT_TISSUE_HU = -300;
/** In a volume in Hounsfield units this share of the voxels at least is air. Cone-beam CT is often not calibrated. */
const CT_AIR_SHARE = 0.02;
const CT_AIR_HU = -800;

/** The value above which a voxel counts as tissue. */
export function tissueThreshold(values: Float32Array, modality: Modality): number {
  if (modality === 'CT' && isHounsfield(values)) return CT_TISSUE_HU;
  return magnitudeThreshold(values);
}

export function isHounsfield(values: Float32Array): boolean {
  let air = 0;
  let lowest = Infinity;
  for (const value of values) {
    if (value < CT_AIR_HU) air++;
    if (value < lowest) lowest = value;
  }
  return air > values.length * CT_AIR_SHARE && lowest > -5000;
}

/**
 * MR has no units: air is the darker class of Otsu's split, and tissue whatever stands clearly above its noise. Set low on
 * purpose, since dim skin far from the coil is what a rendering would show, and noise taken for tissue is opened away.
 */
function magnitudeThreshold(values: Float32Array): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return Infinity;
  const top = sorted[Math.floor(sorted.length * 0.995)] ?? 0;
  const split = otsu(sorted, top);
  const border = lowerBound(sorted, split);
  const air = sorted[border >> 1] ?? 0;
  const bright = sorted[(border + sorted.length) >> 1] ?? top;
  const spread = (sorted[Math.floor(border * 0.84)] ?? air) - air;
  return air + Math.max(Math.min(4 * spread, 0.5 * (bright - air)), 0.12 * (bright - air));
}

/** The threshold that parts two classes best (Otsu, IEEE Trans. SMC 9, 1979), on 256 levels up to `top`. */
function otsu(sorted: Float32Array, top: number): number {
  const low = sorted[0] ?? 0;
  const width = (top - low) / 256 || 1;
  const counts = new Float64Array(256);
  for (const value of sorted) {
    const bin = Math.min(255, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return low + width * (bestSplit(counts) + 1);
}

function bestSplit(counts: Float64Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const moment = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let best = { bin: 0, between: -1 };
  for (let bin = 0, below = 0, belowMoment = 0; bin < counts.length - 1; bin++) {
    below += counts[bin] ?? 0;
    belowMoment += (counts[bin] ?? 0) * bin;
    const above = total - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (belowMoment / below - (moment - belowMoment) / above) ** 2;
    if (between > best.between) best = { bin, between };
  }
  return best.bin;
}

function lowerBound(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
