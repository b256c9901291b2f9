/** Whole rounds of evidence against real HTTPS servers that count what they are asked: docs/api-server.md says how much it is. */
import { expect } from 'chai';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import { probeGuardBindingSpec, probeGuardSpec } from '../../src/core/probe-guard.ts';
import { collectDeclared } from '../../src/evidence/declared/collect-declared.ts';
import { EvidenceLoop } from '../../src/evidence/evidence-loop.ts';
import type { ProbePod } from '../../src/evidence/probe-pods.ts';
import type { ClusterConfig } from '../../src/kube/cluster-config.ts';
import { openServerSet } from '../../src/kube/server-instances.ts';
import { openTransport } from '../../src/kube/transport.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { silentLog } from '../kube/reflector-fixture.ts';
import { closeServers, serveHttps } from '../kube/transport-server.ts';
import { createCertificateAuthority, issueServerCertificate } from '../support/certificates.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { waitUntil } from '../support/wait-until.ts';
import { answerTrial } from './fake-server.ts';

const minuteMs = 60_000;
const MAX_EACH = 15;
const MAX_BESIDES = 20;

/** What is not about one API server, but about the cluster: read anywhere, and tried at some of them. */
const besides: readonly RegExp[] = [
  /^GET \/apis\/discovery\.k8s\.io\/v1\/namespaces\/default\/endpointslices\/kubernetes$/,
  /^GET \/api\/v1\/namespaces\/kube-system\/configmaps\/extension-apiserver-authentication$/,
  /^GET \/apis\/admissionregistration\.k8s\.io\/v1\/validatingadmissionpolic/,
  /^POST \/api\/v1\/namespaces\/merlon-probes\/pods\?dryRun=All$/,
];

type Answer = (request: IncomingMessage, body: string) => { readonly status: number; readonly body: string };

/** Refuses what it can: then as much is asked as ever is. */
const refusing: Answer = ({ method, url = '' }, body) => {
  if (method === 'POST' && url.includes('/pods?')) return answerTrial(JSON.parse(body) as ProbePod);
  if (url.includes('/validatingadmissionpolic')) {
    const spec = url.includes('bindings/') ? probeGuardBindingSpec : probeGuardSpec;
    return { status: 200, body: JSON.stringify({ spec }) };
  }
  return url === '/version' ? { status: 200, body: '{"minor":"37"}' } : { status: 403, body: '{}' };
};

interface Counted {
  /** By address, what one API server was asked of itself. */
  readonly each: Map<string, string[]>;
  readonly besides: string[];
}

describe('a whole round of evidence', () => {
  const closing: (() => void)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) close();
    await closeServers();
  });

  /** Rounds with so many API servers, all of which the cluster names. @returns what they were asked since the last look */
  async function rounds(count: number, answer: Answer) {
    const authority = await createCertificateAuthority();
    const { certificatePem, privateKeyPem } = await issueServerCertificate(authority, {
      dns: ['kubernetes.default.svc'],
      ip: ['127.0.0.1'],
    });
    let counted: Counted = { each: new Map(), besides: [] };
    const hosts = Array.from({ length: count }, (_, index) => `127.0.0.${index + 1}`);
    let port = 0;
    const respond = async (host: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const asked = `${request.method ?? ''} ${request.url ?? ''}`;
      const body = await text(request);
      if (besides.some((pattern) => pattern.test(asked))) counted.besides.push(asked);
      else counted.each.set(host, [...(counted.each.get(host) ?? []), asked]);
      if (asked.includes('/endpointslices/')) {
        const endpoints = [{ addresses: hosts }];
        response.end(JSON.stringify({ endpoints, ports: [{ name: 'https', port }] }));
        return;
      }
      const { status, body: said } = answer(request, body);
      response.writeHead(status).end(said);
    };
    for (const host of hosts) {
      const started = await serveHttps(
        { cert: certificatePem, key: privateKeyPem },
        (request, response) => void respond(host, request, response),
        undefined,
        { host, port },
      );
      port = started.port;
    }
    const config: ClusterConfig = {
      origin: 'test',
      server: `https://127.0.0.1:${port}`,
      certificateAuthority: { text: authority.certificatePem },
      isInsecure: false,
      credentials: [{ kind: 'token', token: { text: 'a-token-of-merlon' } }],
      namespace: 'default',
    };
    const transportOptions = { version: 'test', clock: systemClock, environment: {} };
    const transport = openTransport(config, transportOptions);
    const servers = openServerSet({
      config,
      transport,
      transportOptions,
      hasAnonymousProbe: true,
      hasDryRunProbes: true,
      endpoints: [],
      isInCluster: true,
    });
    const clock = new FakeClock();
    let seen = 0;
    const loop = new EvidenceLoop({
      servers,
      intervals: {
        intervalMs: 10 * minuteMs,
        slowIntervalMs: 60 * minuteMs,
        retryMs: minuteMs,
        settleMs: 3_000,
        leastMs: 30_000,
      },
      clock,
      log: silentLog,
      declared: () =>
        collectDeclared({ pods: { read: [] }, nodes: { read: [] }, kubeadm: undefined }, servers.configured.get),
      nonce: () => 'budget',
      reviewers: () => ({ read: { mutators: [], webhooks: [] } }),
      onEvidence: () => {
        seen += 1;
      },
    });
    closing.push(() => {
      loop.stop();
      transport.close();
    });
    return {
      start: () => loop.start(),
      /** Lets the next round come, and waits for its end. */
      next: async () => {
        const before = seen;
        await clock.advance(10 * minuteMs + 1_000);
        await waitUntil(() => Promise.resolve(seen > before), { what: 'a round' });
      },
      take: (): Counted => {
        const taken = counted;
        counted = { each: new Map(), besides: [] };
        return taken;
      },
    };
  }

  function sizes({ each }: Counted): readonly number[] {
    return [...each.values()].map(({ length }) => length);
  }

  it('asks one API server 15 times at most, with pods that are tried and what is asked once an hour', async () => {
    const { start, next, take } = await rounds(1, refusing);
    await start();
    const first = take();
    expect(sizes(first)).to.deep.equal([MAX_EACH]);
    // One to find the API servers, one of client authorities, two of the guard, four pods.
    expect(first.besides).to.have.length(8);
    await next();
    const second = take();
    expect(sizes(second)).to.deep.equal([9]);
    expect(second.besides).to.have.length(8);
  });

  it('asks two and three as much each, and besides no more for the guard', async () => {
    for (const [count, together] of [
      [2, 12],
      [3, 16],
    ] as const) {
      const { start, take } = await rounds(count, refusing);
      await start();
      const counted = take();
      expect(sizes(counted)).to.deep.equal(Array.from({ length: count }, () => MAX_EACH));
      expect(counted.besides).to.have.length(together);
      expect(together).to.be.at.most(MAX_BESIDES);
    }
  });

  it('tries pods at three of five', async () => {
    const { start, next, take } = await rounds(5, refusing);
    await start();
    await next();
    await next();
    const counted = take();
    expect(Math.max(...sizes(counted))).to.equal(MAX_EACH + 9 + 9);
    expect(counted.besides).to.have.length(3 * 16);
  });

  it('asks nothing twice of who answers that nobody may ask, that he is busy, or that he fails', async () => {
    for (const status of [401, 429, 500, 503]) {
      const { start, take } = await rounds(2, () => ({ status, body: '' }));
      await start();
      const counted = take();
      expect(sizes(counted)).to.have.length(2);
      for (const length of sizes(counted)) expect(length, String(status)).to.be.at.most(MAX_EACH);
      expect(counted.besides.length, String(status)).to.be.at.most(MAX_BESIDES);
      await closeServers();
    }
  });
});
