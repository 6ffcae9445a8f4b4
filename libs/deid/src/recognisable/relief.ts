/** A number from 0 to 1 for a direction in degrees. */
export type Relief = (azimuth: number, elevation: number) => number;

const WAVES = 10;
/** Wavelengths in degrees: from a cheek to a lip. */
const LENGTH = { least: 22, most: 75 } as const;

/**
 * Smooth hills and valleys of the size of facial features. Two scans of one person get different ones, so that what is left
 * of the face under them matches neither of the two better than a stranger's.
 * @param seed keyed: whoever could guess it could take the waves out again
 */
export function reliefOf(seed: number): Relief {
  const random = mulberry32(seed);
  const waves = Array.from({ length: WAVES }, () => {
    const turns = 360 / (LENGTH.least + random() * (LENGTH.most - LENGTH.least));
    const heading = random() * 2 * Math.PI;
    const [ka, ke] = [Math.cos(heading) * turns, Math.sin(heading) * turns];
    return { ka: (ka * Math.PI) / 180, ke: (ke * Math.PI) / 180, phase: random() * 2 * Math.PI };
  });
  return (azimuth, elevation) => {
    const sum = waves.reduce((total, { ka, ke, phase }) => total + Math.cos(ka * azimuth + ke * elevation + phase), 0);
    return Math.max(0, Math.min(1, 0.5 + sum / WAVES));
  };
}

/** A small generator whose numbers are the same everywhere (Tommy Ettinger's mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
