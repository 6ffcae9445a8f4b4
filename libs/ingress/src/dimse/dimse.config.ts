import { z } from 'zod';

/** PS3.5 Table 6.2-1, AE: 16 characters of the default repertoire, no backslash, not only spaces. */
const AeTitle = z.string().regex(/^(?! )[\x20-\x5b\x5d-\x7e]{1,16}(?<! )$/, 'not an AE title: 1 to 16 characters');
const Count = (least: number, most: number, standard: number) =>
  z.coerce.number().int().min(least).max(most).default(standard);

/** Who may send: an AE title counts only together with where it comes from, since anybody can call himself anything. */
export const DimsePeerSchema = z
  .object({
    aeTitle: AeTitle,
    /** IP address or network (`10.1.2.0/24`). No host names: the door asks no name server. */
    address: z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'not an IP address or network'),
    /** SHA-256 of the peer's certificate in hex; only with mutual TLS. */
    certificateSha256: z
      .string()
      .transform((text) => text.replaceAll(':', '').toLowerCase())
      .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in hex'))
      .optional(),
  })
  .strict();

/** `CT1@10.1.2.3, ROUTER@10.2.0.0/16#<certificate SHA-256>`: the form of the environment variable. */
const PeerList = z
  .string()
  .transform((text) => text.split(',').map((entry) => peerOf(entry.trim())))
  .pipe(z.array(DimsePeerSchema));

function peerOf(entry: string): z.input<typeof DimsePeerSchema> {
  const [, aeTitle = '', address = '', certificateSha256] = /^(.+)@([^@#]+)(?:#(.+))?$/.exec(entry) ?? [];
  return certificateSha256 === undefined ? { aeTitle, address } : { aeTitle, address, certificateSha256 };
}

const Tls = z
  .object({
    certificateFile: z.string().min(1),
    keyFile: z.string().min(1),
    /** Authorities of the peers' certificates. Given, a peer must show one (mutual TLS). */
    peerAuthoritiesFile: z.string().min(1).optional(),
  })
  .strict();

/** Settings of the DIMSE door. */
export const DimseConfigSchema = z
  .object({
    /** 0 is off. 11112 is usual, 2762 with TLS (PS3.8 9.1.2, PS3.15 B). */
    port: z.coerce.number().int().min(0).max(65_535).default(0),
    host: z.string().default('127.0.0.1'),
    aeTitle: AeTitle.default('PRECEDENT'),
    /** Nobody unless named. */
    peers: z.union([z.array(DimsePeerSchema), PeerList]).default([]),
    maxAssociations: Count(1, 1000, 25),
    maxAssociationsPerPeer: Count(1, 1000, 10),
    /** Longest P-DATA-TF that is taken. */
    maxPduBytes: Count(4096, 131_072, 131_072),
    /** PS3.8 9.1.5: how long a connection may take to ask for an association, and to close after the end of one. */
    artimMs: Count(100, 600_000, 30_000),
    /** How long the next PDU may take, from the end of the one before to its own. */
    idleMs: Count(100, 3_600_000, 60_000),
    /** Free disk below which no association and no instance is taken. */
    minFreeBytes: Count(0, Number.MAX_SAFE_INTEGER, 256 * 1024 * 1024),
    tls: Tls.optional(),
  })
  .strict()
  .refine(({ tls, peers }) => peers.every((p) => p.certificateSha256 === undefined || tls?.peerAuthoritiesFile), {
    message: 'a peer has a certificate, but there are no tls.peerAuthoritiesFile to check it with',
  });

export type DimseConfig = Readonly<z.output<typeof DimseConfigSchema>>;
export type DimsePeer = Readonly<z.output<typeof DimsePeerSchema>>;
