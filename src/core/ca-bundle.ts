/**
 * What is kept of the authorities that a webhook is verified by: whether there is any, and until when the last of them
 * holds. Certificates themselves are read by nobody.
 *
 * Source: Go's x509.CertPool.AppendCertsFromPEM, by which the API server reads a caBundle: blocks that are no certificates
 * are passed over, and where none is left no connection comes about (k8s.io/client-go v0.37.2, transport/tls.go).
 */
import { X509Certificate } from 'node:crypto';

/** As `until 2027-01-31T00:00:00Z`; `none` where there is no certificate in it that can be read. */
export type CaBundleClass = 'none' | `until ${string}`;

/** A bundle that somebody wrote has a few; all roots of an operating system are some 150. */
const MAX_CERTIFICATES = 500;

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** @param text PEM as protobuf has it, or the same in Base64 as JSON has it */
export function classifyCaBundle(text: string): CaBundleClass {
  const pem = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('latin1');
  let lastMs = -Infinity;
  let count = 0;
  for (const [certificate] of pem.matchAll(block)) {
    count += 1;
    if (count > MAX_CERTIFICATES) break;
    lastMs = Math.max(lastMs, endOf(certificate));
  }
  return lastMs === -Infinity ? 'none' : `until ${new Date(lastMs).toISOString().slice(0, 19)}Z`;
}

/** The day on which the last authority ends, as `2027-01-31`; undefined where none can be read. */
export function endOfBundle(kept: string): string | undefined {
  return /^until (\d{4}-\d\d-\d\d)/.exec(kept)?.[1];
}

/** Milliseconds since 1970; -Infinity of what is no certificate. */
function endOf(certificate: string): number {
  try {
    const endMs = Date.parse(new X509Certificate(certificate).validTo);
    return Number.isNaN(endMs) ? -Infinity : endMs;
  } catch {
    return -Infinity;
  }
}
