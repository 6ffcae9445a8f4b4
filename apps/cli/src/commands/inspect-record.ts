import type { FrameInspection, Inspection } from '@precedent/deid';
import type { InspectTarget, UnseenReason } from './inspect-targets.ts';
import { UNSEEN } from './inspect-targets.ts';

/** Findings of one object that are printed; an object made to be nasty has a million. */
const MAX_FINDINGS = 1000;

export type InspectedFrame = FrameInspection & {
  /** The picture's file; null where none was asked for or written. */
  readonly png: string | null;
};

/** One file as a JSON line and as text. Its names are stable: programs read them. */
export interface InspectRecord {
  readonly path: string;
  /** `passed-over`: a DICOMDIR, or what is no DICOM beside the objects of a folder. */
  readonly status: 'read' | 'rejected' | 'passed-over' | 'unreadable';
  readonly reason: string | null;
  readonly detail: string;
  readonly inspection: Inspection | null;
  readonly frames: readonly InspectedFrame[];
}

/** A file that the system does not let us read. */
export function unseenRecord(path: string, reason: UnseenReason): InspectRecord {
  return { path, status: 'unreadable', reason, detail: UNSEEN[reason], inspection: null, frames: [] };
}

export function inspectedRecord(
  target: Extract<InspectTarget, { kind: 'file' }>,
  inspection: Inspection,
  written: ReadonlyMap<number, string>,
): InspectRecord {
  const { rejection, kind } = inspection.object;
  const isOther = kind === 'not-dicom' || kind === 'empty';
  const isPassedOver = (kind === 'dicomdir' && rejection === null) || (isOther && !target.isNamed);
  const status = isPassedOver ? 'passed-over' : rejection === null ? 'read' : 'rejected';
  const reason = status === 'read' ? null : (rejection?.reason ?? inspection.pipeline.reason);
  const detail = status === 'read' ? '' : (rejection?.detail ?? inspection.pipeline.detail);
  const frames = (inspection.pictures?.frames ?? []).map((f) => ({ ...f, png: written.get(f.frame) ?? null }));
  return { path: target.shown, status, reason, detail, inspection, frames };
}

/** Said of the object as such, not of damage: what kind of object it is, and what is not built. */
const NO_DAMAGE: ReadonlySet<string> = new Set([
  'no-pixel-data',
  'unsupported-transfer-syntax',
  'unsupported-photometric',
]);

/** Whether something that ought to be readable was not: exit code 1. */
export function isShort({ status, inspection, frames }: InspectRecord): boolean {
  if (status === 'unreadable' || status === 'rejected') return true;
  const whole = inspection?.pictures?.failure?.reason ?? [];
  return [whole, ...frames.map(({ failure }) => failure?.reason ?? [])].flat().some((reason) => !NO_DAMAGE.has(reason));
}

export const hex = (offset: number): string => `0x${offset.toString(16).padStart(8, '0')}`;

/** One line of JSON. Control characters are written as escapes, C1 ones too, which JSON itself would let through. */
export function jsonLine({ path, status, reason, detail, inspection, frames }: InspectRecord): string {
  const { object, pictures, pipeline, notIndexable, sizeBytes, sha256 } = inspection ?? NOTHING;
  const line = {
    path,
    status,
    reason,
    detail,
    sizeBytes,
    sha256,
    object: object === null ? null : withHexOffsets(object),
    pipeline,
    notIndexable,
    pictures: pictures === null ? null : { ...pictures, frames },
  };
  return JSON.stringify(line).replace(ESCAPED, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const NOTHING = { object: null, pictures: null, pipeline: null, notIndexable: null, sizeBytes: null, sha256: null };
const ESCAPED = /[\u007f-\u009f\u2028\u2029]/g;

function withHexOffsets(object: Inspection['object']): object {
  const { findings, rejection } = object;
  return {
    ...object,
    findings: findings.slice(0, MAX_FINDINGS).map((finding) => ({ ...finding, offsetHex: hex(finding.offset) })),
    findingCount: findings.length,
    rejection: rejection === null ? null : { ...rejection, offsetHex: hex(rejection.offset) },
  };
}
