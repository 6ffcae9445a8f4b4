import { isInteractive } from '../cli.config.ts';

const WIDTH = 30;
/** Redraws a second at most: a bar must not cost more than the work. */
const REDRAW_MS = 100;
/** Without a terminal a line is written every so often, so that a log shows that something moves. */
const LOG_MS = 15_000;

/** A progress line on stderr: redrawn in place on a terminal, a line now and then elsewhere, nothing when quiet. */
export class ProgressBar {
  readonly #label: string;
  readonly #out: NodeJS.WriteStream | null;
  readonly #interactive: boolean;
  #last = 0;

  constructor(label: string, quiet: boolean, out: NodeJS.WriteStream = process.stderr) {
    this.#label = label;
    this.#out = quiet ? null : out;
    this.#interactive = isInteractive(out);
  }

  update(done: number, total: number, note = ''): void {
    const now = Date.now();
    if (this.#out === null || now - this.#last < (this.#interactive ? REDRAW_MS : LOG_MS)) return;
    this.#last = now;
    this.#write(done, total, note);
  }

  /** Draws the last state and ends the line. */
  finish(done: number, total: number, note = ''): void {
    if (this.#out === null) return;
    this.#write(done, total, note);
    if (this.#interactive) this.#out.write('\n');
  }

  #write(done: number, total: number, note: string): void {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const filled = Math.round(share * WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    const text = `${this.#label.padEnd(12)} ${bar} ${String(done).padStart(6)} / ${total} ${note}`;
    this.#out?.write(this.#interactive ? `\r\x1b[2K${text}` : `${text}\n`);
  }
}
