/** Connects by TLS, looks at what was agreed to, and hangs up: no request and no credential is ever sent. */
import { connect } from 'node:tls';
import type { PeerCertificate } from 'node:tls';

import type { Handshake, HandshakeAnswer, Offer } from '../evidence/tls.ts';
import type { ClusterConfig } from './cluster-config.ts';
import { readMaterial } from './credential-reader.ts';
import { messageOf } from './request-error.ts';

const TIMEOUT_MS = 5_000;
const DEFAULT_PORT = 443;

const givenUp: HandshakeAnswer = { outcome: 'failed', message: 'given up' };

/** How OpenSSL says that the other side wants none of what was offered. */
const refusals: ReadonlySet<string> = new Set([
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_WRONG_VERSION_NUMBER',
]);

/**
 * The certificate of the usual offer is verified by the cluster's own authority, as every request's is. Of other offers
 * nothing counts but whether they are agreed to: to weak ones an API server shows the certificate that it uses towards
 * itself, if that fits better.
 *
 * @returns undefined for an API server without TLS
 */
export function openHandshake({
  server,
  serverName,
  certificateAuthority,
  isInsecure,
}: ClusterConfig): Handshake | undefined {
  const url = new URL(server);
  if (url.protocol !== 'https:') return undefined;
  return async (offer, signal) => {
    try {
      const ca = certificateAuthority === undefined ? undefined : await readMaterial(certificateAuthority);
      return await shake(url, offer, {
        rejectUnauthorized: !isInsecure,
        ...(ca === undefined ? {} : { ca }),
        // An address is no name that could be asked for.
        ...(serverName === undefined ? {} : { servername: serverName }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      return { outcome: 'failed', message: messageOf(error) };
    }
  };
}

interface ShakeOptions {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  readonly servername?: string;
  readonly signal?: AbortSignal;
}

function shake(
  { hostname, port }: URL,
  { minVersion, maxVersion, ciphers }: Offer,
  { signal, ...trust }: ShakeOptions,
): Promise<HandshakeAnswer> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve(givenUp);
      return;
    }
    const socket = connect({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? DEFAULT_PORT : Number(port),
      minVersion,
      maxVersion,
      ...(ciphers === undefined ? {} : { ciphers }),
      ...trust,
      rejectUnauthorized: trust.rejectUnauthorized && ciphers === undefined,
    });
    const end = (answer: HandshakeAnswer): void => {
      socket.destroy();
      signal?.removeEventListener('abort', giveUp);
      resolve(answer);
    };
    const giveUp = (): void => {
      end(givenUp);
    };
    signal?.addEventListener('abort', giveUp);
    socket.setTimeout(TIMEOUT_MS, () => {
      end({ outcome: 'failed', message: `no answer within ${TIMEOUT_MS / 1000} s` });
    });
    socket.once('secureConnect', () => {
      end(describe(socket.getPeerCertificate()));
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      end(refusals.has(error.code ?? '') ? { outcome: 'refused' } : { outcome: 'failed', message: messageOf(error) });
    });
  });
}

function describe({ valid_to: until }: PeerCertificate): HandshakeAnswer {
  const time = Date.parse(until);
  return Number.isNaN(time)
    ? { outcome: 'failed', message: `the certificate ends at "${until}", which is no time` }
    : { outcome: 'agreed', notAfter: `${new Date(time).toISOString().slice(0, 19)}Z` };
}
