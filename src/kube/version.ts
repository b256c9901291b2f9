/** Reads /version of the API server, as text: what it says is the evidence's to understand. */
import type { Transport } from './transport.ts';

/** @throws {RequestError} when no complete answer came */
export async function readVersion(transport: Transport): Promise<{ readonly status: number; readonly body: string }> {
  const { status, body } = await transport.request({ method: 'GET', path: '/version' });
  return { status, body: body.toString('utf8') };
}
