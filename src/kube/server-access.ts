/** Lets the collectors of evidence ask one API server, with Merlon's credentials and without any. */
import type { Handshake } from '../evidence/tls.ts';
import type { ServerAccess } from '../evidence/server-access.ts';
import { readOwnIdentity, reviewAccess } from './access-review.ts';
import { discardBody } from './http-exchange.ts';
import type { Transport } from './transport.ts';

/** An API server that does not answer within this time is not observed. */
const TIMEOUT_MS = 10_000;
/** More than this of an answer is not what was asked for. */
const MAX_TEXT_BYTES = 1024 * 1024;

export interface ServerAccessOptions {
  readonly transport: Transport;
  /** The same API server, asked as nobody; undefined where that is switched off. */
  readonly anonymous: Transport | undefined;
  readonly handshake: Handshake | undefined;
}

export function openServerAccess({ transport, anonymous, handshake }: ServerAccessOptions): ServerAccess {
  return {
    instance: new URL(transport.server).host,
    get: textGet(transport),
    anonymousGet: anonymous === undefined ? undefined : textGet(anonymous),
    stream: async (path, headers, take) => {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const { status, readBody } = await transport.stream({ method: 'GET', path, headers, signal });
      if (status === 200) await readBody(take);
      else await discardBody(readBody);
      return status;
    },
    review: (spec) => reviewAccess(transport, spec),
    whoAmI: async () => {
      const identity = await readOwnIdentity(transport);
      return typeof identity === 'string' ? undefined : identity.user;
    },
    handshake,
  };
}

export function textGet(transport: Transport): ServerAccess['get'] {
  return async (path, headers = {}) => {
    const { accept, ...others } = headers;
    const { status, body } = await transport.request({
      method: 'GET',
      path,
      headers: others,
      ...(accept === undefined ? {} : { accept }),
      timeoutMs: TIMEOUT_MS,
    });
    return { status, body: body.subarray(0, MAX_TEXT_BYTES).toString('utf8') };
  };
}
