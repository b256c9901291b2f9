/** That nothing which an API server tells in confidence leaves Merlon, whatever it answers. */
import { expect } from 'chai';

import type { Clock } from '../../src/core/clock.ts';
import { Evaluator } from '../../src/core/evaluate.ts';
import type { ServerEvidence } from '../../src/core/evidence.ts';
import { resolveParams } from '../../src/core/params.ts';
import type { Log } from '../../src/core/log.ts';
import { EvidenceLoop } from '../../src/evidence/evidence-loop.ts';
import { collectDeclared } from '../../src/evidence/declared/collect-declared.ts';
import type { DeclaredObjects } from '../../src/evidence/declared/control-plane-objects.ts';
import { ServerSet } from '../../src/evidence/server-set.ts';
import { withoutCredentials } from '../../src/kube/cluster-config.ts';
import type { ClusterConfig } from '../../src/kube/cluster-config.ts';
import { ControlPlaneWatch } from '../../src/kube/control-plane-watch.ts';
import { openServerAccess } from '../../src/kube/server-access.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { describeApiServer, printApiServer } from '../../src/report/api-server-report.ts';
import { buildPainter } from '../../src/report/terminal.ts';
import { rules } from '../../src/rules/index.ts';
import { readDeclaredObjects } from '../../src/scan/declared-objects.ts';
import { FakeCluster } from '../controller/fake-cluster.ts';
import { closeServers, serveHttp } from '../kube/transport-server.ts';
import { MARK, moods, tellSecrets, TOKEN } from './telling-server.ts';
import type { Mood, Seen } from './telling-server.ts';

const serverRules = rules.filter(({ subject }) => subject === 'APIServer');

interface Outcome {
  readonly servers: readonly ServerEvidence[];
  readonly logged: readonly string[];
  readonly seen: readonly Seen[];
}

/** What Merlon can be made to say: as the operator follows objects, or as somebody lists them. */
type Way = 'followed' | 'listed';

/** Nobody waits for long for what is never told. */
const hastyClock: Clock = {
  ...systemClock,
  setTimeout: (callback, ms) => systemClock.setTimeout(callback, Math.min(ms, 50)),
};

/** Who tells everything is waited for, also on a machine that has more to do. */
function clockFor(mood: Mood): Clock {
  return mood === 'telling' ? systemClock : hastyClock;
}

class Round {
  readonly #open: Transport[] = [];
  readonly #logged: string[] = [];
  readonly #seen: Seen[] = [];

  async run(mood: Mood, way: Way): Promise<Outcome> {
    const { port } = await serveHttp(tellSecrets(mood, this.#seen));
    const config: ClusterConfig = {
      origin: 'test',
      server: `http://127.0.0.1:${port}`,
      isInsecure: false,
      credentials: [{ kind: 'token', token: { text: TOKEN } }],
      namespace: 'default',
    };
    const transport = this.#transport(config);
    const anonymous = this.#transport(withoutCredentials(config));
    const access = openServerAccess({ transport, anonymous, handshake: undefined, hasDryRunProbes: true });
    const log = this.#log();
    const watch = new ControlPlaneWatch({ transport, clock: clockFor(mood), random: () => 0, log });
    if (way === 'followed') watch.start();
    const declared = async (): Promise<DeclaredObjects> =>
      way === 'followed'
        ? collectDeclared(await watch.read(), access.get)
        : readDeclaredObjects(transport, access.get, () => systemClock.wallTimeMs());
    const servers: ServerEvidence[] = [];
    const loop = new EvidenceLoop({
      servers: new ServerSet({
        configured: access,
        configuredAddress: access.instance,
        find: () => Promise.resolve({ addresses: [access.instance] }),
        open: () => access,
      }),
      intervals: { intervalMs: 1e6, slowIntervalMs: 1e6, retryMs: 1e6, settleMs: 1e6, leastMs: 1e6 },
      clock: systemClock,
      log,
      declared,
      nonce: () => 'n0nce',
      reviewers: () => ({ read: { mutators: [], webhooks: [] } }),
      onEvidence: (evidence) => servers.push(...evidence),
    });
    await loop.start();
    loop.stop();
    await watch.stop();
    for (const one of this.#open.splice(0)) one.close();
    return { servers, logged: this.#logged, seen: this.#seen };
  }

  #transport(config: ClusterConfig): Transport {
    const transport = openTransport(config, { version: 'test', clock: systemClock, environment: {} });
    this.#open.push(transport);
    return transport;
  }

  #log(): Log {
    const note = (message: string, fields: object = {}): void => {
      this.#logged.push(`${message} ${JSON.stringify(fields)}`);
    };
    return { debug: note, info: note, warn: note, error: note };
  }
}

interface Said {
  readonly facts: string;
  readonly posture: string;
  readonly errors: string;
  readonly findings: string;
  readonly json: string;
  readonly table: string;
}

/** The postures of the operator, and the report of `merlon api-server` in both forms. */
async function sayAll(servers: readonly ServerEvidence[]): Promise<Said> {
  const cluster = new FakeCluster(serverRules);
  cluster.putNamespace('shop');
  cluster.controller.cluster.setEvidence(servers);
  cluster.controller.start();
  await cluster.clock.advance(5_000);
  const posture = cluster.server.postures.get('cluster');
  const snapshot = cluster.controller.cluster;
  const evaluator = new Evaluator({
    ruleThrew: (_rule, error) => {
      throw error;
    },
  });
  const selected = serverRules.map((rule) => ({ rule, params: resolveParams(rule) }));
  const findings = evaluator.evaluate('cluster', selected, snapshot);
  const report = describeApiServer(findings, snapshot);
  const printed = printApiServer(report, { withFacts: true, paint: buildPainter(false), nowMs: 0 });
  return {
    facts: JSON.stringify(servers),
    posture: JSON.stringify(posture),
    errors: cluster.errors.join('\n'),
    findings: JSON.stringify(findings.map(({ message, violations }) => [message, violations])),
    json: JSON.stringify(report),
    table: [...printed].join(''),
  };
}

describe('what an API server tells in confidence', () => {
  afterEach(closeServers);

  for (const mood of moods) {
    for (const way of ['followed', 'listed'] as const) {
      it(`stays where it is while it is ${mood}, its objects ${way}`, async () => {
        const { servers, logged } = await new Round().run(mood, way);
        const said = { ...(await sayAll(servers)), log: logged.join('\n') };

        for (const [where, text] of Object.entries(said)) expect(leaksIn(text), where).to.deep.equal([]);
        expect(said.posture).to.include('api-server-always-allow');
      });
    }
  }

  for (const way of ['followed', 'listed'] as const) {
    it(`is heard at all, its objects ${way}: who says otherwise is named`, async () => {
      const { servers } = await new Round().run('telling', way);
      const { facts } = await sayAll(servers);

      for (const heard of [
        '--etcd-certfile and --etcd-keyfile are given',
        '--token-auth-file is given',
        '(Pod kube-system/kube-apiserver-a)',
        '(annotation k3s.io/node-args of node a)',
        '(ConfigMap openshift-kube-apiserver/config)',
        '(ConfigMap kube-system/kubeadm-config)',
      ]) {
        expect(facts).to.include(heard);
      }
    });
  }

  it('is never asked for with a credential by what is asked as nobody', async () => {
    const { seen } = await new Round().run('telling', 'listed');
    const asNobody = seen.filter(({ headers }) => headers.authorization === undefined);

    expect(asNobody.map(({ path }) => path)).to.deep.equal([
      'GET /livez',
      'GET /version',
      'GET /api',
      'GET /api/v1/namespaces?limit=1',
      'GET /api/v1/namespaces/kube-public/configmaps/cluster-info',
      'GET /metrics',
    ]);
    // Cookies that it set are not sent back, either.
    for (const { headers } of asNobody) expect(leaksIn(JSON.stringify(headers))).to.deep.equal([]);
    expect(seen.filter(({ headers }) => headers.cookie !== undefined)).to.deep.equal([]);
  });
});

/** Every mark once. */
function leaksIn(text: string): readonly string[] {
  return [...new Set(text.match(new RegExp(`[^"'\\s]*${MARK}[\\w-]*`, 'g')) ?? [])];
}
