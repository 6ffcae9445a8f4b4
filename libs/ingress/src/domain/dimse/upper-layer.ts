/**
 * The acceptor's part of the upper-layer state table, PS3.8 Table 9-10 (edition 2024e). Columns of a requestor (Sta4, Sta5) and of
 * a side that asks for release itself (Sta7, Sta9 to Sta12) are left out: this side does neither.
 */
export type State = 'Sta1' | 'Sta2' | 'Sta3' | 'Sta6' | 'Sta8' | 'Sta13';

export type UpperLayerEvent =
  | 'transport-opened' // Evt5
  | 'associate-rq' // Evt6
  | 'accept' // Evt7: our own answer
  | 'reject' // Evt8: our own answer
  | 'send-data' // Evt9: our own message
  | 'data-tf' // Evt10
  | 'release-rq' // Evt12
  | 'release-rp' // Evt13
  | 'send-release-rp' // Evt14: our own answer
  | 'send-abort' // Evt15: our own
  | 'associate-answer' // Evt3 and Evt4: a peer that answers where it should ask
  | 'abort' // Evt16
  | 'transport-closed' // Evt17
  | 'artim-expired' // Evt18
  | 'invalid-pdu'; // Evt19

/** PS3.8 Tables 9-6 to 9-9. */
export type Action =
  | 'AE-5' // start ARTIM
  | 'AE-6' // stop ARTIM, judge the request
  | 'AE-7' // send A-ASSOCIATE-AC
  | 'AE-8' // send A-ASSOCIATE-RJ, start ARTIM
  | 'DT-1' // send P-DATA-TF
  | 'DT-2' // take what came
  | 'AR-2' // the peer asks for release
  | 'AR-4' // send A-RELEASE-RP, start ARTIM
  | 'AR-5' // stop ARTIM
  | 'AA-1' // send A-ABORT as user, start ARTIM
  | 'AA-2' // stop ARTIM, close
  | 'AA-3' // the peer aborted: close
  | 'AA-4' // the connection is lost
  | 'AA-5' // stop ARTIM
  | 'AA-6' // ignore
  | 'AA-7' // send A-ABORT
  | 'AA-8'; // send A-ABORT as provider, start ARTIM

export interface Transition {
  readonly action: Action;
  readonly next: State;
}

type Row = Readonly<Partial<Record<State, readonly [Action, State]>>>;

const AA8: readonly [Action, State] = ['AA-8', 'Sta13'];
/** A PDU that has no business where it comes: the same in four rows. */
const UNEXPECTED: Row = { Sta2: ['AA-1', 'Sta13'], Sta3: AA8, Sta6: AA8, Sta8: AA8, Sta13: ['AA-6', 'Sta13'] };
const OWN_ABORT: readonly [Action, State] = ['AA-1', 'Sta13'];

const TABLE: Readonly<Record<UpperLayerEvent, Row>> = {
  'associate-answer': UNEXPECTED,
  'transport-opened': { Sta1: ['AE-5', 'Sta2'] },
  'associate-rq': { Sta2: ['AE-6', 'Sta3'], Sta3: AA8, Sta6: AA8, Sta8: AA8, Sta13: ['AA-7', 'Sta13'] },
  accept: { Sta3: ['AE-7', 'Sta6'] },
  reject: { Sta3: ['AE-8', 'Sta13'] },
  'send-data': { Sta6: ['DT-1', 'Sta6'] },
  'data-tf': { ...UNEXPECTED, Sta6: ['DT-2', 'Sta6'] },
  'release-rq': { ...UNEXPECTED, Sta6: ['AR-2', 'Sta8'] },
  'release-rp': UNEXPECTED,
  'send-release-rp': { Sta8: ['AR-4', 'Sta13'] },
  'send-abort': { Sta3: OWN_ABORT, Sta6: OWN_ABORT, Sta8: OWN_ABORT },
  abort: {
    Sta2: ['AA-2', 'Sta1'],
    Sta3: ['AA-3', 'Sta1'],
    Sta6: ['AA-3', 'Sta1'],
    Sta8: ['AA-3', 'Sta1'],
    Sta13: ['AA-2', 'Sta1'],
  },
  'transport-closed': {
    Sta2: ['AA-5', 'Sta1'],
    Sta3: ['AA-4', 'Sta1'],
    Sta6: ['AA-4', 'Sta1'],
    Sta8: ['AA-4', 'Sta1'],
    Sta13: ['AR-5', 'Sta1'],
  },
  'artim-expired': { Sta2: ['AA-2', 'Sta1'], Sta13: ['AA-2', 'Sta1'] },
  'invalid-pdu': { ...UNEXPECTED, Sta13: ['AA-7', 'Sta13'] },
};

/** @returns null where the table has no entry: an event that cannot come in this state, a fault of this software. */
export function transition(state: State, event: UpperLayerEvent): Transition | null {
  const entry = TABLE[event][state];
  return entry === undefined ? null : { action: entry[0], next: entry[1] };
}
