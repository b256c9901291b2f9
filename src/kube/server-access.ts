/** Lets the collectors of evidence ask one API server, with Merlon's credentials and without any. */
import type { TryPod } from '../evidence/dry-run-probes.ts';
import type { Handshake } from '../evidence/tls.ts';
import type { ServerAccess } from '../evidence/server-access.ts';
import { readOwnIdentity, reviewAccess } from './access-review.ts';
import { StatusError } from './request-error.ts';
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
  /** Whether pods may be tried; by default none is. */
  readonly hasDryRunProbes?: boolean;
  /** For one answer, to its end. */
  readonly timeoutMs?: number;
}

export function openServerAccess(options: ServerAccessOptions): ServerAccess {
  const { anonymous, handshake, hasDryRunProbes = false, timeoutMs = TIMEOUT_MS } = options;
  const closed = new AbortController();
  const limits = { timeoutMs, signal: closed.signal };
  const transport = askOnce(options.transport, limits);
  return {
    instance: new URL(transport.server).host,
    get: textGet(transport),
    anonymousGet: anonymous === undefined ? undefined : textGet(askOnce(anonymous, limits)),
    stream: async (path, asked, take) => {
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), closed.signal]);
      const { status, readBody, discard } = await transport.stream({ method: 'GET', path, ...asked, signal });
      if (status === 200) await readBody(take);
      else discard();
      return status;
    },
    review: (spec) => withoutServersWords(reviewAccess(transport, spec)),
    whoAmI: async () => {
      const identity = await withoutServersWords(readOwnIdentity(transport));
      if (identity === 'forbidden') return { outcome: 'forbidden' };
      return identity === 'not served' ? { outcome: 'notServed' } : { outcome: 'answered', user: identity.user };
    },
    handshake: handshake && ((offer) => handshake(offer, closed.signal)),
    ...(hasDryRunProbes ? { tryPod: openTrial(transport) } : {}),
    close: () => {
      closed.abort();
    },
  };
}

/** What an API server says of its own failure may be anything, and another thing each time. @throws {RequestError} */
async function withoutServersWords<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    throw new StatusError(error.request, { ...error.status, message: '' });
  }
}

/** There is no way from here to a create that is none. */
function openTrial(transport: Transport): TryPod {
  return async (namespace, pod) => {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
    const query = { dryRun: 'All' };
    const { status, headers, body } = await transport.request({
      method: 'POST',
      path,
      query,
      body: JSON.stringify(pod),
    });
    return { status, body: body.toString('utf8'), warning: [headers['warning'] ?? ''].flat().join(', ') };
  };
}

/** What is not answered soon, or with far more than was asked for, is not observed: it is asked again a round later. */
function askOnce(
  transport: Transport,
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Transport {
  return {
    server: transport.server,
    request: (request) => transport.request({ ...request, ...limits, maxTries: 1, maxBytes: MAX_TEXT_BYTES }),
    stream: (request) => transport.stream(request),
    close: () => {
      transport.close();
    },
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
      maxBytes: MAX_TEXT_BYTES,
    });
    return { status, body: body.toString('utf8') };
  };
}
