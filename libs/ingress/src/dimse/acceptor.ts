import { createHash } from 'node:crypto';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createServer as createTlsServer } from 'node:tls';
import { Admission } from './admission.ts';
import type { Origin } from './admission.ts';
import type { AssociationReport } from './association.ts';
import { Association } from './association.ts';
import type { DimseConfig } from './dimse.config.ts';
import type { StoreInstance } from './store-instance.ts';
import type { TlsMaterial } from './wire.ts';

/**
 * Connections without an association that may be open at once. Beyond it the oldest gives way: a flood of silent peers cannot
 * keep a real one out, and the memory of all of their requests together is bounded.
 */
const MAX_STRANGERS = 128;

/** BCP 195 (RFC 9325): TLS 1.2 with forward secrecy and authenticated encryption, or 1.3. */
const TLS_POLICY = {
  minVersion: 'TLSv1.2',
  honorCipherOrder: true,
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
} as const;

export interface AcceptorParts {
  readonly settings: DimseConfig;
  readonly tls: TlsMaterial | null;
  readonly store: StoreInstance;
  readonly onEnded: (report: AssociationReport | TlsRefusal, open: number) => void;
}

/** A peer whose TLS handshake failed: no certificate, a foreign one, an old version. */
export type TlsRefusal = Omit<AssociationReport, 'refusal'> & { readonly refusal: 'tls' };

/** Listens, and serves each connection as an association. */
export class Acceptor {
  readonly #parts: AcceptorParts;
  readonly #admission: Admission;
  readonly #server: Server;
  readonly #strangers = new Map<string, Socket>();
  readonly #associations = new Map<Association, Promise<void>>();

  constructor(parts: AcceptorParts) {
    this.#parts = parts;
    this.#admission = new Admission(parts.settings);
    this.#server = parts.tls === null ? createServer({ noDelay: true }) : this.#tlsServer(parts.tls);
    this.#server.on('connection', (socket: Socket) => this.#greet(socket));
    if (parts.tls === null) this.#server.on('connection', (socket: Socket) => this.#serve(socket));
  }

  /** @returns the port. Rejects with the system's error. */
  async listen(): Promise<number> {
    const { port, host } = this.#parts.settings;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject).on('error', () => undefined);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** No new connection; associations end after the operation they are at. */
  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#strangers.values()) socket.destroy();
    for (const association of this.#associations.keys()) association.stop();
    await Promise.all(this.#associations.values());
  }

  #tlsServer({ certificate, key, peerAuthorities }: TlsMaterial): Server {
    const peers =
      peerAuthorities === undefined ? {} : { ca: peerAuthorities, requestCert: true, rejectUnauthorized: true };
    const server = createTlsServer({
      ...TLS_POLICY,
      ...peers,
      cert: certificate,
      key,
      handshakeTimeout: this.#parts.settings.artimMs,
    });
    server.on('secureConnection', (socket: TLSSocket) => this.#serve(socket.setNoDelay(true)));
    server.on('tlsClientError', (_: Error, socket: TLSSocket) => this.#refuse(socket));
    return server;
  }

  #greet(socket: Socket): void {
    socket.on('error', () => undefined);
    const key = keyOf(socket);
    const [oldest] = this.#strangers.values();
    if (this.#strangers.size >= MAX_STRANGERS) oldest?.destroy();
    this.#strangers.set(key, socket);
    socket.once('close', () => this.#strangers.delete(key));
    if (this.#strangers.size > MAX_STRANGERS && oldest !== undefined) this.#strangers.delete(keyOf(oldest));
  }

  #serve(socket: Socket): void {
    // Under TLS this socket lies over the one that was greeted; both have the same two ends.
    const key = keyOf(socket);
    const { settings, store } = this.#parts;
    const parts = { settings, store, admission: this.#admission, onAdmitted: () => this.#strangers.delete(key) };
    const association = new Association(socket, originOf(socket), parts);
    const served = association.run().then(
      (report) => this.#parts.onEnded(report, this.#admission.open),
      (error: unknown) => {
        socket.destroy();
        throw error;
      },
    );
    this.#associations.set(association, served);
    void served.finally(() => this.#associations.delete(association));
  }

  #refuse(socket: TLSSocket): void {
    const address = socket.remoteAddress ?? '';
    socket.destroy();
    const report = { end: 'refused', source: null, refusal: 'tls', callingAe: '', address } as const;
    this.#parts.onEnded({ ...report, instances: 0, durationMs: 0 }, this.#admission.open);
  }
}

const keyOf = (socket: Socket): string => `${socket.remoteAddress ?? ''} ${socket.remotePort ?? 0}`;

function originOf(socket: Socket): Origin {
  const address = socket.remoteAddress ?? '';
  // Only a certificate that was verified says who somebody is.
  if (!('authorized' in socket) || socket.authorized !== true) return { address };
  const { raw } = (socket as TLSSocket).getPeerCertificate() as { readonly raw?: Buffer };
  if (raw === undefined) return { address };
  return { address, certificateSha256: createHash('sha256').update(raw).digest('hex') };
}
