import type { EntityManager } from 'typeorm';
import type { ReceivedInstance, ReceiveInstances } from './receive-instances.ts';
import type { SpooledFile } from './spool-folder.ts';

/** Instances acknowledged by one transaction and one folder sync. */
const GROUP = 64;

interface Waiting {
  readonly file: SpooledFile;
  readonly resolve: (received: ReceivedInstance) => void;
  readonly reject: (error: unknown) => void;
}

/** Writes of one group of receipts from one source, within the transaction that makes them. */
export type RecordGroup = (
  source: string,
  received: readonly ReceivedInstance[],
  within: EntityManager,
) => Promise<void>;

/**
 * Group commit: instances that come while a transaction of their source is under way share the next one. A lone sender, which
 * waits for each answer, gets a transaction an instance; eight share.
 */
export class GroupJournal {
  readonly #receive: ReceiveInstances;
  readonly #record: RecordGroup;
  readonly #queues = new Map<string, Waiting[]>();

  constructor(receive: ReceiveInstances, record: RecordGroup) {
    this.#receive = receive;
    this.#record = record;
  }

  /** Resolves once the row is committed. Rejects when it was not, or when nobody can say: the file stays then. */
  add(source: string, file: SpooledFile): Promise<ReceivedInstance> {
    return new Promise((resolve, reject) => {
      const waiting = { file, resolve, reject };
      const queue = this.#queues.get(source);
      if (queue !== undefined) queue.push(waiting);
      else {
        this.#queues.set(source, [waiting]);
        void this.#work(source);
      }
    });
  }

  async #work(source: string): Promise<void> {
    const queue = this.#queues.get(source) ?? [];
    while (queue.length > 0) await this.#commit(source, queue.splice(0, GROUP));
    this.#queues.delete(source);
  }

  async #commit(source: string, group: readonly Waiting[]): Promise<void> {
    try {
      const files = group.map(({ file }) => file);
      const received = await this.#receive.receive(source, files, (r, within) => this.#record(source, r, within));
      const byId = new Map(received.map((r) => [r.receiptId, r]));
      for (const { file, resolve, reject } of group) {
        const mine = byId.get(file.receiptId);
        if (mine === undefined) reject(new Error('no receipt'));
        else resolve(mine);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}
