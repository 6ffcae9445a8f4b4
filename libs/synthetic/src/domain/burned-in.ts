import { burnable, GLYPH_HEIGHT, GLYPH_WIDTH, hasGlyphs, inked } from './bitmap-font.ts';
import type { StoredPixels } from './pixels.ts';
import { store } from './pixels.ts';
import { Random } from './random.ts';
import type { Hospital } from './hospitals.ts';
import type { Person } from './people.ts';
import type { StudyPlan } from './study-plan.ts';

/** Text drawn into the pixels. `box` is [x, y, width, height], tight around all that was drawn; the same on every frame. */
export interface BurnedIn {
  readonly box: readonly [number, number, number, number];
  readonly text: string;
  readonly kind: string;
  /** False for technical text, as a side letter, that may stay. */
  readonly phi: boolean;
  readonly font_px: number;
  readonly touches_edge: boolean;
}

interface Line {
  readonly text: string;
  readonly kind: string;
  readonly phi: boolean;
}

/** Share of pictures with identifying text: most ultrasound, few others, as the field has it. */
const SHARE = { US: 0.7, CR: 0.2, DX: 0.15, CT: 0.05, MR: 0.04 } as const;

/**
 * Draws a device's text into a picture's frames, in place, and says what stands where.
 * @param date study date, YYYYMMDD
 */
export function burnIn(
  pixels: StoredPixels,
  plan: StudyPlan,
  person: Person,
  hospital: Hospital,
  date: string,
  picture: number,
): BurnedIn[] {
  const random = Random.named(plan.seed, plan.patient, plan.visit, 'burned-in', picture);
  const { modality } = plan.scanner;
  const burned: BurnedIn[] = [];
  if (random.chance(SHARE[modality]))
    burned.push(...burnIdentity(pixels, linesFor(person, hospital, date, random), modality === 'US', random));
  if ((modality === 'CR' || modality === 'DX') && random.chance(0.8)) {
    const mark = { text: random.pick(['L', 'R']), kind: 'side_letter', phi: false };
    burned.push(drawn(pixels, mark, Math.round(pixels.columns * 0.06), Math.round(pixels.rows * 0.5), 3));
  }
  return burned;
}

/** Name, number, date, hospital: those that the font can write, in one of the forms that devices use. */
function linesFor(person: Person, hospital: Hospital, date: string, random: Random): Line[] {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)];
  const latin = (person.name.split('=')[0] ?? '').replace('^', ', ');
  const born = `${person.birthDate.slice(6)}.${person.birthDate.slice(4, 6)}.${person.birthDate.slice(0, 4)}`;
  const all: Line[] = [
    { text: burnable(latin), kind: 'name', phi: true },
    { text: burnable(person.mrn), kind: 'mrn', phi: true },
    {
      text: random.pick([`${day}.${month}.${year}`, `${day}/${month}/${year}`, `${year}-${month}-${day}`]),
      kind: 'date',
      phi: true,
    },
    { text: born, kind: 'birth_date', phi: true },
    { text: burnable(hospital.name), kind: 'institution', phi: true },
  ];
  return all.filter((line) => hasGlyphs(line.text)).slice(0, random.whole(2, 5));
}

/** A line with its place and the size of its letters' dots. */
interface Place {
  readonly line: Line;
  readonly x: number;
  readonly y: number;
}

/** Lines in a corner, or in an ultrasound picture's own band above the fan; those without room are left out. */
function burnIdentity(pixels: StoredPixels, lines: readonly Line[], band: boolean, random: Random): BurnedIn[] {
  const scale = band ? 2 : scaleFor(pixels, lines, random);
  const edge = random.chance(0.25) ? 0 : random.whole(3, 9);
  const fitting = lines.filter((line) => widthOf(line.text, scale) <= pixels.columns - 2 * edge);
  const places = band ? bandPlaces(pixels, fitting, edge, scale) : cornerPlaces(pixels, fitting, edge, scale, random);
  const swapped = !band && random.chance(0.2);
  return places.map(({ line, x, y }) => drawn(pixels, line, x, y, scale, swapped));
}

/** Dots of 2 to 4 pixels make letters of 14 to 28; one size a picture, so that the longest line has room if it can. */
function scaleFor(pixels: StoredPixels, lines: readonly Line[], random: Random): number {
  const wished = random.whole(2, 4);
  const longest = Math.max(...lines.map((line) => widthOf(line.text, 1)), 1);
  return Math.max(2, Math.min(wished, Math.floor((pixels.columns - 20) / longest)));
}

function cornerPlaces(
  pixels: StoredPixels,
  lines: readonly Line[],
  edge: number,
  scale: number,
  random: Random,
): Place[] {
  const step = (GLYPH_HEIGHT + 2) * scale;
  const left = random.chance(0.5);
  const top = random.chance(0.6) ? edge : pixels.rows - edge - lines.length * step + 2 * scale;
  return lines.map((line, at) => ({
    line,
    x: left ? edge : pixels.columns - edge - widthOf(line.text, scale),
    y: top + at * step,
  }));
}

/** Two rows of a left and a right text each; a text that would run into its neighbour opens the next row. */
function bandPlaces(pixels: StoredPixels, lines: readonly Line[], edge: number, scale: number): Place[] {
  const step = (GLYPH_HEIGHT + 2) * scale;
  const places: Place[] = [];
  let [row, used] = [0, 0];
  for (const line of lines) {
    const width = widthOf(line.text, scale);
    const beside = used > 0 && used + width + 12 + 2 * edge <= pixels.columns;
    if (used > 0 && !beside) [row, used] = [row + 1, 0];
    if (row > 1) break;
    places.push({ line, x: beside ? pixels.columns - edge - width : edge, y: 3 + row * step });
    [row, used] = beside ? [row + 1, 0] : [row, width];
  }
  return places;
}

function widthOf(text: string, scale: number): number {
  return (text.length * (GLYPH_WIDTH + 1) - 1) * scale;
}

/** Draws one line, bright with a dark rim so that it reads on any ground (or the other way round); in MONOCHROME1 bright is low. */
function drawn(pixels: StoredPixels, line: Line, x: number, y: number, scale: number, swapped = false): BurnedIn {
  const plain = inksOf(pixels);
  const inks = swapped ? { ink: plain.rim, rim: plain.ink } : plain;
  const box: [number, number, number, number] = [pixels.columns, pixels.rows, -1, -1];
  Array.from(line.text).forEach((letter, at) => {
    const start = x + at * (GLYPH_WIDTH + 1) * scale;
    for (const dark of [true, false])
      drawLetter(pixels, letter, start, y, scale, dark ? inks.rim : inks.ink, dark ? 1 : 0, box);
  });
  const [left, top, right, bottom] = box;
  const edge = left <= 0 || top <= 0 || right >= pixels.columns - 1 || bottom >= pixels.rows - 1;
  return {
    box: [left, top, right - left + 1, bottom - top + 1],
    ...line,
    font_px: GLYPH_HEIGHT * scale,
    touches_edge: edge,
  };
}

function inksOf(pixels: StoredPixels): { ink: number; rim: number } {
  if (pixels.bitsAllocated === 8) return { ink: 235, rim: 0 };
  const { center, width } = pixels.window ?? { center: 0, width: 1 };
  const bright = center + width * 0.55 - pixels.intercept;
  const dark = center - width * 0.5 - pixels.intercept;
  const [low, high] = pixels.signed ? [-1024, 3071] : [0, 2 ** pixels.bitsStored - 1];
  const held = (value: number): number => Math.min(high, Math.max(low, Math.round(value)));
  return pixels.photometric === 'MONOCHROME1'
    ? { ink: held(dark), rim: held(bright) }
    : { ink: held(bright), rim: held(dark) };
}

/** Draws a letter, its strokes `grow` pixels fatter, and widens `box` to all that was drawn. */
function drawLetter(
  pixels: StoredPixels,
  letter: string,
  x: number,
  y: number,
  scale: number,
  value: number,
  grow: number,
  box: [number, number, number, number],
): void {
  for (let row = 0; row < GLYPH_HEIGHT; row += 1)
    for (let column = 0; column < GLYPH_WIDTH; column += 1) {
      if (!inked(letter, column, row)) continue;
      const left = x + column * scale;
      const top = y + row * scale;
      for (let py = top - grow; py < top + scale + grow; py += 1)
        for (let px = left - grow; px < left + scale + grow; px += 1) setPixel(pixels, px, py, value, box);
    }
}

function setPixel(
  pixels: StoredPixels,
  x: number,
  y: number,
  value: number,
  box: [number, number, number, number],
): void {
  if (x < 0 || y < 0 || x >= pixels.columns || y >= pixels.rows) return;
  const at = y * pixels.columns + x;
  for (const frame of pixels.frames)
    for (let sample = 0; sample < pixels.samplesPerPixel; sample += 1)
      store(frame, pixels.bitsAllocated, at * pixels.samplesPerPixel + sample, value);
  box[0] = Math.min(box[0], x);
  box[1] = Math.min(box[1], y);
  box[2] = Math.max(box[2], x);
  box[3] = Math.max(box[3], y);
}
