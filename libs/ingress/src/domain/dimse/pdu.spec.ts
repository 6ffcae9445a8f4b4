import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { associateRq, CT_CONTEXT, ECHO_CONTEXT, echoCommand, pdv, storeCommand } from '../../dimse/raw-peer.testkit.ts';
import { COMMAND, readCommand, responseTo, STATUS } from './command-set.ts';
import { chooseSyntax, negotiate, VERIFICATION } from './negotiate.ts';
import { InvalidPdu, readAssociateRq, readDataTf } from './read-pdu.ts';
import type { State, UpperLayerEvent } from './upper-layer.ts';
import { transition } from './upper-layer.ts';
import { abort, associateAc, associateRj, commandPdus, releaseRp } from './write-pdu.ts';

// Pure functions; the bytes come from an encoder of the tests' own and from dumps made by hand after PS3.8 section 9.3.

const HEADER = 6;
const rq = (...args: Parameters<typeof associateRq>): Buffer => associateRq(...args).subarray(HEADER);

describe('A-ASSOCIATE-RQ', () => {
  it('is read to titles without padding, contexts in order, and the longest PDU', () => {
    const request = readAssociateRq(rq({ calling: 'CT 1', maxPdu: 32768 }));
    expect(request).toMatchObject({ protocolVersion: 1, calledAe: 'PRECEDENT', callingAe: 'CT 1', maxPduBytes: 32768 });
    expect(request.contexts).toEqual([ECHO_CONTEXT, CT_CONTEXT]);
    expect(request.implementationClassUid).toBe('1.2.3.4');
  });

  it('with no user information is read as one without a limit', () => {
    const body = rq({ contexts: [] });
    const cut = body.subarray(0, body.indexOf(Buffer.from([0x50, 0])));
    expect(readAssociateRq(cut).maxPduBytes).toBe(0);
  });

  it.each([
    ['two contexts of one id', rq({ contexts: [ECHO_CONTEXT, ECHO_CONTEXT] })],
    ['an even id', rq({ contexts: [{ ...ECHO_CONTEXT, id: 2 }] })],
    [
      '129 contexts',
      rq({ contexts: Array.from({ length: 129 }, (_, n) => ({ ...ECHO_CONTEXT, id: (2 * n + 1) & 255 })) }),
    ],
    ['a short fixed part', rq().subarray(0, 60)],
    ['an item cut short', rq().subarray(0, rq().length - 1)],
  ])('is refused with %s', (_, body) => {
    expect(() => readAssociateRq(body)).toThrow(InvalidPdu);
  });

  it('is read or refused, whatever the bytes, and never with another fault', () => {
    const mutant = fc.tuple(fc.nat(300), fc.integer({ min: 0, max: 255 }), fc.nat(300)).map(([at, byte, cut]) => {
      const body = Buffer.from(rq());
      body[at % body.length] = byte;
      return body.subarray(0, Math.max(0, body.length - (cut % 8)));
    });
    fc.assert(
      fc.property(
        fc.oneof(
          mutant,
          fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b)),
        ),
        (body) => {
          try {
            readAssociateRq(body);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidPdu);
          }
        },
      ),
    );
  });
});

describe('P-DATA-TF', () => {
  it('is read to its PDVs, an empty one too', () => {
    const body = Buffer.concat([pdv(3, 1, Buffer.from('ab')), pdv(3, 3, Buffer.alloc(0)), pdv(5, 2, Buffer.from('c'))]);
    expect(readDataTf(body)).toEqual([
      { contextId: 3, isCommand: true, isLast: false, bytes: Buffer.from('ab') },
      { contextId: 3, isCommand: true, isLast: true, bytes: Buffer.alloc(0) },
      { contextId: 5, isCommand: false, isLast: true, bytes: Buffer.from('c') },
    ]);
  });

  it.each([
    ['longer than its PDU', Buffer.from([0, 0, 0, 9, 1, 3, 0])],
    ['too short for its own header', Buffer.from([0, 0, 0, 1, 1, 3])],
    ['cut in its length', Buffer.from([0, 0, 0])],
  ])('is refused with a PDV %s', (_, body) => {
    expect(() => readDataTf(body)).toThrow(InvalidPdu);
  });
});

describe('what is written', () => {
  it('an acceptance repeats the titles, answers each context, and names our limits (PS3.8 9.3.3)', () => {
    const request = readAssociateRq(rq());
    const own = { maxPduBytes: 65536, implementationClassUid: '1.2', implementationVersionName: 'V' };
    const bytes = associateAc(request, negotiate(request.contexts), own);
    expect(bytes.readUInt8(0)).toBe(2);
    expect(bytes.readUInt32BE(2)).toBe(bytes.length - HEADER);
    expect(bytes.toString('latin1', 10, 42)).toBe('PRECEDENT       PEER            ');
    // Context 3 accepted (result 0) with the first syntax that loses nothing.
    const second = Buffer.from([0x21, 0, 0, 27, 3, 0, 0, 0, 0x40, 0, 0, 19]);
    expect(bytes.indexOf(Buffer.concat([second, Buffer.from('1.2.840.10008.1.2.1')]))).toBeGreaterThan(0);
    expect(bytes.indexOf(Buffer.from([0x51, 0, 0, 4, 0, 1, 0, 0]))).toBeGreaterThan(0);
  });

  it('the short ones are as in PS3.8 9.3.4, 9.3.7 and 9.3.8', () => {
    const rejection = associateRj({ result: 2, source: 3, reason: 2 });
    expect([...rejection]).toEqual([3, 0, 0, 0, 0, 4, 0, 2, 3, 2]);
    expect([...releaseRp()]).toEqual([6, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
    expect([...abort(2, 6)]).toEqual([7, 0, 0, 0, 0, 4, 0, 0, 2, 6]);
  });

  it('a response goes in pieces that a peer with a small limit takes', () => {
    const command = readCommand(storeCommand('1.2.3.4'));
    const response = responseTo(command ?? ({} as never), STATUS.outOfResources);
    for (const limit of [0, 16384, 64, 20, 8, 3]) {
      const bytes = commandPdus(3, response, limit);
      const got: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += HEADER + bytes.readUInt32BE(at + 2)) {
        const length = bytes.readUInt32BE(at + 2);
        if (limit >= 8) expect(length).toBeLessThanOrEqual(limit);
        const [one] = readDataTf(bytes.subarray(at + HEADER, at + HEADER + length));
        expect(one?.isLast).toBe(at + HEADER + length === bytes.length);
        got.push(one?.bytes ?? Buffer.alloc(0));
      }
      expect(Buffer.concat(got).equals(response)).toBe(true);
    }
  });
});

describe('command sets', () => {
  it('a C-STORE-RQ and a C-ECHO-RQ are read', () => {
    expect(readCommand(storeCommand('1.2.3.44', '1.2.3', 7))).toEqual({
      field: COMMAND.storeRq,
      messageId: 7,
      sopClassUid: '1.2.3',
      sopInstanceUid: '1.2.3.44',
      hasDataSet: true,
    });
    expect(readCommand(echoCommand())).toMatchObject({ field: COMMAND.echoRq, hasDataSet: false, sopInstanceUid: '' });
  });

  it('a response to a C-ECHO has the bytes of PS3.7 9.3.5.2', () => {
    const command = readCommand(echoCommand(5));
    expect(responseTo(command ?? ({} as never), STATUS.success).toString('hex')).toBe(
      '0000000004000000' +
        '42000000' + // group length: 66
        '0000020012000000' +
        Buffer.from(`${VERIFICATION}\0`).toString('hex') +
        '00000001020000003080' +
        '00002001020000000500' +
        '00000008020000000101' +
        '00000009020000000000',
    );
  });

  it('what is none is null, whatever the bytes', () => {
    expect(readCommand(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBeNull();
    expect(readCommand(storeCommand('1.2').subarray(0, 30))).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        readCommand(Buffer.from(bytes));
      }),
    );
  });
});

describe('negotiation', () => {
  const IMPLICIT = '1.2.840.10008.1.2';
  const EXPLICIT = '1.2.840.10008.1.2.1';
  const BASELINE = '1.2.840.10008.1.2.4.50';
  const JPEG_LS = '1.2.840.10008.1.2.4.80';

  it.each([
    ['the only one', [IMPLICIT], IMPLICIT],
    ['the first that loses nothing', [JPEG_LS, EXPLICIT, IMPLICIT], JPEG_LS],
    ['explicit before implicit VR, whatever the order', [IMPLICIT, EXPLICIT], EXPLICIT],
    ['lossless rather than lossy, whatever the order', [BASELINE, EXPLICIT], EXPLICIT],
    ['the lossy original of a sender that would have to decompress', [BASELINE, IMPLICIT], BASELINE],
    ['implicit VR before a lossy one where the sender prefers it', [IMPLICIT, BASELINE], IMPLICIT],
    ['a lossy one alone', [BASELINE], BASELINE],
    ['none it does not know', ['1.2.3.4.5', EXPLICIT], EXPLICIT],
    ['nothing', ['1.2.3.4.5'], undefined],
  ])('takes %s', (_, proposed, chosen) => {
    expect(chooseSyntax(proposed)).toBe(chosen);
  });

  it('takes images and verification; reports, print and storage commitment are refused as abstract syntaxes', () => {
    const classes = [
      VERIFICATION,
      '5.1.4.1.1.2',
      '5.1.4.1.1.66.4',
      '5.1.4.1.1.88.11',
      '5.1.4.1.1.104.1',
      '5.1.1.9',
      '1.20.1',
    ];
    const contexts = classes.map((uid, n) => ({
      id: 2 * n + 1,
      abstractSyntax: uid === VERIFICATION ? uid : `1.2.840.10008.${uid}`,
      transferSyntaxes: [IMPLICIT],
    }));
    expect(negotiate(contexts).map(({ result }) => result)).toEqual([0, 0, 0, 3, 3, 3, 3]);
    const unknown = negotiate([{ ...CT_CONTEXT, transferSyntaxes: ['1.2.3'] }]);
    expect(unknown.map(({ result }) => result)).toEqual([4]);
  });
});

describe('the state table', () => {
  // PS3.8 Table 9-10, edition 2024e, the acceptor's columns: copied from there cell by cell, apart from the product's table.
  const COLUMNS: readonly State[] = ['Sta1', 'Sta2', 'Sta3', 'Sta6', 'Sta8', 'Sta13'];
  const CELLS: Readonly<Record<UpperLayerEvent, string>> = {
    'associate-answer': '- AA-1>13 AA-8>13 AA-8>13 AA-8>13 AA-6>13',
    'transport-opened': 'AE-5>2 - - - - -',
    'associate-rq': '- AE-6>3 AA-8>13 AA-8>13 AA-8>13 AA-7>13',
    accept: '- - AE-7>6 - - -',
    reject: '- - AE-8>13 - - -',
    'send-data': '- - - DT-1>6 - -',
    'data-tf': '- AA-1>13 AA-8>13 DT-2>6 AA-8>13 AA-6>13',
    'release-rq': '- AA-1>13 AA-8>13 AR-2>8 AA-8>13 AA-6>13',
    'release-rp': '- AA-1>13 AA-8>13 AA-8>13 AA-8>13 AA-6>13',
    'send-release-rp': '- - - - AR-4>13 -',
    'send-abort': '- - AA-1>13 AA-1>13 AA-1>13 -',
    abort: '- AA-2>1 AA-3>1 AA-3>1 AA-3>1 AA-2>1',
    'transport-closed': '- AA-5>1 AA-4>1 AA-4>1 AA-4>1 AR-5>1',
    'artim-expired': '- AA-2>1 - - - AA-2>1',
    'invalid-pdu': '- AA-1>13 AA-8>13 AA-8>13 AA-8>13 AA-7>13',
  };

  it.each(Object.entries(CELLS))('%s', (event, cells) => {
    const found = COLUMNS.map((state) => {
      const step = transition(state, event as UpperLayerEvent);
      return step === null ? '-' : `${step.action}>${step.next.slice(3)}`;
    });
    expect(found.join(' ')).toBe(cells);
  });
});
