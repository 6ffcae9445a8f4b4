import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { OpenedMessage } from '../domain/wire.ts';

const KEPT_CHARACTERS = 2000;
/** The pipe of stderr and the channel of messages are read in no order: give the former a moment. */
const SETTLE_MS = 50;

/**
 * The tail of a child's stderr. ONNX Runtime names a missing library of CUDA there and nowhere else; it must not run
 * into the service's own log, whose events are a closed catalogue.
 */
export class LastWords {
  private tail = '';

  constructor(child: ChildProcess) {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.tail = (this.tail + text).slice(-KEPT_CHARACTERS);
    });
  }

  /** Adds the names of libraries that could not be loaded to why a provider was passed over. */
  async explain(opened: OpenedMessage): Promise<OpenedMessage> {
    if (!opened.tried.some(({ error }) => error !== undefined)) return opened;
    await delay(SETTLE_MS);
    const missing = new Set(stripVTControlCharacters(this.tail).match(/\blib[\w.+-]+\.so[\d.]*/g));
    if (missing.size === 0) return opened;
    const named = ` (named on stderr: ${[...missing].join(', ')})`;
    const tried = opened.tried.map(({ name, error }) =>
      error === undefined ? { name } : { name, error: error + named },
    );
    return { ...opened, tried };
  }
}
