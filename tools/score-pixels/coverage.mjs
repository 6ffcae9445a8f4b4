/** Share of a box's pixels that masks cover. @param box [x, y, width, height] */
export function coveredShare([x, y, width, height], masks) {
  let covered = 0;
  for (let row = y; row < y + height; row++)
    for (let column = x; column < x + width; column++)
      if (masks.some((m) => column >= m.x && column < m.x + m.width && row >= m.y && row < m.y + m.height)) covered++;
  return covered / (width * height);
}

export function touches([x, y, width, height], masks) {
  return masks.some((m) => m.x < x + width && m.x + m.width > x && m.y < y + height && m.y + m.height > y);
}

const SCRIPTS = [
  ['Hangul', /\p{Script=Hangul}/u],
  ['Kana', /\p{Script=Hiragana}|\p{Script=Katakana}/u],
  ['Han', /\p{Script=Han}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Latin with marks', /[^\x00-\x7f]/u],
];

export const scriptOf = (text) => SCRIPTS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'Latin';

/** 95 % interval of a share (Wilson 1927). */
export function interval(hits, n) {
  if (n === 0) return [0, 1];
  const z = 1.96;
  const p = hits / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
