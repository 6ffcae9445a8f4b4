import { isInteractive } from '../cli.config.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';

/** Frames from which an object is worth a bar of its own. */
const MANY_FRAMES = 64;

/**
 * A bar on a terminal: over all files where the report goes elsewhere, otherwise over the frames of one large object,
 * ended before its text is printed, so that the two never share a line.
 */
export class InspectProgress {
  readonly #bar = new ProgressBar('inspecting', !isInteractive(process.stderr));
  readonly #overFiles = !process.stdout.isTTY;
  #frames = 0;

  frames(done: number, total: number): void {
    if (this.#overFiles || total < MANY_FRAMES) return;
    this.#frames = total;
    this.#bar.update(done, total, 'frames');
  }

  /** An object is done, its text not yet printed. */
  file(done: number, total: number): void {
    if (this.#overFiles) this.#bar.update(done, total, 'files');
    else if (this.#frames > 0) this.#bar.finish(this.#frames, this.#frames, 'frames');
    this.#frames = 0;
  }

  end(done: number, total: number): void {
    if (this.#overFiles && total > 1) this.#bar.finish(done, total, 'files');
  }
}
