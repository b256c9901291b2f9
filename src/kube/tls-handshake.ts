/** Connects by TLS, looks at what was agreed to, and hangs up: no request and no credential is ever sent. */
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';

import type { Handshake, HandshakeAnswer, Offer } from '../evidence/tls.ts';
import type { ClusterConfig } from './cluster-config.ts';
import { readMaterial } from './credential-reader.ts';
import { findExpiry } from './expired-chain.ts';
import type { ExpectedServer } from './expired-chain.ts';
import { messageOf } from './request-error.ts';

const TIMEOUT_MS = 5_000;
const DEFAULT_PORT = 443;

const givenUp: HandshakeAnswer = { outcome: 'failed', message: 'given up' };

/** How OpenSSL says that a certificate of the chain has ended, whoever made it. */
const EXPIRED = 'CERT_HAS_EXPIRED';
/** A server shows no more of them. */
const MAX_SHOWN = 10;

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
      const trust = {
        rejectUnauthorized: !isInsecure,
        ...(ca === undefined ? {} : { ca }),
        // An address is no name that could be asked for.
        ...(serverName === undefined ? {} : { servername: serverName }),
        ...(signal === undefined ? {} : { signal }),
      };
      const answer = await shake(url, offer, trust, describe);
      if (!('code' in answer) || answer.code !== EXPIRED || ca === undefined) return withoutCode(answer);
      // OpenSSL looks no further; who it is that has an old certificate is looked at here, and nobody is spoken to.
      const host = serverName ?? hostOf(url);
      const tell = (socket: TLSSocket) => describeExpired(socket, { authorities: readCertificates(ca), host }, answer);
      return withoutCode(await shake(url, offer, { ...trust, rejectUnauthorized: false }, tell));
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

type Failed = Extract<HandshakeAnswer, { readonly outcome: 'failed' }>;
/** With what OpenSSL calls a failure. */
type CodedAnswer = Exclude<HandshakeAnswer, Failed> | (Failed & { readonly code?: string });

function withoutCode(answer: CodedAnswer): HandshakeAnswer {
  return answer.outcome === 'failed' ? { outcome: 'failed', message: answer.message } : answer;
}

/** @param tell what the connection shows once it is there */
function shake(
  url: URL,
  { minVersion, maxVersion, ciphers }: Offer,
  { signal, ...trust }: ShakeOptions,
  tell: (socket: TLSSocket) => CodedAnswer,
): Promise<CodedAnswer> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve(givenUp);
      return;
    }
    const socket = connect({
      host: hostOf(url),
      port: url.port === '' ? DEFAULT_PORT : Number(url.port),
      minVersion,
      maxVersion,
      ...(ciphers === undefined ? {} : { ciphers }),
      ...trust,
      rejectUnauthorized: trust.rejectUnauthorized && ciphers === undefined,
    });
    const end = (answer: CodedAnswer): void => {
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
      try {
        end(tell(socket));
      } catch (error) {
        // What it shows may be no certificate at all.
        end({ outcome: 'failed', message: messageOf(error) });
      }
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const { code = '' } = error;
      end(refusals.has(code) ? { outcome: 'refused' } : { outcome: 'failed', message: messageOf(error), code });
    });
  });
}

function describe(socket: TLSSocket): CodedAnswer {
  const { valid_to: until } = socket.getPeerCertificate();
  const time = Date.parse(until);
  return Number.isNaN(time)
    ? { outcome: 'failed', message: `the certificate ends at "${until}", which is no time` }
    : { outcome: 'agreed', notAfter: printTime(time) };
}

/** The chain may end without an issuer. */
interface ShownCertificate {
  readonly raw: Buffer;
  readonly issuerCertificate?: ShownCertificate;
}

/** @param failed what is answered where more is wrong than the end of a certificate */
function describeExpired(socket: TLSSocket, expected: ExpectedServer, failed: CodedAnswer): CodedAnswer {
  const shown: X509Certificate[] = [];
  let next: ShownCertificate | undefined = socket.getPeerCertificate(true);
  // The last one is its own issuer.
  for (const seen = new Set<object>(); next !== undefined && !seen.has(next) && shown.length < MAX_SHOWN;) {
    seen.add(next);
    shown.push(new X509Certificate(next.raw));
    next = next.issuerCertificate;
  }
  const end = findExpiry(shown, expected, Date.now());
  return end === undefined ? failed : { outcome: 'expired', notAfter: printTime(end) };
}

function readCertificates(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function printTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
