import { BlockList, isIPv6 } from 'node:net';
import type { AssociateRequest, Rejection } from '../domain/dimse/pdu-types.ts';
import { DICOM_APPLICATION_CONTEXT, REJECTION } from '../domain/dimse/pdu-types.ts';
import type { DimseConfig, DimsePeer } from './dimse.config.ts';

/** Where an association comes from, by TCP and TLS. */
export interface Origin {
  readonly address: string;
  /** SHA-256 of the certificate it has shown and that was verified; absent without mutual TLS. */
  readonly certificateSha256?: string | undefined;
}

export type Verdict =
  | { readonly kind: 'admitted'; readonly source: string; readonly release: () => void }
  | { readonly kind: 'rejected'; readonly code: keyof typeof REJECTION; readonly rejection: Rejection };

type Limits = Pick<DimseConfig, 'aeTitle' | 'peers' | 'maxAssociations' | 'maxAssociationsPerPeer'>;

/** Decides who may associate, and counts who has. */
export class Admission {
  readonly #limits: Limits;
  readonly #peers: readonly { readonly peer: DimsePeer; readonly addresses: BlockList }[];
  readonly #open = new Map<string, number>();

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#peers = limits.peers.map((peer) => ({ peer, addresses: addressesOf(peer.address) }));
  }

  get open(): number {
    return [...this.#open.values()].reduce((sum, n) => sum + n, 0);
  }

  judge(request: AssociateRequest, origin: Origin): Verdict {
    if ((request.protocolVersion & 1) === 0) return rejected('protocolVersion');
    if (request.applicationContext !== DICOM_APPLICATION_CONTEXT) return rejected('applicationContext');
    if (request.calledAe !== this.#limits.aeTitle) return rejected('calledAe');
    if (!this.#isKnown(request.callingAe, origin)) return rejected('callingAe');
    const own = this.#open.get(request.callingAe) ?? 0;
    if (own >= this.#limits.maxAssociationsPerPeer || this.open >= this.#limits.maxAssociations)
      return rejected('localLimit');
    this.#open.set(request.callingAe, own + 1);
    return { kind: 'admitted', source: sourceOf(request.callingAe), release: this.#releaseOf(request.callingAe) };
  }

  /** A verdict for a disk that is nearly full. */
  congested(): Verdict {
    return rejected('congestion');
  }

  #isKnown(aeTitle: string, { address, certificateSha256 }: Origin): boolean {
    return this.#peers.some(
      ({ peer, addresses }) =>
        peer.aeTitle === aeTitle &&
        addresses.check(plain(address), isIPv6(plain(address)) ? 'ipv6' : 'ipv4') &&
        (peer.certificateSha256 === undefined || peer.certificateSha256 === certificateSha256),
    );
  }

  #releaseOf(aeTitle: string): () => void {
    let held = true;
    return () => {
      if (held) this.#open.set(aeTitle, (this.#open.get(aeTitle) ?? 1) - 1);
      held = false;
    };
  }
}

/** Only names of configured peers become sources; what a stranger calls himself is kept nowhere. */
export const sourceOf = (aeTitle: string): string => `dimse:${aeTitle}`;

const rejected = (code: keyof typeof REJECTION): Verdict => ({ kind: 'rejected', code, rejection: REJECTION[code] });

function addressesOf(address: string): BlockList {
  const list = new BlockList();
  const [base = '', bits] = address.split('/');
  const family = isIPv6(base) ? 'ipv6' : 'ipv4';
  if (bits === undefined) list.addAddress(base, family);
  else list.addSubnet(base, Number(bits), family);
  return list;
}

/** A socket that listens on `::` shows IPv4 peers as ::ffff:10.1.2.3. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
