import type { ClientConfig, ConsistencyLevelEnum, MilvusClient } from '@zilliz/milvus2-sdk-node';
import type { MilvusAccess, MilvusTls } from '../domain/milvus-policy.ts';

/** `ConsistencyLevelEnum.Strong` is 0, which the SDK takes for absent and sends the weaker default: use the name. */
export const consistency = (level: 'Strong' | 'Bounded'): ConsistencyLevelEnum =>
  level as unknown as ConsistencyLevelEnum;

/** The SDK's settings that keep it quiet, bounded and honest. */
function configOf({ address, tls, credentials }: MilvusAccess, timeoutMs: number): ClientConfig {
  return {
    address,
    timeout: timeoutMs,
    // Its retries never half-close a call and repeat inserts; the link repeats instead.
    maxRetries: 0,
    // At debug it logs filters and vectors.
    logLevel: 'warn',
    // On by default; it would send host and user names and error texts, which quote filters.
    telemetry: { enabled: false },
    // A host name may otherwise switch on a look-up over HTTPS.
    isGlobal: false,
    pool: { min: 1, max: 10, acquireTimeoutMillis: timeoutMs, maxWaitingClients: 64 },
    ...(tls === undefined ? {} : { ssl: true, tls: tlsOf(tls) }),
    ...credentials,
  };
}

function tlsOf(tls: MilvusTls): NonNullable<ClientConfig['tls']> {
  const { rootCertificateFile, certificateFile, privateKeyFile, serverName } = tls;
  return {
    rootCertPath: rootCertificateFile,
    ...(certificateFile === undefined ? {} : { certChainPath: certificateFile }),
    ...(privateKeyFile === undefined ? {} : { privateKeyPath: privateKeyFile }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

/** The SDK is loaded here and nowhere else, and only when a server is used: it takes half a second and 60 MB. */
export async function newClient(access: MilvusAccess, timeoutMs: number): Promise<MilvusClient> {
  const { MilvusClient: Client } = await import('@zilliz/milvus2-sdk-node');
  const client = new Client(configOf(access, timeoutMs));
  // Without a handler from the first moment, an unreachable server ends the process.
  client.connectPromise.catch(() => undefined);
  return client;
}
