/** The two questions that a kubelet asks: does the process live, and may it be counted on. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HealthChecks {
  /** Undefined while the process works; otherwise why it should be restarted. */
  readonly livenessProblem: () => string | undefined;
  /** Undefined when every source was read or refused; otherwise what is still awaited. */
  readonly readinessProblem: () => string | undefined;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves /healthz and /readyz: 200 `ok`, or 503 and the reason.
 *
 * @param host undefined for all addresses, of IPv4 and IPv6
 * @param port 0 for any free one
 * @throws if the port is taken
 */
export async function startHealthServer(
  host: string | undefined,
  port: number,
  checks: HealthChecks,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const check = { '/healthz': checks.livenessProblem, '/readyz': checks.readinessProblem }[request.url ?? ''];
    if (check === undefined) {
      response.writeHead(404).end('not found: /healthz and /readyz are served here\n');
      return;
    }
    const problem = check();
    response.writeHead(problem === undefined ? 200 : 503, { 'content-type': 'text/plain' });
    response.end(problem === undefined ? 'ok\n' : `${problem}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
    },
  };
}
