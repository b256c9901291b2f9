/** Stands between an operator and the API server, counts writes, and lets a test strike before or after the nth of them. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { issueServerCertificate } from '../support/certificates.ts';
import type { Cluster } from '../support/cluster.ts';

export interface Strike {
  /** From 1. */
  readonly write: number;
  /** Before the API server has seen it, or when it has answered and the operator does not know it yet. */
  readonly when: 'before' | 'after';
  /** Resolves when the operator is dead. */
  readonly kill: () => Promise<void>;
}

export class WriteGate {
  readonly url: string;
  /** Method and path of each write so far. */
  readonly writes: string[] = [];
  readonly #server: Server;
  readonly #cluster: Cluster;
  readonly #counts: (path: string) => boolean;
  #strike: Strike | undefined;

  /** @param counts whether a write to that path, its query included, is one of those that are counted */
  static async open(cluster: Cluster, counts: (path: string) => boolean): Promise<WriteGate> {
    const privateKeyPem = await readFile(join(cluster.dir, 'ca.key'), 'utf8');
    const authority = { certificatePem: cluster.caPem, privateKeyPem };
    const certificate = await issueServerCertificate(authority, { dns: [], ip: ['127.0.0.1'] });
    const server = createServer({ cert: certificate.certificatePem, key: certificate.privateKeyPem });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new WriteGate(cluster, server, counts);
  }

  private constructor(cluster: Cluster, server: Server, counts: (path: string) => boolean) {
    this.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#cluster = cluster;
    this.#server = server;
    this.#counts = counts;
    server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
      // A connection that ends with the operator is what this is for.
      this.#forward(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  strikeAt(strike: Strike): void {
    this.#strike = strike;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming;
    const isWrite = method !== 'GET' && this.#counts(url);
    if (isWrite) this.writes.push(`${method} ${url}`);
    const strike = isWrite && this.writes.length === this.#strike?.write ? this.#strike : undefined;
    if (strike?.when === 'before') {
      await strike.kill();
      return;
    }
    const target = request(this.#cluster.url + url, { method, headers, ca: this.#cluster.caPem });
    incoming.pipe(target);
    outgoing.on('close', () => target.destroy());
    const [answer] = (await once(target, 'response')) as [IncomingMessage];
    if (strike !== undefined) {
      await strike.kill();
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.on('error', () => outgoing.destroy());
    answer.pipe(outgoing);
  }
}
