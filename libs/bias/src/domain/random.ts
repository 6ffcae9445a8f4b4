/** Uniform numbers in (0, 1), never 0 or 1. */
export type RandomSource = () => number;

const TWO_POW_32 = 2 ** 32;

/** Spreads a seed over the generator's state (splitmix32), so that seeds 1 and 2 give unrelated streams. */
function splitMix(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

/**
 * Small fast counter generator (sfc32): integer arithmetic only, so a seed gives the same intervals on every machine.
 * Both halves of a seed above 2^32 count.
 */
export function seededRandom(seed: number): RandomSource {
  const low = splitMix(seed % TWO_POW_32);
  const high = splitMix(Math.floor(seed / TWO_POW_32) ^ 0x5bf03635);
  let [a, b, c, counter] = [low(), low() ^ high(), high(), 1];
  return () => {
    const mixed = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + mixed) | 0;
    return ((mixed >>> 0) + 0.5) / TWO_POW_32;
  };
}
