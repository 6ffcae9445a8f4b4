import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { tagOf, writeDataset } from '@precedent/dicom';
import { pendingSchemaChanges } from '@precedent/platform';
import { startTestDatabase } from '../../../test/support/test-database.ts';
import { GenerationJournal } from './generation-journal.ts';
import { ingressSchema } from './ingress.schema.ts';
import { IngressStatus } from './ingress-status.ts';
import { Quarantine } from './quarantine.ts';
import { ReceiveInstances } from './receive-instances.ts';
import type { SpooledFile } from './spool-folder.ts';
import { SpoolFolder } from './spool-folder.ts';
import { StageOutcomes } from './stage-outcomes.ts';

// Real: PostgreSQL (embedded), the spool folder on disk, DICOM objects written by the product's own writer. Fake: the clock.

const database = startTestDatabase();
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

function object(study: string, sop: string, comment = 'x'): Buffer {
  const text = (keyword: string, value: string) => ({ tag: tagOf(keyword), value: { text: value } });
  const elements = [
    text('SOPClassUID', '1.2.840.10008.5.1.4.1.1.2'),
    text('SOPInstanceUID', sop),
    text('StudyInstanceUID', study),
    text('SeriesInstanceUID', `${study}.1`),
    text('ImageComments', comment),
  ];
  return writeDataset(elements, { transferSyntax: '1.2.840.10008.1.2.1' });
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield bytes;
}

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

class Door {
  now = new Date('2026-01-01T00:00:00Z');
  readonly enqueued: string[] = [];
  readonly db: DataSource;
  readonly folder: SpoolFolder;
  readonly receiver: ReceiveInstances;
  readonly journal: GenerationJournal;
  readonly quarantine: Quarantine;

  constructor(db: DataSource, folder: SpoolFolder) {
    const clock = { now: () => this.now };
    this.db = db;
    this.folder = folder;
    this.receiver = new ReceiveInstances(db, folder, clock);
    this.journal = new GenerationJournal(db, folder, clock);
    this.quarantine = new Quarantine(db, folder, clock);
  }

  async receive(...objects: Buffer[]): Promise<string[]> {
    const files: SpooledFile[] = [];
    for (const bytes of objects) files.push(await this.folder.write(once(bytes)));
    const received = await this.receiver.receive('test', files);
    return received.map((r) => (r.reason === undefined ? r.kind : `${r.kind}:${r.reason}`));
  }

  seal(): Promise<number> {
    return this.journal.sealSource('test', (ids) => {
      this.enqueued.push(...ids);
      return Promise.resolve();
    });
  }

  /** Plays the pipeline: every sealed instance is archived, or held back. */
  async settle(disposition: 'archived' | 'quarantined'): Promise<void> {
    for (const study of await this.journal.loadSealed(this.enqueued.splice(0))) {
      await this.db.transaction(async (manager) => {
        const reason = disposition === 'quarantined' ? { reason: 'pixel-cleaning-pending' } : {};
        await this.journal.settle(
          study.instances.map(({ receiptId }) => ({ receiptId, disposition, ...reason })),
          manager,
        );
        await this.journal.advance([study], disposition === 'archived' ? 'indexed' : 'quarantined', manager);
      });
    }
  }
}

describe('the door and its journal', () => {
  let door: Door;

  beforeEach(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'precedent-spool-'));
    folders.push(directory);
    const folder = new SpoolFolder(directory, 1_000_000);
    await folder.open();
    door = new Door(await database.open([ingressSchema]), folder);
  });

  it('keeps entities and migrations in step', async () => {
    expect(await pendingSchemaChanges(door.db)).toEqual([]);
  });

  it('stores an instance once: the same data set again is a no-op, even inside one group', async () => {
    const a = object('1.2.3', '1.2.3.4');
    expect(await door.receive(a, a)).toEqual(['stored', 'duplicate']);
    expect(await door.receive(a)).toEqual(['duplicate']);
    expect(await readdir(door.folder.directory)).toHaveLength(1);
  });

  it('keeps both when a known SOP instance comes with another data set, and flags the second', async () => {
    expect(await door.receive(object('1.2.3', '1.2.3.4', 'one'))).toEqual(['stored']);
    expect(await door.receive(object('1.2.3', '1.2.3.4', 'two'))).toEqual(['quarantined:sop-uid-conflict']);
    expect(await readdir(door.folder.directory)).toHaveLength(2);
  });

  it('keeps a damaged object in quarantine, and nothing of what is not DICOM', async () => {
    const cut = object('1.2.3', '1.2.3.4').subarray(0, 200);
    const received = await door.receive(cut, Buffer.from('only a text'), Buffer.alloc(0));
    expect(received).toEqual([
      expect.stringMatching(/^quarantined:(truncated|malformed)$/),
      'rejected:not-dicom',
      'rejected:empty',
    ]);
    expect(await readdir(door.folder.directory)).toHaveLength(1);
  });

  it('a late instance opens generation 2, which holds it alone', async () => {
    await door.receive(object('1.2.3', '1.2.3.4'), object('1.2.3', '1.2.3.5'));
    expect(await door.seal()).toBe(1);
    await door.settle('archived');
    await door.receive(object('1.2.3', '1.2.3.6'));
    await door.seal();
    const [late] = await door.journal.loadSealed(door.enqueued);
    expect([late?.generation, late?.instances.length]).toEqual([2, 1]);
  });

  it('seals a study only after its quiet time, counted from the last instance', async () => {
    const ids: string[] = [];
    const collect = (found: string[]): Promise<void> => {
      ids.push(...found);
      return Promise.resolve();
    };
    await door.receive(object('1.2.3', '1.2.3.4'));
    door.now = new Date('2026-01-01T00:00:50Z');
    await door.receive(object('1.2.3', '1.2.3.5'));
    door.now = new Date('2026-01-01T00:01:10Z');
    expect(await door.journal.sealQuiet(60_000, collect)).toBe(0);
    door.now = new Date('2026-01-01T00:01:51Z');
    expect(await door.journal.sealQuiet(60_000, collect)).toBe(1);
  });

  it('seals one study at its source’s word, and leaves the source’s others open', async () => {
    await door.receive(object('1.2.3', '1.2.3.4'), object('1.2.9', '1.2.9.4'));
    const none = (): Promise<void> => Promise.resolve();
    expect(await door.journal.sealSource('other', none, ['1.2.3'])).toBe(0);
    expect(await door.journal.sealSource('test', none, ['1.2.3', '1.2.7'])).toBe(1);
    expect((await new IngressStatus(door.db).counts()).generations).toEqual({ sealed: 1, receiving: 1 });
  });

  it('takes a held-back instance up anew when it is sent again, so that a changed setting can let it through', async () => {
    const a = object('1.2.3', '1.2.3.4');
    await door.receive(a);
    await door.seal();
    await door.settle('quarantined');
    expect(await door.receive(a)).toEqual(['stored']);
    await door.seal();
    await door.settle('archived');
    const { instances, quarantine } = await new IngressStatus(door.db).counts();
    expect([instances.received, instances.archived, instances.quarantined, quarantine]).toEqual([1, 1, 0, {}]);
  });

  it('lets a steward list what is held back, try it again, and reject it', async () => {
    await door.receive(object('1.2.3', '1.2.3.4'), object('1.2.3', '1.2.3.5'));
    await door.receive(object('1.2.9', '1.2.9.4').subarray(0, 200));
    await door.seal();
    await door.settle('quarantined');
    const held = await door.quarantine.list({}, 10);
    expect(held.map(({ reason, retryable }) => `${reason} ${String(retryable)}`).sort()).toEqual([
      'pixel-cleaning-pending true',
      'pixel-cleaning-pending true',
      'truncated false',
    ]);
    expect(JSON.stringify(held)).not.toContain('1.2.3.4');
    const pending = await door.quarantine.list({ reason: 'pixel-cleaning-pending' }, 1);
    const enqueue = (ids: string[]): Promise<void> => Promise.resolve(void door.enqueued.push(...ids));
    expect(await door.quarantine.retry([...pending.map(({ id }) => id), UNKNOWN_ID], enqueue)).toBe(1);
    const [again] = await door.journal.loadSealed(door.enqueued);
    expect([again?.generation, again?.instances.map(({ receiptId }) => receiptId)]).toEqual([2, [pending[0]?.id]]);
    await door.settle('archived');
    expect(await door.quarantine.reject(held.map(({ id }) => id))).toBe(2);
    const { instances, quarantine } = await new IngressStatus(door.db).counts();
    expect([instances.received, instances.archived, quarantine]).toEqual([1, 1, {}]);
    expect(await readdir(door.folder.directory)).toHaveLength(1);
    const sentAgain = await door.receive(object('1.2.3', '1.2.3.4'), object('1.2.3', '1.2.3.5'));
    expect([...sentAgain].sort()).toEqual(['duplicate', 'stored']);
  });

  it('deletes the spool bytes of what is archived, keeps those of what is held back, and clears up after a crash', async () => {
    await door.receive(object('1.2.3', '1.2.3.4'));
    await door.seal();
    await door.settle('archived');
    await door.receive(object('1.2.9', '1.2.9.4').subarray(0, 200));
    await door.folder.write(once(Buffer.from('never acknowledged')));
    expect(await door.journal.releaseSpool()).toBe(1);
    expect(await door.journal.recoverSpool()).toBe(1);
    expect(await readdir(door.folder.directory)).toHaveLength(1);
  });

  it('a failed transaction leaves no receipt and no generation', async () => {
    const failing = door.journal.sealSource('test', () => Promise.reject(new Error('queue is away')));
    await expect(failing).resolves.toBe(0);
    await door.receive(object('1.2.3', '1.2.3.4'));
    await expect(door.journal.sealSource('test', () => Promise.reject(new Error('queue is away')))).rejects.toThrow(
      'away',
    );
    expect((await new IngressStatus(door.db).counts()).generations).toEqual({ receiving: 1 });
  });

  it('forgets an outcome line whose study has not come in the time that it may wait', async () => {
    const outcomes = new StageOutcomes(door.db, { now: () => door.now });
    await outcomes.stage([{ studyInstanceUid: '1.2.3', columns: { diagnosis: 'cyst' } }]);
    door.now = new Date('2026-01-20T00:00:00Z');
    await outcomes.stage([{ studyInstanceUid: '1.2.9', columns: { diagnosis: 'cyst' } }]);
    expect(await outcomes.forgetWaiting(30)).toBe(0);
    door.now = new Date('2026-02-01T00:00:00Z');
    expect(await outcomes.forgetWaiting(30)).toBe(1);
    expect(await door.db.query(`SELECT study_uid FROM ingress.outcome`)).toEqual([{ study_uid: '1.2.9' }]);
  });

  it('hands a study its outcome line, and lines that come late once the study is there', async () => {
    const outcomes = new StageOutcomes(door.db, { now: () => door.now });
    await outcomes.stage([{ studyInstanceUid: '1.2.3', columns: { diagnosis: 'cyst' } }]);
    await door.receive(object('1.2.3', '1.2.3.4'));
    await door.seal();
    const [study] = await door.journal.loadSealed(door.enqueued);
    expect(study?.outcome).toEqual({ diagnosis: 'cyst' });
    expect(await outcomes.lateLines(10)).toEqual([]);
  });

  it('refuses an instance above the limit and leaves nothing of it', async () => {
    await expect(door.folder.write(once(Buffer.alloc(1_000_001)))).rejects.toMatchObject({
      code: 'SPOOL_INSTANCE_TOO_LARGE',
    });
    expect(await readdir(door.folder.directory)).toEqual([]);
  });
});
