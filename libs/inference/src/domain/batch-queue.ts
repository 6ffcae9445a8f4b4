import type { PendingPicture } from './batch.ts';

/**
 * Forms batches over calls, images and studies. An idle child gets what is there at once; a busy one gets the next
 * batch in advance only when it is full, so that it never waits for the pipe and batches do not crumble into ones.
 */
export class BatchQueue {
  private readonly limit: number;
  private urgent: PendingPicture[] = [];
  private waiting: PendingPicture[] = [];

  /** @param limit pictures a batch. On CPU more than 8 brings nothing and costs memory (handbook: ≤ 5 %). */
  constructor(limit: number) {
    this.limit = limit;
  }

  get length(): number {
    return this.urgent.length + this.waiting.length;
  }

  add(pictures: readonly PendingPicture[]): void {
    for (const picture of pictures) (picture.urgent ? this.urgent : this.waiting).push(picture);
  }

  /** Pictures that were handed out and come back go first: they have waited longest. */
  putBack(pictures: readonly PendingPicture[]): void {
    this.urgent = [...pictures.filter((picture) => picture.urgent), ...this.urgent];
    this.waiting = [...pictures.filter((picture) => !picture.urgent), ...this.waiting];
  }

  /** @param inFlight batches the child holds. @returns the next batch, or none yet. */
  next(inFlight: number): readonly PendingPicture[] | null {
    const enough = inFlight === 0 ? 1 : this.limit;
    if (inFlight > 1 || this.length < enough) return null;
    const first = this.urgent.splice(0, this.limit);
    return [...first, ...this.waiting.splice(0, this.limit - first.length)];
  }

  drain(): readonly PendingPicture[] {
    return [...this.urgent.splice(0), ...this.waiting.splice(0)];
  }
}
