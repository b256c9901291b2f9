/** An authorization webhook that has no opinion on anything, in whichever version it is asked. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AuthorizationWebhook {
  readonly url: string;
  readonly stop: () => void;
}

export async function startAuthorizationWebhook(): Promise<AuthorizationWebhook> {
  const server = createServer(answerWithoutOpinion);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop };
}

function answerWithoutOpinion(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as object;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...review, status: { allowed: false, reason: 'no opinion' } }));
  });
}
