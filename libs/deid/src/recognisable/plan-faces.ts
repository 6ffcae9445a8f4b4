import { readFile, open } from 'node:fs/promises';
import { readDataset, readIdentity } from '@precedent/dicom';
import type { Dataset } from '@precedent/dicom';
import { CoarseVolumeBuilder } from './coarse-volume.ts';
import type { FacePlan, ObjectFaces, PackedField } from './face-plan.ts';
import { HOLD_DETAILS, packField, verdictOf } from './face-plan.ts';
import type { FrameDecoder } from './frame-decoder.ts';
import type { ObjectSource } from './object-source.ts';
import { objectPlanes, volumeModality } from './object-planes.ts';
import type { FramePlane, ObjectPlanes } from './object-planes.ts';
import { findRemoval } from './removal.ts';
import type { PlacedPlane, Stack } from './stacks.ts';
import { isDense, stacksOf } from './stacks.ts';
import type { DensityRules, RegionHint, RemovalRules } from './types.ts';

export interface FaceRules extends RemovalRules, DensityRules {
  readonly action: 'deface' | 'hold' | 'off';
}

export interface FacePlanner {
  readonly rules: FaceRules;
  readonly decoder: FrameDecoder;
  /** Keyed number of the patient whom an object is of. One a patient: several different ones would average out. */
  seedOf(dataset: Dataset): number;
}

interface PlannedObject<Key> extends ObjectPlanes {
  readonly key: Key;
  readonly source: ObjectSource;
  readonly seed: number;
}

interface FrameOf<Key> {
  readonly object: PlannedObject<Key>;
  readonly frame: number;
}

/** As much of a file as its identity needs; most are no CT or MR and are not read further. */
const HEAD_BYTES = 2 ** 16;
/** Share of a stack's pictures that may be undecodable; they are held back themselves when their turn comes. */
const MOST_UNDECODABLE = 0.1;

/**
 * Looks through the objects of a study or a folder for series from which a face could be rebuilt, and says for every CT
 * and MR object what is to be done. Headers of all are kept, pixels of one picture at a time. Never throws for content:
 * what cannot be read is left to the engine, which refuses it.
 */
export async function planFaces<Key>(
  objects: Iterable<readonly [Key, ObjectSource]>,
  planner: FacePlanner,
): Promise<FacePlan<Key>> {
  const plan = { objects: new Map<Key, ObjectFaces>(), fields: [] as PackedField[] };
  if (planner.rules.action === 'off') return plan;
  const series = new Map<string, PlannedObject<Key>[]>();
  for (const [key, source] of objects) {
    const dataset = await volumeObject(source);
    const planes = dataset === undefined ? undefined : objectPlanes(dataset);
    if (dataset === undefined || planes === undefined) continue;
    const name = `${planes.modality} ${planes.seriesUid}`;
    const members = series.get(name) ?? [];
    members.push({ ...planes, key, source, seed: planner.seedOf(dataset) });
    series.set(name, members);
  }
  for (const members of series.values()) await planSeries(members, { ...planner, plan });
  return plan;
}

async function volumeObject(source: ObjectSource): Promise<Dataset | undefined> {
  const bytes = 'bytes' in source ? source.bytes : await volumeFile(source.path);
  if (bytes === undefined) return undefined;
  const read = readDataset(bytes);
  return read.kind === 'read' ? read.dataset : undefined;
}

/** The file's bytes if it is of a class that counts, by its first bytes; undefined if not, or if it cannot be read. */
async function volumeFile(path: string): Promise<Buffer | undefined> {
  try {
    const file = await open(path, 'r');
    const head = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0).finally(() => file.close());
    const outcome = readIdentity(head.buffer.subarray(0, head.bytesRead));
    // A head that says nothing may belong to an object whose header is longer: it is read whole.
    if (outcome.kind === 'identified' && volumeModality(outcome.identity.sopClassUid) === undefined) return undefined;
    if (outcome.kind === 'unidentified' && (outcome.reason === 'not-dicom' || outcome.reason === 'empty'))
      return undefined;
    return await readFile(path);
  } catch {
    return undefined;
  }
}

interface Work<Key> extends Pick<FacePlanner, 'rules' | 'decoder'> {
  readonly plan: { readonly objects: Map<Key, ObjectFaces>; readonly fields: PackedField[] };
}

async function planSeries<Key>(members: readonly PlannedObject<Key>[], work: Work<Key>): Promise<void> {
  const { rules, plan } = work;
  for (const { key } of members) plan.objects.set(key, { kind: 'nothing-recognisable' });
  const all = members.flatMap((object) => object.frames.map(({ plane }, frame) => ({ id: { object, frame }, plane })));
  const placed = all.filter((one): one is PlacedPlane<FrameOf<Key>> => one.plane !== null);
  const unplaced = all.filter(({ plane }) => plane === null).map(({ id }) => id);
  const dense = stacksOf(placed).filter((stack) => isDense(stack, rules));
  const hint = seriesHint(members);
  for (const stack of dense) await planStack(stack, hint, work);
  const isKnownElsewhere = (hint === 'limb' || hint === 'trunk') && dense.length === 0;
  if (dense.length > 0 || unplaced.length >= rules.minSlices)
    if (!isKnownElsewhere) hold(unplaced, HOLD_DETAILS.geometry, plan.objects);
}

/** Whoever of the series says head is believed first. */
function seriesHint(members: readonly ObjectPlanes[]): RegionHint {
  const order: readonly RegionHint[] = ['head', 'unknown', 'trunk', 'limb'];
  return order.find((hint) => members.some((member) => member.hint === hint)) ?? 'unknown';
}

function hold<Key>(frames: readonly FrameOf<Key>[], detail: string, objects: Map<Key, ObjectFaces>): void {
  for (const { object } of frames) objects.set(object.key, { kind: 'hold', detail });
}

async function planStack<Key>(
  stack: Stack<FrameOf<Key>>,
  hint: RegionHint,
  { rules, decoder, plan }: Work<Key>,
): Promise<void> {
  const frames = stack.planes.map(({ id }) => id);
  const first = frames[0]?.object;
  if (first === undefined || rules.action === 'off') return;
  const builder = new CoarseVolumeBuilder(stack);
  const lost = await gather(stack, builder, decoder);
  if (lost > MOST_UNDECODABLE * frames.length) {
    hold(frames, HOLD_DETAILS.undecodable, plan.objects);
    return;
  }
  const removal = findRemoval(builder.finish(), { modality: first.modality, hint, seed: first.seed }, rules);
  const verdict = verdictOf(removal, rules.action);
  if (verdict === 'pass') return;
  if (verdict !== 'deface' || removal.kind !== 'head') {
    hold(frames, HOLD_DETAILS[verdict === 'deface' ? 'face' : verdict], plan.objects);
    return;
  }
  plan.fields.push(packField(removal.field));
  for (const { object, frame } of frames) defaceFrame(object, frame, plan);
}

function defaceFrame<Key>(object: PlannedObject<Key>, frame: number, { objects, fields }: Work<Key>['plan']): void {
  const before = objects.get(object.key);
  if (before?.kind === 'hold') return;
  const own = before?.kind === 'deface' ? [...before.fields] : object.frames.map(() => -1);
  own[frame] = fields.length - 1;
  objects.set(object.key, { kind: 'deface', fields: own });
}

/** @returns the number of planes that could not be decoded */
async function gather<Key>(
  stack: Stack<FrameOf<Key>>,
  builder: CoarseVolumeBuilder,
  decoder: FrameDecoder,
): Promise<number> {
  let lost = 0;
  for (const { id, plane } of stack.planes) {
    const samples = await decoder.decode(id.object.source, id.frame);
    if (samples === undefined || samples.length !== plane.rows * plane.columns) lost++;
    else builder.add(plane, rescaled(samples, id.object.frames[id.frame]));
  }
  return lost;
}

function rescaled(samples: ArrayLike<number>, frame: FramePlane | undefined): ArrayLike<number> {
  const { slope = 1, intercept = 0 } = frame ?? {};
  if (slope === 1 && intercept === 0) return samples;
  return Float32Array.from(samples, (value) => value * slope + intercept);
}
