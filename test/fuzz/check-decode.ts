import { createHash } from 'node:crypto';
import { numbersOf, readDataset, stringsOf } from '@precedent/dicom';
import type { Dataset } from '@precedent/dicom';
import type { ImagingSandbox, RenderOutcome, RenderRequest } from '@precedent/imaging';
import type { DecodeMutant } from './decode-mutants.ts';
import type { Failure, Verdict } from './check-parse.ts';
import type { Complaint } from './tokens.ts';

export type Renderer = Pick<ImagingSandbox, 'render'>;

/** The sandbox had to end a process: contained, at the price of this picture; counted and named apart. */
export const CONTAINED = new Set(['timed-out', 'out-of-memory', 'process ended']);
const PROCESS_ENDED = 'the decoder ended its process on this picture';

/** What of a mutant is judged. */
export type Judged = Pick<DecodeMutant, 'bytes' | 'target' | 'mustFail'>;

/** All properties of one mutant of a code stream, decoded in the sandbox. */
export async function checkDecode(mutant: Judged, renderer: Renderer): Promise<Verdict> {
  const request: RenderRequest = { source: { bytes: mutant.bytes }, frames: 'all', target: { kind: mutant.target } };
  let outcome: RenderOutcome;
  try {
    outcome = await renderer.render(request);
  } catch (fault) {
    return { outcome: 'threw', failures: [{ property: 'decoding ends in a typed outcome', detail: String(fault) }] };
  }
  if (outcome.kind === 'failed')
    return { outcome: outcome.detail === PROCESS_ENDED ? 'process ended' : outcome.reason, failures: [] };
  return { outcome: 'rendered', failures: failuresOf(mutant, outcome) };
}

type Rendered = Extract<RenderOutcome, { kind: 'rendered' }>;

function failuresOf({ bytes, mustFail, target }: Judged, outcome: Rendered): Failure[] {
  const failures: Failure[] = [];
  const size = sizeComplaint(bytes, outcome, target);
  if (size !== undefined) failures.push({ property: 'frames have the size that is told', detail: size });
  if (mustFail !== undefined)
    failures.push({ property: 'damage that shows is refused', detail: `a picture, though ${mustFail}` });
  return failures;
}

/** Sizes by what the data set says, read here and not taken from the answer. */
function sizeComplaint(bytes: Buffer, { frames }: Rendered, target: DecodeMutant['target']): Complaint {
  const read = readDataset(bytes);
  if (read.kind === 'rejected') return 'a picture of an object that is not read';
  const { dataset } = read;
  const [rows, columns] = [number(dataset, 0x00280010, 0), number(dataset, 0x00280011, 0)];
  const count = number(dataset, 0x00280008, 1);
  if (frames.length !== count) return `${frames.length} frames instead of ${count}`;
  const samples = rows * columns * channelsOf(dataset, target);
  // Single bits are stored as bytes.
  const bytesPerSample = target === 'stored' ? Math.max(8, number(dataset, 0x00280100, 0)) / 8 : 1;
  const expected = samples * bytesPerSample;
  for (const { frame, width, height, data } of frames) {
    if (width !== columns || height !== rows)
      return `frame ${frame} is ${width} × ${height}, told are ${columns} × ${rows}`;
    if (data.length !== expected) return `frame ${frame} has ${data.length} bytes, told are ${expected}`;
  }
  return undefined;
}

function channelsOf(dataset: Dataset, target: DecodeMutant['target']): number {
  const palette = target === 'display' && stringsOf(dataset, 0x00280004)[0] === 'PALETTE COLOR';
  return palette ? 3 : number(dataset, 0x00280002, 1);
}

function number(dataset: Dataset, tag: number, otherwise: number): number {
  return numbersOf(dataset, tag)[0] ?? otherwise;
}

/** Undamaged pictures between the damaged ones: a decoder that was upset must not show anything else afterwards. */
export class Canary {
  readonly #renderer: Renderer;
  readonly #known = new Map<string, string>();

  constructor(renderer: Renderer) {
    this.#renderer = renderer;
  }

  async check({ base }: DecodeMutant): Promise<readonly Failure[]> {
    const outcome = await this.#renderer.render({
      source: { bytes: base.bytes },
      frames: 'all',
      target: { kind: 'stored' },
    });
    const picture = outcome.kind === 'failed' ? outcome.reason : digestOf(outcome);
    const known = this.#known.get(base.name);
    if (known === undefined) this.#known.set(base.name, picture);
    if (known === undefined || known === picture) return [];
    return [{ property: 'the next picture is whole', detail: `${base.name} was ${known}, is ${picture}` }];
  }
}

function digestOf({ frames }: Rendered): string {
  const hash = createHash('sha256');
  for (const { data } of frames) hash.update(data);
  return hash.digest('hex').slice(0, 16);
}
