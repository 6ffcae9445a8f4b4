import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { systemClock } from '@precedent/kernel';
import { tagOf, writeDataset } from '@precedent/dicom';
import { findFreePort } from '@precedent/platform';
import { datasetStartOf } from '../domain/instance-hasher.ts';
import { GroupJournal } from '../group-journal.ts';
import { ReceiveInstances } from '../receive-instances.ts';
import { SpoolFolder } from '../spool-folder.ts';
import { DimseConfigSchema } from './dimse.config.ts';
import { DimseListener } from './dimse-listener.ts';

/** A listener process with its spool and journal, as the server puts them together; a recording log in place of a file. */
export interface TestDoor {
  readonly listener: DimseListener;
  readonly port: number;
  readonly directory: string;
  readonly db: DataSource;
  readonly events: { readonly name: string; readonly fields: Readonly<Record<string, unknown>> }[];
  /** Receipts as `kind` or `kind:reason`, in the order received. */
  readonly receipts: () => Promise<string[]>;
  /** Data sets in the spool, group 0002 left out, sorted. */
  readonly stored: () => Promise<Buffer[]>;
  readonly stop: () => Promise<void>;
}

export const KNOWN_PEERS = 'STORESCU@127.0.0.1,ECHOSCU@127.0.0.1,DCMSEND@127.0.0.1,PEER@127.0.0.1';

export async function openDoor(db: DataSource, settings: Record<string, unknown> = {}): Promise<TestDoor> {
  const directory = await mkdtemp(join(tmpdir(), 'precedent-dimse-'));
  const folder = new SpoolFolder(directory, 64 * 1024 * 1024);
  const events: TestDoor['events'] = [];
  const log = {
    event: (name: string, fields: object = {}) => void events.push({ name, fields: { ...fields } }),
    fault: (part: string, error: unknown) => void events.push({ name: 'fault', fields: { part, error } }),
  };
  const port = await findFreePort('127.0.0.1');
  const listener = await DimseListener.start({
    settings: DimseConfigSchema.parse({ port, peers: KNOWN_PEERS, ...settings }),
    folder,
    maxInstanceBytes: 64 * 1024 * 1024,
    journal: new GroupJournal(new ReceiveInstances(db, folder, systemClock), () => Promise.resolve()),
    log: log,
    metrics: { count: () => undefined },
  }).catch(async (error: unknown) => {
    await rm(directory, { recursive: true, force: true });
    throw error;
  });
  return {
    listener,
    port: listener.port,
    directory,
    db,
    events,
    receipts: async () => {
      const rows: { line: string }[] = await db.query(
        `SELECT source || ' ' || coalesce(disposition, 'stored') || coalesce(':' || reason, '') AS line
         FROM ingress.receipt ORDER BY received_at, receipt_id`,
      );
      return rows.map(({ line }) => line);
    },
    stored: async () => {
      const names = (await readdir(directory)).filter((name) => name.endsWith('.dcm'));
      const files = await Promise.all(names.map((name) => readFile(join(directory, name))));
      return files.map(dataSetOf).sort((a, b) => a.compare(b));
    },
    stop: async () => {
      await listener.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export const dataSetOf = (file: Buffer): Buffer => file.subarray(datasetStartOf(file));

export const CT = '1.2.840.10008.5.1.4.1.1.2';

/** A CT slice with `bytes` of pixels, which nobody needs to be able to show. */
export function ctObject(sop: string, bytes = 1024, transferSyntax = '1.2.840.10008.1.2.1'): Buffer {
  const text = (keyword: string, value: string) => ({ tag: tagOf(keyword), value: { text: value } });
  const us = (keyword: string, value: number) => ({
    tag: tagOf(keyword),
    value: { bytes: Buffer.from([value & 255, value >> 8]) },
  });
  const elements = [
    text('SOPClassUID', CT),
    text('SOPInstanceUID', sop),
    text('Modality', 'CT'),
    text('PatientName', 'Doe^Jane'),
    text('PatientID', '1'),
    text('StudyInstanceUID', '1.2.3'),
    text('SeriesInstanceUID', '1.2.3.1'),
    us('SamplesPerPixel', 1),
    text('PhotometricInterpretation', 'MONOCHROME2'),
    us('Rows', bytes / 64),
    us('Columns', 32),
    us('BitsAllocated', 16),
    us('BitsStored', 16),
    us('HighBit', 15),
    us('PixelRepresentation', 0),
    { tag: tagOf('PixelData'), value: { bytes: Buffer.alloc(bytes, sop) } },
  ];
  return writeDataset(elements, { transferSyntax });
}
