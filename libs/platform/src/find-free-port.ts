import { createServer } from 'node:net';
import { platformFault } from './platform.errors.ts';

/**
 * A TCP port that was free a moment ago on `host`. Another process may take it before the caller does: callers that
 * must not fail bind again with another one.
 */
export function findFreePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => reject(platformFault('NO_FREE_PORT', host, error)));
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
