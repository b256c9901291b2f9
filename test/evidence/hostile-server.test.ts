/** Rounds of evidence against a real server that answers too much, too slowly, with nonsense, or with something else each time. */
import { expect } from 'chai';
import type { RequestListener } from 'node:http';

import { isObserved } from '../../src/core/evidence.ts';
import type { Evidence, FactName } from '../../src/core/evidence.ts';
import { EvidenceLoop } from '../../src/evidence/evidence-loop.ts';
import { ServerSet } from '../../src/evidence/server-set.ts';
import { withoutCredentials } from '../../src/kube/cluster-config.ts';
import type { ClusterConfig } from '../../src/kube/cluster-config.ts';
import { openServerAccess } from '../../src/kube/server-access.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { silentLog } from '../kube/reflector-fixture.ts';
import { closeServers, serveHttp } from '../kube/transport-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const TIMEOUT_MS = 300;
/** What one round may take: everything is asked at once, and some of it a second time after that. */
const ROUND_MS = 10 * TIMEOUT_MS;
const MEGABYTE = 1024 * 1024;
const minuteMs = 60_000;

describe('an API server that means no good', () => {
  const closing: (() => void)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) close();
    await closeServers();
  });

  async function roundsWith(listener: RequestListener) {
    const { port } = await serveHttp(listener);
    const config: ClusterConfig = {
      origin: 'test',
      server: `http://127.0.0.1:${port}`,
      isInsecure: false,
      credentials: [{ kind: 'token', token: { text: 'a-token-of-merlon' } }],
      namespace: 'default',
    };
    const options = { version: 'test', clock: systemClock, environment: {} };
    const transport = openTransport(config, options);
    const anonymous = openTransport(withoutCredentials(config), options);
    const access = openServerAccess({ transport, anonymous, handshake: undefined, timeoutMs: TIMEOUT_MS });
    const clock = new FakeClock();
    const lines: string[] = [];
    const note = (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      lines.push(`${message}: ${String(fields['source'])}`);
    };
    const seen: Evidence[] = [];
    const loop = new EvidenceLoop({
      servers: new ServerSet({
        configured: access,
        configuredAddress: `127.0.0.1:${port}`,
        find: () => Promise.resolve({ addresses: [] }),
        open: () => access,
      }),
      // What is asked once an hour is asked in each round here.
      intervals: { intervalMs: minuteMs, slowIntervalMs: 1, retryMs: minuteMs, settleMs: 1, leastMs: 1 },
      clock,
      log: { ...silentLog, info: note, warn: note, error: note },
      nonce: () => 'hostile',
      onEvidence: ([server]) => {
        seen.push(server?.evidence ?? {});
      },
    });
    closing.push(() => {
      loop.stop();
      transport.close();
      anonymous.close();
    });
    let rounds = 0;
    return {
      lines,
      /** @returns whether each of these facts is known after the round */
      round: async (...names: readonly FactName[]): Promise<readonly boolean[]> => {
        const startedAt = Date.now();
        rounds += 1;
        if (rounds === 1) await loop.start();
        else await clock.advance(minuteMs + 1_000);
        await waitUntil(() => Promise.resolve(seen.length >= rounds), { what: 'a round' });
        expect(Date.now() - startedAt).to.be.lessThan(ROUND_MS);
        return names.map((name) => isObserved<object>(seen.at(-1)?.[name]));
      },
    };
  }

  it('is told of once by source, whatever it answers, and once more when it is well', async () => {
    const chunk = Buffer.alloc(MEGABYTE / 4, 'x');
    let sent = 0;
    let isHostile = true;
    const { round, lines } = await roundsWith(({ url, headers }, response) => {
      if (headers.authorization === undefined) {
        response.writeHead(401).end();
      } else if (!isHostile) {
        if (url === '/version') response.end('{"minor":"37"}');
        else response.writeHead(403).end('{}');
      } else if (url === '/flagz') {
        const write = (): void => {
          if (response.destroyed || sent >= 600 * MEGABYTE) return void response.end();
          sent += chunk.length;
          response.write(chunk, write);
        };
        write();
      } else if (url?.startsWith('/metrics?') === true) {
        const timer = setInterval(() => response.write('apiserver_audit_level_total{level="Metadata"} 1\n'), 5);
        response.on('close', () => {
          clearInterval(timer);
        });
      } else if (url === '/version') {
        response.end('s3cret is what it says');
      } else {
        response.writeHead(403).end('{}');
      }
    });

    for (let count = 0; count < 3; count += 1) {
      expect(await round('profiling', 'auditing', 'minorVersion')).to.deep.equal([false, false, false]);
    }
    const sources = ['/flagz', '/metrics', '/version'];
    expect(lines).to.have.members(sources.map((source) => `a source of evidence is of no use: ${source}`));
    expect(sent).to.be.lessThan(150 * MEGABYTE);

    isHostile = false;
    lines.length = 0;
    expect(await round('minorVersion')).to.deep.equal([true]);
    await round();
    expect(lines).to.have.members(sources.map((source) => `a source of evidence is of use again: ${source}`));
  });

  it('that lets requests without credentials wait is unknown to take them, in time', async () => {
    const { round, lines } = await roundsWith(({ url, headers }, response) => {
      if (headers.authorization === undefined) return;
      if (url === '/version') response.end('{"minor":"37"}');
      else response.writeHead(403).end();
    });

    for (let count = 0; count < 3; count += 1) {
      expect(await round('anonymousRequests', 'anonymousAuthentication', 'minorVersion')).to.deep.equal([
        false,
        false,
        true,
      ]);
    }
    expect(lines).to.deep.equal(['a source of evidence is of no use: requests without credentials']);
  });

  it('that sends a byte of each answer now and then is waited for no longer', async () => {
    const { round, lines } = await roundsWith(({ url, headers }, response) => {
      if (url === '/version' && headers.authorization !== undefined) return void response.end('{"minor":"37"}');
      response.writeHead(200, { 'content-length': '100000' });
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => {
        clearInterval(timer);
      });
    });

    expect(await round('anonymousRequests', 'profiling', 'minorVersion')).to.deep.equal([false, false, true]);
    await round();
    expect(lines).to.include('a source of evidence is of no use: requests without credentials');
    expect(new Set(lines).size).to.equal(lines.length);
  });

  it('that answers otherwise each time is unknown to take anybody in, from the fourth time on', async () => {
    let count = 0;
    const { round, lines } = await roundsWith(({ url, headers }, response) => {
      if (headers.authorization !== undefined) {
        if (url === '/version') response.end('{"minor":"37"}');
        else response.writeHead(403).end();
        return;
      }
      // Each round begins with it.
      if (url === '/livez') count += 1;
      response.writeHead(count % 2 === 0 ? 200 : 401).end('{}');
    });

    const known: (boolean | undefined)[] = [];
    for (let rounds = 0; rounds < 6; rounds += 1) known.push((await round('anonymousAuthentication'))[0]);
    expect(known).to.deep.equal([true, true, true, false, false, false]);
    expect(lines).to.deep.equal(['a source of evidence is of no use: requests without credentials']);
  });
});
