/** The sockets to the API server, for as long as certificates stay as they are. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Credentials } from './cluster-config.ts';

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
}

export class ConnectionPool {
  readonly agents: { readonly unary: HttpAgent; readonly stream: HttpAgent };
  readonly #options: ConnectionPoolOptions;

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
    const pooling = { keepAlive: true, keepAliveMsecs: 30_000, maxSockets: maxUnarySockets, timeout: idleSocketMs };
    this.agents = {
      unary: buildAgent(options, pooling),
      // A watch has its socket for itself, and the socket ends with it.
      stream: buildAgent(options, { keepAlive: false }),
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

function buildAgent(options: ConnectionPoolOptions, pooling: Pooling): HttpAgent {
  const { isTls, isInsecure, authorityPem, credentials, serverName, proxy } = options;
  if (!isTls) return new HttpAgent({ ...pooling, ...(proxy === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxy } }) });
  return new HttpsAgent({
    ...pooling,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: !isInsecure,
    ...(authorityPem === undefined ? {} : { ca: authorityPem }),
    ...(credentials.certificatePem === undefined ? {} : { cert: credentials.certificatePem }),
    ...(credentials.keyPem === undefined ? {} : { key: credentials.keyPem }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(proxy === undefined ? {} : { proxyEnv: { HTTPS_PROXY: proxy } }),
  });
}
