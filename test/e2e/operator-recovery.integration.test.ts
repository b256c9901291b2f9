import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { bodyOf } from '../support/api-client.ts';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Churn } from './churn.ts';
import { untilGolden } from './golden-posture.ts';
import type { GoldenOptions } from './golden-posture.ts';
import { install } from './installation.ts';
import { createHardenedNamespace, cronJob, deployment, plainPod, pod, privilegedPod } from './manifests.ts';
import { operatorUser } from './operator-process.ts';
import { revoke } from './operator-role.ts';
import {
  conditionOf,
  forgerOf,
  readClusterPosture,
  readUnreadInputs,
  readPosture,
  untilLogged,
  untilPosture,
  useOperatorSuite,
} from './operator-suite.ts';
import type { PostureStatus } from '../../src/api/v1alpha1/posture-status.ts';
import { PostureWatch } from './posture-watch.ts';
import type { Posture } from './posture-watch.ts';
import { untilScanAgrees } from './scan-postures.ts';

const testTimeoutMs = 150_000;
/** Of the operator's: after so long it asks again for one of its own kinds, and for what it was forbidden to read. */
const ownKindRetryMs = 10_000;
const forbiddenRetryMs = 30_000;
const slackMs = 20_000;
/** What is known of an API server is known anew soon after it was started again. */
const oftenAsked = ['--evidence-interval', '5'];

describe('the operator recovers', function () {
  this.timeout(testTimeoutMs);
  const suite = useOperatorSuite();
  let watch: PostureWatch;
  const lies: Posture[] = [];

  before('a namespace that is never compliant, and somebody who watches', async function () {
    await createHardenedNamespace(suite.client, 'wicked');
    await suite.client.create(cronJob('wicked', 'bad', privilegedPod));
    watch = await PostureWatch.start(suite.client);
    watch.onPosture(({ posture }) => {
      if (posture.metadata.namespace === 'wicked' && posture.status?.compliant === 'True') lies.push(posture);
    });
  });
  beforeEach('time for recovery', function () {
    this.currentTest?.timeout(testTimeoutMs);
  });
  afterEach('what is wrong was never said to be fine', () => {
    expect(lies).to.deep.equal([]);
  });
  after('stop watching', () => watch.stop());

  async function untilTrue(options: GoldenOptions & { timeoutMs?: number } = {}): Promise<void> {
    await untilGolden(suite.cluster, { timeoutMs: slackMs, ...options });
  }

  describe('from kill -9', () => {
    it('right after its n-th write, while objects change', async () => {
      const churn = new Churn(await forgerOf(suite.cluster), 'killed', 1);
      try {
        for (const writes of [1, 2, 3, 5, 8, 13, 21]) {
          const operator = await suite.launchOperator();
          await operator.whileRunning(untilSeen(writes));
          await operator.kill();
        }
      } finally {
        await churn.stop();
      }
      await suite.startOperator();
      await untilTrue();
      await untilScanAgrees(suite.cluster);
    });

    it('while it reads, before it has written anything', async () => {
      const churn = new Churn(await forgerOf(suite.cluster), 'early', 2);
      try {
        for (const message of ['started', 'elected', 'everything is read or refused']) {
          const operator = await suite.launchOperator();
          await operator.whileRunning(
            waitUntil(() => operator.records.some((record) => record.message === message), { what: `"${message}"` }),
          );
          await operator.kill();
        }
      } finally {
        await churn.stop();
      }
      await suite.startOperator();
      await untilTrue();
    });
  });

  /** Waits until so many changes of postures have been seen from now on. */
  async function untilSeen(changes: number): Promise<void> {
    let seen = 0;
    const end = watch.onPosture(() => (seen += 1));
    try {
      await waitUntil(() => seen >= changes, { what: `${changes} changes of postures`, timeoutMs: 20_000 });
    } finally {
      end();
    }
  }

  describe('from an API server that', () => {
    it('was killed and has forgotten all history, while objects change', async () => {
      await suite.keepOperatorRunning(oftenAsked);
      const churn = new Churn(await forgerOf(suite.cluster), 'restarted', 3);
      try {
        await untilSeen(5);
        await suite.cluster.apiServer.kill();
        await suite.cluster.compactEtcd();
        await suite.cluster.apiServer.start();
        await untilSeen(5);
      } finally {
        await churn.stop();
      }
      await untilTrue({ timeoutMs: 60_000 });
      await untilScanAgrees(suite.cluster);
    });

    it('stood still in the midst of changes', async () => {
      await suite.keepOperatorRunning(oftenAsked);
      const churn = new Churn(await forgerOf(suite.cluster), 'frozen', 4);
      try {
        await untilSeen(5);
        await suite.cluster.apiServer.suspend();
        // Less than it takes to lose the Lease.
        await pause(3000);
        suite.cluster.apiServer.resume();
        await untilSeen(5);
      } finally {
        suite.cluster.apiServer.resume();
        await churn.stop();
      }
      await untilTrue();
    });
  });

  describe('from the loss of its own kinds', () => {
    const crds = () => suite.client.resource('apiextensions.k8s.io/v1', 'customresourcedefinitions');

    async function deleteKinds(...plurals: readonly string[]): Promise<void> {
      for (const plural of plurals) await crds().delete(`${plural}.merlon.dev`);
      const isGone = async (plural: string) => (await crds().get(`${plural}.merlon.dev`)).status === 404;
      await waitUntil(async () => (await Promise.all(plurals.map(isGone))).every(Boolean), {
        what: 'the kinds to go',
        timeoutMs: 30_000,
      });
    }

    it('once they are back, with what changed meanwhile', async () => {
      const { client, cluster } = suite;
      const operator = await suite.startOperator();
      await client.createNamespace('orphaned');
      await deleteKinds('securitypostures', 'clustersecuritypostures', 'clusterhardeningpolicies');
      const from = await cluster.readAuditPosition();
      await client.create(cronJob('orphaned', 'bad', privilegedPod));
      await client.createNamespace('late');
      expect((await operator.probe('/healthz')).status).to.equal(200);
      await install(cluster);
      await untilTrue({ timeoutMs: ownKindRetryMs + slackMs });
      // Beside that it is privileged: whom the churn of other tests lets into its pods.
      const isKnown = ({ summary }: PostureStatus): boolean => (summary?.critical ?? 0) > 0;
      const status = await untilPosture(client, 'orphaned', 'to know it', isKnown);
      expect(conditionOf(status, 'InputsComplete')?.status).to.equal('True');
      const inVain = await cluster.readAudit({ user: operatorUser, from });
      // Each posture was asked for once or twice before the kinds were known to be gone, and then no more.
      const namespaces = bodyOf('list', await client.resource('v1', 'namespaces').list()).items.length;
      const refused = inVain.filter(({ responseStatus }) => responseStatus?.code === 404);
      expect(refused.length).to.be.below(3 * namespaces);
      expect(operator.hasEnded).to.equal(false);
    });

    it('and says meanwhile that it cannot know whether a policy decides', async () => {
      const { client, cluster } = suite;
      const spec = { namespaceSelector: { matchLabels: { team: 'ruled' } }, threshold: 'critical' };
      const policy = { apiVersion: API_VERSION, kind: 'ClusterHardeningPolicy', metadata: { name: 'ruling' }, spec };
      await createHardenedNamespace(client, 'ruled', { team: 'ruled' });
      await client.apply(policy);
      await suite.startOperator();
      await untilPosture(client, 'ruled', 'to follow', ({ policy: name }) => name === 'ruling');
      await deleteKinds('clusterhardeningpolicies');
      const status = await untilPosture(client, 'ruled', 'to say so', (posture) => {
        return conditionOf(posture, 'InputsComplete')?.status === 'False';
      });
      expect(status.policy).to.equal('default');
      expect(conditionOf(status, 'InputsComplete')?.reason).to.equal('InputUnavailable');
      expect(conditionOf(status, 'InputsComplete')?.message).to.contain('does not serve clusterhardeningpolicies');
      await install(cluster);
      await client.apply(policy);
      await untilTrue({ timeoutMs: ownKindRetryMs + slackMs });
      await untilPosture(client, 'ruled', 'to follow again', ({ policy: name }) => name === 'ruling');
    });
  });

  describe('from a missing permission', () => {
    it('to read pods: what depends on them is unknown, and nothing else, until it is granted', async () => {
      const { client, cluster } = suite;
      const missing = [
        {
          source: 'Pod',
          state: 'forbidden',
          message: "listing and watching pods is forbidden; grant it to Merlon's service account",
        },
      ] as const;
      await createHardenedNamespace(client, 'podless');
      await createHardenedNamespace(client, 'deployed');
      await client.create(deployment('deployed', 'web', privilegedPod));
      await suite.keepOperatorRunning(oftenAsked);
      await untilTrue();

      const grant = await revoke(suite.client, 'pods');
      // A watch is authorized when it begins.
      await cluster.apiServer.kill();
      await cluster.apiServer.start();
      await untilTrue({ missing, timeoutMs: 60_000 });
      const podless = (await readPosture(client, 'podless'))?.status;
      expect(podless?.compliant).to.equal('Unknown');
      expect(conditionOf(podless, 'Compliant')?.reason).to.equal('UnknownAtThreshold');
      expect(conditionOf(podless, 'InputsComplete')).to.include({ status: 'False', reason: 'PermissionMissing' });
      expect(conditionOf(podless, 'InputsComplete')?.message).to.contain('pods is forbidden');
      expect(
        new Set(podless?.findings?.map(({ outcome, subject }) => `${outcome} ${subject.kind}/${subject.name}`)),
      ).to.deep.equal(new Set(['unknown Pod/*', 'unknown ServiceAccount/app', 'unknown ServiceAccount/default']));
      // What the template of a Deployment says is known all the same.
      expect((await readPosture(client, 'deployed'))?.status?.summary?.critical).to.equal(1);
      expect(await readUnreadInputs(client)).to.deep.equal(missing);

      await client.create(pod('deployed', 'shell', plainPod));
      await grant();
      await untilTrue({ timeoutMs: forbiddenRetryMs + slackMs });
      expect((await readPosture(client, 'podless'))?.status?.compliant).to.equal('True');
    });

    it('to read its own postures', async () => {
      const { client } = suite;
      await (await suite.startOperator()).stop();
      const grant = await revoke(suite.client, 'securitypostures');
      await client.createNamespace('unseen');
      const operator = await suite.launchOperator();
      await operator.whileRunning(untilLogged(operator, 'everything is read or refused'));
      await client.create(cronJob('unseen', 'bad', privilegedPod));
      await grant();
      await untilTrue({ timeoutMs: ownKindRetryMs + slackMs });
    });

    it('to read how the API server was started: what nothing else shows is unknown', async () => {
      const grant = await revoke(suite.client, '/flagz');
      try {
        await suite.startOperator();
        const status = await waitUntil(
          async () => {
            const posture = await readClusterPosture(suite.client);
            return posture?.status?.apiServer === 'Partial' && posture.status;
          },
          { what: 'the posture of the cluster to say so' },
        );
        const outcomeOf = (id: string) => status.findings?.find(({ rule }) => rule === id)?.outcome;
        expect(outcomeOf('api-server-static-credentials')).to.equal('unknown');
        // Access reviews tell that one.
        expect(outcomeOf('api-server-always-allow')).to.equal(undefined);
        const inputs = status.conditions?.find(({ type }) => type === 'InputsComplete');
        expect(inputs?.status).to.equal('False');
        expect(inputs?.message).to.contain('staticTokenFile').and.to.contain('grant get on the URL /flagz');
        expect(status.compliant).not.to.equal('True');
      } finally {
        await grant();
      }
    });
  });
});
