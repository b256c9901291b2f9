/** Connects by TLS, looks at what was agreed to, and hangs up: no request and no credential is ever sent. */
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import type { Certificate, TLSSocket } from 'node:tls';

import { MAX_FLIGHT_BYTES, readCertificateRequest } from '../evidence/certificate-request.ts';
import type { Handshake, HandshakeAnswer, Offer } from '../evidence/tls.ts';
import type { ClusterConfig } from './cluster-config.ts';
import { readMaterial } from './credential-reader.ts';
import { findExpiry } from './expired-chain.ts';
import type { ExpectedServer } from './expired-chain.ts';
import { messageOf } from './request-error.ts';
import { TappedConnection } from './tapped-connection.ts';

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
 * @param timeoutMs for one handshake, to its end
 * @returns undefined for an API server without TLS
 */
export function openHandshake(
  { server, serverName, certificateAuthority, isInsecure }: ClusterConfig,
  timeoutMs = TIMEOUT_MS,
): Handshake | undefined {
  const url = new URL(server);
  if (url.protocol !== 'https:') return undefined;
  return async (offer, signal) => {
    try {
      const ca = certificateAuthority === undefined ? undefined : await readMaterial(certificateAuthority);
      const trust = {
        timeoutMs,
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
  readonly timeoutMs: number;
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
  { minVersion, maxVersion, ciphers, hearsRequest }: Offer,
  { signal, timeoutMs, ...trust }: ShakeOptions,
  tell: (socket: TLSSocket) => CodedAnswer,
): Promise<CodedAnswer> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve(givenUp);
      return;
    }
    const target = { host: hostOf(url), port: url.port === '' ? DEFAULT_PORT : Number(url.port) };
    const tap = hearsRequest === true ? new TappedConnection(target, MAX_FLIGHT_BYTES) : undefined;
    const socket = connect({
      ...target,
      ...(tap === undefined ? {} : { socket: tap }),
      minVersion,
      maxVersion,
      ...(ciphers === undefined ? {} : { ciphers }),
      ...trust,
      rejectUnauthorized: trust.rejectUnauthorized && ciphers === undefined,
    });
    const end = (answer: CodedAnswer): void => {
      clearTimeout(timer);
      socket.destroy();
      tap?.destroy();
      signal?.removeEventListener('abort', giveUp);
      resolve(answer);
    };
    const giveUp = (): void => {
      end(givenUp);
    };
    signal?.addEventListener('abort', giveUp);
    // For all of it: who sends a byte now and then is not waited for either.
    const timer = setTimeout(() => {
      end({ outcome: 'failed', message: `no answer within ${timeoutMs / 1000} s` });
    }, timeoutMs);
    socket.once('secureConnect', () => {
      try {
        end(hear(tell(socket), tap));
      } catch (error) {
        // What it shows may be no certificate at all.
        end({ outcome: 'failed', message: messageOf(error) });
      }
    });
    // More than one comes of a connection that is heard: of one that nobody listens for the process would end.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const { code = '' } = error;
      end(refusals.has(code) ? { outcome: 'refused' } : { outcome: 'failed', message: messageOf(error), code });
    });
  });
}

function hear(answer: CodedAnswer, tap: TappedConnection | undefined): CodedAnswer {
  if (tap === undefined || answer.outcome !== 'agreed') return answer;
  const request = readCertificateRequest(tap.received);
  return request === undefined ? answer : { ...answer, request };
}

function describe(socket: TLSSocket): CodedAnswer {
  const { valid_to: until, subject, issuer } = socket.getPeerCertificate();
  const time = Date.parse(until);
  return Number.isNaN(time)
    ? { outcome: 'failed', message: `the certificate ends at "${until}", which is no time` }
    : { outcome: 'agreed', notAfter: printTime(time), isSelfMade: isSelfMade(subject, issuer) };
}

/** As `10.0.0.5@1795000000` of `10.0.0.5-ca@1795000000`. Source: k8s.io/client-go v0.37.2, util/cert/cert.go. */
function isSelfMade({ CN: own }: Certificate, { CN: authority }: Certificate): boolean {
  return /[^@]@\d{9,}$/.test([own].flat().join()) && /-ca@\d{9,}$/.test([authority].flat().join());
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
