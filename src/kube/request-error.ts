/**
 * What can go wrong between Merlon and the API server, one class for each kind of failure, so that callers decide by
 * type. Messages name the request, never its credentials.
 */
import type { ApiStatus } from './api-status.ts';

export abstract class RequestError extends Error {
  /** Method and address, as `GET https://10.0.0.1:443/api/v1/pods`. */
  readonly request: string;

  constructor(request: string, explanation: string, options?: ErrorOptions) {
    super(`${request}: ${explanation}`, options);
    this.request = request;
  }
}

/** No answer came: the server is down or restarting, or something between is. Trying again later is right. */
export abstract class ConnectionError extends RequestError {}

/** Nothing listens at the address. */
export class ConnectionRefused extends ConnectionError {
  override readonly name = 'ConnectionRefused';
}

/** The connection ended before the answer was complete. */
export class ConnectionReset extends ConnectionError {
  override readonly name = 'ConnectionReset';
}

/** The name does not resolve or no route leads to the address. */
export class HostUnreachable extends ConnectionError {
  override readonly name = 'HostUnreachable';
}

/** The two sides found no TLS connection that both trust. */
export class TlsRefused extends ConnectionError {
  override readonly name = 'TlsRefused';
}

/** The proxy did not let the connection through. */
export class ProxyRefused extends ConnectionError {
  override readonly name = 'ProxyRefused';
}

/** Nothing came for too long. */
export class RequestTimeout extends ConnectionError {
  override readonly name = 'RequestTimeout';
  readonly timeoutMs: number;
  constructor(request: string, timeoutMs: number, options?: ErrorOptions) {
    super(request, `no answer within ${timeoutMs / 1000} s; is the API server overloaded or cut off?`, options);
    this.timeoutMs = timeoutMs;
  }
}

/** The caller gave up: its signal aborted. */
export class RequestAborted extends RequestError {
  override readonly name = 'RequestAborted';
}

/** The credentials could not be read or obtained. */
export class CredentialsUnavailable extends RequestError {
  override readonly name = 'CredentialsUnavailable';
}

/** The API server answered with an error. */
export class StatusError extends RequestError {
  override readonly name = 'StatusError';
  readonly status: ApiStatus;
  constructor(request: string, status: ApiStatus) {
    super(request, describe(status));
    this.status = status;
  }
}

/** Whether the API server answered with one of these HTTP codes. */
export function hasStatusCode(error: unknown, ...codes: readonly number[]): error is StatusError {
  return error instanceof StatusError && codes.includes(error.status.code);
}

/** @param through of the proxy, where there is one */
export function connectionError(request: string, cause: unknown, through?: string): ConnectionError {
  const code = codeOf(cause);
  const by = through === undefined ? '' : ` (through proxy ${through})`;
  if (code === 'ERR_PROXY_TUNNEL') {
    return new ProxyRefused(request, `the proxy ${through ?? ''} let nothing through: ${messageOf(cause)}`, { cause });
  }
  if (code === 'ECONNREFUSED') {
    return new ConnectionRefused(request, `the connection was refused${by}; is the API server running there?`, {
      cause,
    });
  }
  if (unreachableCodes.has(code)) {
    return new HostUnreachable(request, `the host cannot be reached${by} (${code}); check address and network`, {
      cause,
    });
  }
  if (code === 'EPROTO' || tlsCode.test(code)) {
    return new TlsRefused(
      request,
      `TLS failed${by} (${code}: ${messageOf(cause)}); check the certificate authority and the server's name`,
      { cause },
    );
  }
  return new ConnectionReset(request, `the connection ended early${by} (${messageOf(cause)})`, { cause });
}

const unreachableCodes: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
]);
/** OpenSSL's verification results and Node's own TLS errors. */
const tlsCode =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|HOSTNAME_|PATH_)/;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describe({ code, reason, message }: ApiStatus): string {
  const named = reason === '' ? `HTTP ${code}` : `HTTP ${code} ${reason}`;
  return message === '' ? named : `${named}: ${message}`;
}
