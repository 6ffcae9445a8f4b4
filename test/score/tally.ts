import type { Verdict } from './examine.ts';
import type { ObjectKey, ScoreClass } from './key.ts';
import { CLASSES } from './key.ts';

/** Share of the actions of each class that must pass. */
export const AIM = 0.9995;

export interface ClassScore {
  readonly c: ScoreClass;
  readonly actions: number;
  readonly failed: number;
  /** 1 where there was nothing to do. */
  readonly share: number;
  readonly met: boolean;
}

export interface FailedPlace {
  readonly c: ScoreClass;
  readonly place: string;
  readonly failed: number;
  readonly seen: string;
  /** First object with it, and how it was encoded. */
  readonly example: string;
}

export interface Score {
  readonly actions: number;
  readonly failed: number;
  readonly classes: readonly ClassScore[];
  readonly patients: number;
  readonly patientsWithLeak: number;
  readonly objects: number;
  readonly out: number;
  readonly held: number;
  readonly places: readonly FailedPlace[];
  /** Groups of places and how often each was planted, whatever became of it. */
  readonly planted: Readonly<Record<string, number>>;
  readonly met: boolean;
}

/** Adds verdicts up, by class, place and patient; nothing is averaged away. */
export class Tally {
  readonly #counts = new Map<ScoreClass, { actions: number; failed: number }>();
  readonly #places = new Map<string, { c: ScoreClass; place: string; failed: number; seen: string; example: string }>();
  readonly #planted = new Map<string, number>();
  readonly #patients = new Map<number, boolean>();
  #objects = 0;
  #out = 0;
  #held = 0;

  add(key: ObjectKey, verdicts: readonly Verdict[], isOut: boolean): void {
    this.#objects += 1;
    if (isOut) this.#out += 1;
    else this.#held += 1;
    if (!this.#patients.has(key.patient)) this.#patients.set(key.patient, false);
    for (const verdict of verdicts) this.#addOne(key, verdict);
  }

  #addOne(key: ObjectKey, { c, place, passed, seen = '', leak = false }: Verdict): void {
    const count = this.#counts.get(c) ?? { actions: 0, failed: 0 };
    count.actions += 1;
    this.#counts.set(c, count);
    const group = groupOf(place);
    this.#planted.set(group, (this.#planted.get(group) ?? 0) + 1);
    if (passed) return;
    count.failed += 1;
    if (leak) this.#patients.set(key.patient, true);
    const id = `${c} ${place}`;
    const known = this.#places.get(id) ?? {
      c,
      place,
      failed: 0,
      seen,
      example: `${key.file} (${key.kind}, ${key.syntax}, ${key.charset})`,
    };
    this.#places.set(id, { ...known, failed: known.failed + 1 });
  }

  result(): Score {
    const classes = CLASSES.map((c) => scoreOf(c, this.#counts.get(c)));
    const sum = (of: (score: ClassScore) => number): number => classes.reduce((total, score) => total + of(score), 0);
    return {
      actions: sum(({ actions }) => actions),
      failed: sum(({ failed }) => failed),
      classes,
      patients: this.#patients.size,
      patientsWithLeak: [...this.#patients.values()].filter(Boolean).length,
      objects: this.#objects,
      out: this.#out,
      held: this.#held,
      places: [...this.#places.values()].sort((a, b) => b.failed - a.failed),
      planted: Object.fromEntries([...this.#planted].sort()),
      met: classes.every(({ met }) => met),
    };
  }
}

function scoreOf(c: ScoreClass, count = { actions: 0, failed: 0 }): ClassScore {
  const share = count.actions === 0 ? 1 : 1 - count.failed / count.actions;
  return { c, ...count, share, met: share >= AIM };
}

/** `row X LO InstitutionName` → `row X LO`, `private unknown OB` → `private unknown OB`. */
const groupOf = (place: string): string =>
  /^(?:depth \d: )?(?:row \S+|no row) \S+/.exec(place)?.[0] ?? place.split(' > ')[0] ?? place;
