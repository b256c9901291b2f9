/**
 * What an API server agrees to when somebody connects: the certificate that it shows, whether it shakes hands where
 * nothing but old versions, or weak cipher suites, is offered, and of which authorities it asks clients for certificates.
 *
 * Four handshakes a round, without a request and without a credential; two more where the certificate has ended, one for
 * each offer that it ends.
 */
import type { CertificateRequest } from './certificate-request.ts';
import type { CertificateReading, Reading, TlsReading } from './reading.ts';

export interface Offer {
  readonly minVersion: 'TLSv1' | 'TLSv1.2';
  readonly maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  /** As OpenSSL names them; by default its own. */
  readonly ciphers?: string;
  /** Whether it is to be heard what is asked of whoever connects; nothing newer than TLS 1.2 tells. */
  readonly hearsRequest?: true;
}

export type HandshakeAnswer =
  | {
      readonly outcome: 'agreed';
      /** RFC 3339. */
      readonly notAfter: string;
      /** Whether it has the names that an API server gives to one that it makes itself. */
      readonly isSelfMade?: boolean;
      /** Absent where it was not to be heard, or makes no sense. */
      readonly request?: CertificateRequest;
    }
  /** It shows one that the cluster's authority signed and that has ended: nobody was spoken to. RFC 3339. */
  | { readonly outcome: 'expired'; readonly notAfter: string }
  | { readonly outcome: 'refused' }
  /** The offer could not be made, or nobody answered. */
  | { readonly outcome: 'failed'; readonly message: string };

/** @param signal gives up at once */
export type Handshake = (offer: Offer, signal?: AbortSignal) => Promise<HandshakeAnswer>;

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/** OpenSSL refuses to offer what is old unless it is asked to lower its guard. */
const oldVersions: Offer = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
/** Without forward secrecy, or without authenticated encryption. */
const weakSuites: Offer = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
  ciphers: [
    'AES128-GCM-SHA256',
    'AES256-GCM-SHA384',
    'AES128-SHA',
    'AES256-SHA',
    'AES128-SHA256',
    'DES-CBC3-SHA',
    'ECDHE-RSA-AES128-SHA',
    'ECDHE-RSA-AES256-SHA',
    'ECDHE-RSA-AES128-SHA256',
    'ECDHE-ECDSA-AES128-SHA',
    'ECDHE-ECDSA-AES256-SHA',
    'ECDHE-ECDSA-AES128-SHA256',
    '@SECLEVEL=0',
  ].join(':'),
};

export async function collectTls(handshake: Handshake | undefined, nowMs: () => number): Promise<Reading<TlsReading>> {
  if (handshake === undefined) return { missing: 'a proxy stands before the API server: its TLS is not seen' };
  const [usual, old, weak, clear] = await Promise.all([
    handshake({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' }),
    handshake(oldVersions),
    handshake(weakSuites),
    handshake({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', hearsRequest: true }),
  ]);
  return {
    read: {
      certificate: readCertificate(usual, nowMs()),
      acceptsOldVersions: readAgreement(old, usual, 'TLS 1.1'),
      acceptsWeakCiphers: readAgreement(weak, usual, 'weak cipher suites'),
      certificateRequest: readRequest(clear),
    },
  };
}

function readCertificate(answer: HandshakeAnswer, nowMs: number): Reading<CertificateReading> {
  if (answer.outcome === 'refused') return { missing: 'the API server refused TLS 1.2 and 1.3' };
  if (answer.outcome === 'expired') return { read: { notAfter: answer.notAfter, state: 'expired' } };
  if (answer.outcome === 'failed') return { missing: `no TLS connection came about: ${answer.message}` };
  const leftMs = Date.parse(answer.notAfter) - nowMs;
  if (Number.isNaN(leftMs)) return { missing: 'the certificate of the API server does not say when it ends' };
  const state = leftMs <= 0 ? 'expired' : leftMs < SOON_DAYS * DAY_MS ? 'endsSoon' : 'valid';
  const { notAfter, isSelfMade } = answer;
  return { read: { notAfter, state, ...(isSelfMade === undefined ? {} : { isSelfMade }) } };
}

function readRequest(answer: HandshakeAnswer): Reading<CertificateRequest> {
  if (answer.outcome === 'agreed') {
    return answer.request === undefined
      ? { missing: 'what it asks of clients in a handshake makes no sense' }
      : { read: answer.request };
  }
  const why = {
    refused: 'it refuses TLS 1.2, and in TLS 1.3 that is encrypted',
    expired: 'its certificate has ended',
    failed: answer.outcome === 'failed' ? answer.message : '',
  }[answer.outcome];
  return { missing: `what it asks of clients in a handshake was not seen: ${why}` };
}

/** Who refuses everything, as what speaks no TLS at all, does not refuse what is weak for being weak. */
function readAgreement(answer: HandshakeAnswer, usual: HandshakeAnswer, what: string): Reading<boolean> {
  if (hasShaken(answer)) return { read: true };
  if (answer.outcome === 'refused' && hasShaken(usual)) return { read: false };
  const why = answer.outcome === 'failed' ? answer.message : 'it refused what is usual, too';
  return { missing: `whether it accepts ${what} could not be tried: ${why}` };
}

function hasShaken({ outcome }: HandshakeAnswer): boolean {
  return outcome === 'agreed' || outcome === 'expired';
}
