/** An API server that answers each request with what a test says, and remembers what it was asked. */
import type { Transport, TransportRequest } from '../../../src/kube/transport.ts';

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}

export interface ScriptedCluster {
  readonly transport: Transport;
  /** As `DELETE /api/v1/namespaces/merlon`. */
  readonly requests: string[];
}

/** @param answer undefined is a 404 */
export function openScriptedCluster(answer: (request: TransportRequest) => Answer | undefined): ScriptedCluster {
  const requests: string[] = [];
  return {
    requests,
    transport: {
      server: 'https://server',
      request(request) {
        requests.push(`${request.method} ${request.path}`);
        const { status = 200, body = {} } = answer(request) ?? {
          status: 404,
          body: { message: 'not found', code: 404 },
        };
        return Promise.resolve({ status, headers: {}, body: Buffer.from(JSON.stringify(body)) });
      },
      stream: () => Promise.reject(new Error('nothing to stream')),
      close: () => undefined,
    },
  };
}
