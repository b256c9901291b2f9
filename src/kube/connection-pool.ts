/** The sockets to the API server, for as long as certificates stay as they are. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '../core/clock.ts';
import type { Credentials } from './cluster-config.ts';
import type { DirectWay } from './stream-exchange.ts';
import { TlsSessions } from './tls-sessions.ts';

const maxUnarySockets = 8;
/** Less than the 90 s after which the API server closes an idle connection. */
const idleSocketMs = 60_000;

export interface ConnectionPoolOptions {
  readonly isTls: boolean;
  readonly isInsecure: boolean;
  readonly authorityPem: string | undefined;
  readonly credentials: Credentials;
  readonly serverName: string | undefined;
  readonly proxy: string | undefined;
  readonly clock: Clock;
}

export class ConnectionPool {
  readonly agents: { readonly unary: HttpAgent; readonly stream: HttpAgent };
  /** For streams; undefined where a proxy stands between. */
  readonly direct: DirectWay | undefined;
  readonly #options: ConnectionPoolOptions;

  /** @throws {Error} if a certificate or a key is none */
  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
    const { isTls, isInsecure, serverName, proxy, clock } = options;
    // One for all connections: to read the certificates again takes longer than the rest of a connection.
    const context = isTls ? createSecureContext(secureOptions(options)) : undefined;
    const sessions = new TlsSessions(clock);
    const tls = context === undefined ? undefined : { context, serverName, isInsecure, sessions };
    this.direct = proxy === undefined ? { tls } : undefined;
    const pooling = { keepAlive: true, keepAliveMsecs: 30_000, maxSockets: maxUnarySockets, timeout: idleSocketMs };
    this.agents = {
      unary: buildAgent(tls, proxy, pooling),
      // A watch has its socket for itself, and the socket ends with it.
      stream: buildAgent(tls, proxy, { keepAlive: false }),
    };
  }

  hasCredentials({ certificatePem, keyPem }: Credentials): boolean {
    const { credentials } = this.#options;
    return credentials.certificatePem === certificatePem && credentials.keyPem === keyPem;
  }

  hasAuthority(authorityPem: string | undefined): boolean {
    return this.#options.authorityPem === authorityPem;
  }

  /** Makes room for another pool: what is under way goes on, idle sockets close after a minute. */
  retire(): void {
    this.agents.unary.maxFreeSockets = 0;
  }

  close(): void {
    this.agents.unary.destroy();
    this.agents.stream.destroy();
  }
}

interface Pooling {
  readonly keepAlive: boolean;
  readonly keepAliveMsecs?: number;
  readonly maxSockets?: number;
  readonly timeout?: number;
}

function buildAgent(tls: DirectWay['tls'], proxy: string | undefined, pooling: Pooling): HttpAgent {
  if (tls === undefined) {
    return new HttpAgent({ ...pooling, ...(proxy === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxy } }) });
  }
  const { context, serverName, isInsecure } = tls;
  return new HttpsAgent({
    ...pooling,
    secureContext: context,
    rejectUnauthorized: !isInsecure,
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(proxy === undefined ? {} : { proxyEnv: { HTTPS_PROXY: proxy } }),
  });
}

function secureOptions({ authorityPem, credentials }: ConnectionPoolOptions): SecureContextOptions {
  return {
    minVersion: 'TLSv1.2',
    ...(authorityPem === undefined ? {} : { ca: authorityPem }),
    ...(credentials.certificatePem === undefined ? {} : { cert: credentials.certificatePem }),
    ...(credentials.keyPem === undefined ? {} : { key: credentials.keyPem }),
  };
}
