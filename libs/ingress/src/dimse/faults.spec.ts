import { readdir, readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestDatabase } from '../../../../test/support/test-database.ts';
import { PDU } from '../domain/dimse/pdu-types.ts';
import { ingressSchema } from '../ingress.schema.ts';
import type { TestDoor } from './listener.testkit.ts';
import { ctObject, dataSetOf, openDoor } from './listener.testkit.ts';
import * as raw from './raw-peer.testkit.ts';
import { RawPeer } from './raw-peer.testkit.ts';

// Real: the listener process, its sockets, the spool, PostgreSQL. Fake: peers that misbehave, byte by byte; log and metrics.

const database = startTestDatabase();
let door: TestDoor | undefined;
const peers: RawPeer[] = [];

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await door?.stop();
  door = undefined;
});

const open = async (settings: Record<string, unknown> = {}): Promise<TestDoor> => {
  door = await openDoor(await database.open([ingressSchema]), settings);
  return door;
};
const connect = async (port: number): Promise<RawPeer> => keep(await RawPeer.connect(port));
const associate = async (port: number, options: raw.RequestOptions = {}): Promise<RawPeer> =>
  keep(await RawPeer.associate(port, options));
function keep(peer: RawPeer): RawPeer {
  peers.push(peer);
  return peer;
}

async function refusal(port: number, options: raw.RequestOptions): Promise<number[]> {
  const peer = await connect(port);
  peer.send(raw.associateRq(options));
  const answer = await peer.next();
  return [answer?.type ?? -1, ...(answer?.body ?? [])];
}

async function until<T>(read: () => Promise<T> | T, done: (value: T) => boolean): Promise<T> {
  for (let i = 0; ; i++) {
    const value = await read();
    if (done(value) || i > 200) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One object as the data set of a C-STORE, in two fragments, and its command. */
const messageOf = (sop: string, object: Buffer, context = 3): Buffer[] => {
  const bytes = dataSetOf(object);
  return [
    raw.data(context, 3, raw.storeCommand(sop)),
    raw.data(context, 0, bytes.subarray(0, 100)),
    raw.data(context, 2, bytes.subarray(100)),
  ];
};

describe('who may associate', () => {
  it('nobody unless named: title, address and called title are all asked for, with the answers of PS3.8 Table 9-21', async () => {
    const { port, listener } = await open({ peers: 'PEER@127.0.0.1,FAR@10.0.0.0/8', maxAssociationsPerPeer: 1 });
    const rejection = (...values: number[]): number[] => [PDU.associateRj, 0, ...values];
    expect(await refusal(port, { calling: 'STRANGER' })).toEqual(rejection(1, 1, 3));
    expect(await refusal(port, { calling: 'FAR' })).toEqual(rejection(1, 1, 3));
    expect(await refusal(port, { called: 'OTHER' })).toEqual(rejection(1, 1, 7));
    expect(await refusal(port, { application: '1.2.3' })).toEqual(rejection(1, 1, 2));
    expect(await refusal(port, { version: 2 })).toEqual(rejection(1, 2, 2));
    await associate(port);
    expect(await refusal(port, {})).toEqual(rejection(2, 3, 2));
    const { refused } = await until(
      () => listener.status(),
      (status) => status.refused.length >= 6,
    );
    expect(refused.map(({ reason }) => reason).sort()).toEqual([
      'applicationContext',
      'calledAe',
      'callingAe',
      'callingAe',
      'localLimit',
      'protocolVersion',
    ]);
    expect(refused).toContainEqual(expect.objectContaining({ callingAe: 'STRANGER', address: '127.0.0.1', times: 1 }));
  }, 60_000);

  it('with no peer configured, not even a C-ECHO', async () => {
    const { port } = await open({ peers: [] });
    expect((await refusal(port, {}))[0]).toBe(PDU.associateRj);
  }, 60_000);

  it('an association that ended makes room for the next, however it ended', async () => {
    const { port } = await open({ maxAssociations: 1 });
    for (const end of [raw.RELEASE, raw.ABORT, null, Buffer.from('garbage')]) {
      const peer = await until(
        () => associate(port).catch(() => null),
        (found) => found !== null,
      );
      if (end === null) peer?.close();
      else peer?.send(end);
      await peer?.untilClosed();
    }
    expect(await (await associate(port)).echo()).toBe(0);
  }, 60_000);

  it('a full disk turns associations away as transient, before any byte of an image', async () => {
    const { port } = await open({ minFreeBytes: Number.MAX_SAFE_INTEGER });
    expect(await refusal(port, {})).toEqual([PDU.associateRj, 0, 2, 3, 1]);
  }, 60_000);
});

describe('messages', () => {
  it('C-ECHO, an unknown command and a C-STORE on the wrong context are answered, and the association goes on', async () => {
    const { port, receipts } = await open();
    const peer = await associate(port);
    expect(await peer.echo()).toBe(0);
    const find = Buffer.from(raw.echoCommand());
    find.writeUInt16LE(0x0020, find.indexOf(Buffer.from([0x30, 0x00]), 20));
    peer.send(raw.data(1, 3, find));
    expect(await peer.status()).toBe(0x0211);
    peer.send(...messageOf('1.2.3.4', ctObject('1.2.3.4'), 1));
    expect(await peer.status()).toBe(0x0122);
    peer.send(...messageOf('1.2.3.4', ctObject('1.2.3.4')));
    expect(await peer.status()).toBe(0);
    peer.send(raw.RELEASE);
    expect(await peer.untilClosed()).toEqual([PDU.releaseRp]);
    expect(await receipts()).toEqual(['dimse:PEER stored']);
  }, 60_000);

  it('pipelined messages are answered one after the other, each data set under its own command', async () => {
    const { port, receipts, stored } = await open();
    const peer = await associate(port);
    const objects = ['1.2.3.4', '1.2.3.5', '1.2.3.6'].map((sop) => ({ sop, bytes: ctObject(sop) }));
    peer.send(...objects.flatMap(({ sop, bytes }) => messageOf(sop, bytes)));
    const statuses = [await peer.status(), await peer.status(), await peer.status()];
    expect(statuses).toEqual([0, 0, 0]);
    expect(await receipts()).toEqual(Array.from(objects, () => 'dimse:PEER stored'));
    expect(await stored()).toEqual(objects.map(({ bytes }) => dataSetOf(bytes)).sort((a, b) => a.compare(b)));
  }, 60_000);

  it('a problem of content is stored, answered with success, and held back: nothing is lost by a refusal', async () => {
    const { port, receipts, stored } = await open();
    const peer = await associate(port);
    const [command = Buffer.alloc(0)] = messageOf('1.2.3.4', ctObject('1.2.3.4'));
    peer.send(command, raw.data(3, 2, Buffer.from('no data set at all, but somebody sent it')));
    expect(await peer.status()).toBe(0);
    peer.send(...messageOf('1.2.3.99', ctObject('1.2.3.5')));
    expect(await peer.status()).toBe(0);
    peer.send(command, raw.data(3, 2, Buffer.alloc(0)));
    expect(await peer.status()).toBe(0);
    const lines = await receipts();
    expect(lines.every((line) => line.startsWith('dimse:PEER quarantined:'))).toBe(true);
    expect(lines).toContain('dimse:PEER quarantined:command-mismatch');
    expect(await stored()).toHaveLength(3);
  }, 60_000);

  it('an instance over the limit is refused with A700, nothing of it stays, and the association goes on', async () => {
    const { port, directory, receipts } = await open({});
    const peer = await associate(port);
    peer.send(raw.data(3, 3, raw.storeCommand('1.2.3.4')));
    const megabyte = Buffer.alloc(131_000);
    for (let sent = 0; sent < 65 * 1024 * 1024; sent += megabyte.length) peer.send(raw.data(3, 0, megabyte));
    peer.send(raw.data(3, 2, Buffer.alloc(10)));
    expect(await peer.status()).toBe(0xa700);
    expect(await peer.echo()).toBe(0);
    expect([await readdir(directory), await receipts()]).toEqual([[], []]);
  }, 60_000);
});

describe('peers that break the protocol', () => {
  const cases: readonly [string, (peer: RawPeer) => void][] = [
    ['a PDU that says 4 GiB', (peer) => peer.send(raw.pdu(PDU.dataTf, Buffer.alloc(1000), 0xffffffff))],
    ['a PDU longer than agreed', (peer) => peer.send(raw.pdu(PDU.dataTf, Buffer.alloc(0), 131_073))],
    ['an unknown PDU', (peer) => peer.send(raw.pdu(9, Buffer.alloc(4)))],
    ['garbage', (peer) => peer.send(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))],
    ['a second request', (peer) => peer.send(raw.associateRq())],
    ['an acceptance', (peer) => peer.send(raw.pdu(PDU.associateAc, Buffer.alloc(68)))],
    ['a release answer', (peer) => peer.send(raw.pdu(PDU.releaseRp, Buffer.alloc(4)))],
    ['a context never accepted', (peer) => peer.send(raw.data(77, 3, raw.echoCommand()))],
    ['a data set without command', (peer) => peer.send(raw.data(3, 2, Buffer.alloc(8)))],
    [
      'a command within a data set',
      (peer) => peer.send(raw.data(3, 3, raw.storeCommand('1.2')), raw.data(3, 3, raw.echoCommand())),
    ],
    [
      'a data set that changes its context',
      (peer) => peer.send(raw.data(3, 3, raw.storeCommand('1.2')), raw.data(1, 2, Buffer.alloc(8))),
    ],
    [
      'a command set over 64 KiB',
      (peer) => peer.send(raw.data(3, 1, Buffer.alloc(60_000)), raw.data(3, 1, Buffer.alloc(60_000))),
    ],
    ['a command set that is none', (peer) => peer.send(raw.data(3, 3, Buffer.alloc(12, 1)))],
    ['a PDV longer than its PDU', (peer) => peer.send(raw.pdu(PDU.dataTf, Buffer.from([0, 0, 0, 99, 3, 3])))],
  ];

  it('are aborted at once, and leave nothing behind; the next peer is served', async () => {
    const { port, directory, receipts } = await open();
    for (const [name, misbehave] of cases) {
      const peer = await associate(port);
      misbehave(peer);
      expect([name, ...(await peer.untilClosed())]).toEqual([name, PDU.abort]);
    }
    expect(await (await associate(port)).echo()).toBe(0);
    expect([await readdir(directory), await receipts()]).toEqual([[], []]);
  }, 60_000);

  it('before an association too: bytes of no request, a request cut short, one with 129 contexts', async () => {
    const { port } = await open();
    const many = Array.from({ length: 129 }, (_, n) => ({ ...raw.ECHO_CONTEXT, id: (2 * n + 1) & 255 }));
    for (const bytes of [
      Buffer.from('SSH-2.0-x\r\n'),
      raw.pdu(PDU.associateRq, Buffer.alloc(20)),
      raw.associateRq({ contexts: many }),
      raw.pdu(PDU.associateRq, Buffer.alloc(0), 0x7fffffff),
      raw.RELEASE,
    ]) {
      const peer = await connect(port);
      peer.send(bytes);
      expect(await peer.untilClosed()).toEqual([PDU.abort]);
    }
  }, 60_000);

  it('a peer that stops in the middle of a PDV, aborts or vanishes: nothing of the instance is kept or journalled', async () => {
    const { port, directory, receipts, listener } = await open({ idleMs: 500 });
    const half = raw.data(3, 0, Buffer.alloc(50_000));
    const stopped = await associate(port);
    stopped.send(raw.data(3, 3, raw.storeCommand('1.2.3.4')), half, half.subarray(0, 20_000));
    expect(await stopped.untilClosed()).toEqual([PDU.abort]);
    const aborting = await associate(port);
    aborting.send(raw.data(3, 3, raw.storeCommand('1.2.3.4')), half, raw.ABORT);
    expect(await aborting.untilClosed()).toEqual([]);
    const gone = await associate(port);
    gone.send(raw.data(3, 3, raw.storeCommand('1.2.3.4')), half);
    gone.close();
    await until(
      () => listener.status().associations,
      (open) => open === 0,
    );
    expect([await readdir(directory), await receipts()]).toEqual([[], []]);
  }, 60_000);

  it('a connection that asks for nothing is closed after ARTIM', async () => {
    const { port } = await open({ artimMs: 300 });
    const silent = await connect(port);
    const drip = await connect(port);
    drip.send(raw.associateRq().subarray(0, 30));
    expect([await silent.untilClosed(), await drip.untilClosed()]).toEqual([[], []]);
  }, 60_000);
});

describe('floods', () => {
  const rssOf = async (pid: number | undefined): Promise<number> => {
    const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  };
  const MAX_RSS_MIB = 400;

  it('200 slow peers and 1,000 connects: another peer is answered all the while, and memory stays bounded', async () => {
    const { port, listener } = await open();
    const slow = await Promise.all(Array.from({ length: 200 }, () => RawPeer.connect(port)));
    peers.push(...slow);
    const request = raw.associateRq();
    for (const [n, peer] of slow.entries()) peer.send(request.subarray(0, 1 + (n % 60)));
    const echoed = async (): Promise<boolean> => {
      const started = performance.now();
      const peer = await associate(port);
      expect(await peer.echo()).toBe(0);
      peer.send(raw.RELEASE);
      await peer.untilClosed();
      // Liveness, not speed: on an idle machine this takes some milliseconds.
      return performance.now() - started < 10_000;
    };
    expect(await echoed()).toBe(true);
    for (let round = 0; round < 10; round++) {
      const batch = await Promise.all(Array.from({ length: 100 }, () => RawPeer.connect(port)));
      for (const peer of batch) peer.close();
      expect(await echoed()).toBe(true);
    }
    expect(await rssOf(listener.pid)).toBeLessThan(MAX_RSS_MIB);
  }, 120_000);

  it('a sender faster than the disk is held back: large instances from eight associations do not pile up in memory', async () => {
    const { port, listener, receipts } = await open();
    const send = async (n: number): Promise<number> => {
      const peer = await associate(port);
      const sop = `1.2.3.${n}`;
      const bytes = dataSetOf(ctObject(sop, 24 * 1024 * 1024));
      peer.send(raw.data(3, 3, raw.storeCommand(sop)));
      for (let at = 0; at < bytes.length; at += 131_000)
        peer.send(raw.data(3, at + 131_000 >= bytes.length ? 2 : 0, bytes.subarray(at, at + 131_000)));
      return peer.status();
    };
    expect(await Promise.all(Array.from({ length: 8 }, (_, n) => send(n + 1)))).toEqual(
      Array.from({ length: 8 }, () => 0),
    );
    expect(await receipts()).toHaveLength(8);
    expect(await rssOf(listener.pid)).toBeLessThan(MAX_RSS_MIB);
  }, 120_000);

  it('a peer that asks and never reads is held back and timed out', async () => {
    const { port, listener } = await open({ idleMs: 500 });
    const peer = await associate(port);
    peer.socket.pause();
    const echoes = Buffer.concat(Array.from({ length: 200 }, () => raw.data(1, 3, raw.echoCommand())));
    for (let n = 0; n < 4000 && !peer.socket.destroyed; n++) {
      peer.send(echoes);
      if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(
      await until(
        () => listener.status().associations,
        (open) => open === 0,
      ),
    ).toBe(0);
    expect(await rssOf(listener.pid)).toBeLessThan(MAX_RSS_MIB);
  }, 120_000);
});
