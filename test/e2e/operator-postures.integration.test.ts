import { expect } from 'chai';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { pendingPostureConditions } from '../../src/api/v1alpha1/conditions.ts';
import type { SecurityPosture } from '../../src/api/v1alpha1/security-posture.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient } from '../support/api-client.ts';
import type { ResourceClient } from '../support/resource-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ENFORCE, levelSpecs, mutatingWebhook } from './advised-level.ts';
import { untilGolden } from './golden-posture.ts';
import {
  createHardenedNamespace,
  cronJob,
  deployment,
  forbidPostures,
  hardenedPod,
  plainPod,
  pod,
  privilegedPod,
} from './manifests.ts';
import type { OperatorProcess } from './operator-process.ts';
import {
  conditionOf,
  readClusterPosture,
  readUnreadInputs,
  readPosture,
  readWrites,
  untilPosture,
  useOperatorSuite,
  forgerOf,
} from './operator-suite.ts';

describe('the postures that the operator writes', () => {
  const suite = useOperatorSuite({ operatorsEndAfter: 'all tests' });
  let operator: OperatorProcess;
  let bornByHand: SecurityPosture;
  let forger: ApiClient;

  const posturesIn = (namespace: string): ResourceClient<SecurityPosture> =>
    forger.resource<SecurityPosture>(API_VERSION, 'securitypostures', namespace);
  const namespaces = () => suite.client.resource('v1', 'namespaces');

  /** Waits until what was done before to namespaces and postures has been seen, and answered. */
  let marks = 0;
  async function untilCaughtUp(): Promise<void> {
    const namespace = `mark-${(marks += 1)}`;
    await suite.client.createNamespace(namespace);
    await untilPosture(suite.client, namespace, 'to be judged', ({ compliant }) => compliant === 'True');
    await posturesIn(namespace).patchStatus('current', { policy: 'forged' });
    await untilPosture(suite.client, namespace, 'to be put right', ({ policy }) => policy === 'default');
    await untilGolden(suite.cluster);
  }

  before('a posture by hand, then the operator', async function () {
    this.timeout(60_000);
    forger = await forgerOf(suite.cluster);
    await createHardenedNamespace(suite.client, 'early');
    const created = await posturesIn('early').create({ kind: 'SecurityPosture', metadata: { name: 'current' } });
    bornByHand = bodyOf('create a posture by hand', created);
    operator = await suite.startOperator();
  });

  it('say from birth that nobody has judged yet', () => {
    expect(bornByHand.status).to.deep.equal({ conditions: pendingPostureConditions });
    expect(
      pendingPostureConditions.map(({ type, status, reason, lastTransitionTime }) => [
        type,
        status,
        reason,
        lastTransitionTime,
      ]),
    ).to.deep.equal([
      ['Ready', 'Unknown', 'Pending', '1970-01-01T00:00:00Z'],
      ['Compliant', 'Unknown', 'Pending', '1970-01-01T00:00:00Z'],
      ['InputsComplete', 'Unknown', 'Pending', '1970-01-01T00:00:00Z'],
      ['Remediated', 'Unknown', 'Pending', '1970-01-01T00:00:00Z'],
    ]);
  });

  it('are judged, also where somebody else created them', async () => {
    const status = await untilPosture(suite.client, 'early', 'to be judged', ({ compliant }) => compliant === 'True');
    expect(
      status.conditions?.map((condition) => `${condition.type} ${condition.status} ${condition.reason}`),
    ).to.deep.equal([
      'Ready True EvaluationSucceeded',
      'Compliant True NoFindingsAtThreshold',
      'InputsComplete True AllInputsRead',
      'Remediated False Disabled',
    ]);
    for (const { lastTransitionTime } of status.conditions ?? []) expect(Date.parse(lastTransitionTime)).to.be.above(0);
  });

  it('are there for every namespace, and one for the cluster', async () => {
    const names = bodyOf('list', await namespaces().list()).items.map(({ metadata }) => metadata.name);
    const owners = bodyOf('list', await suite.client.resource(API_VERSION, 'securitypostures').list()).items;
    expect(owners.map(({ metadata }) => metadata.namespace)).to.have.members(names);
    expect((await readClusterPosture(suite.client))?.status?.namespaces?.total).to.equal(names.length);
  });

  it('count exactly', async () => {
    const { client } = suite;
    await client.createNamespace('counted');
    await client.create(cronJob('counted', 'good', { ...hardenedPod, serviceAccountName: 'app' }));
    await client.create(cronJob('counted', 'plain', plainPod));
    await client.create(cronJob('counted', 'bad', privilegedPod));
    await client.create(cronJob('counted', 'windows', { ...plainPod, os: { name: 'windows' } }));
    const status = await untilPosture(client, 'counted', 'to know all four', ({ summary }) => summary?.subjects === 6);
    // Beside the four: the namespace itself and its default service account.
    expect(status.summary).to.deep.equal({
      critical: 1,
      high: 2,
      medium: 3 + 4 + 2 + 2,
      low: 2 + 6 + 5 + 2,
      info: 1 + 1,
      pass: 32 + 22 + 21 + 22 + 2,
      notApplicable: 10 + 5,
      unknown: 0,
      exempt: 0,
      subjects: 6,
    });
    expect(status.findings).to.have.lengthOf(1 + 2 + 11 + 15 + 2);
    expect(status.omittedFindings).to.equal(0);
    expect(conditionOf(status, 'Compliant')?.message).to.equal('1 critical, 2 high, 11 medium, 15 low, 2 info');
  });

  it('list the two hundred worst findings and say how many more there are', async () => {
    const { client } = suite;
    await client.createNamespace('crowded');
    await Promise.all(
      Array.from({ length: 70 }, (_, index) => client.create(cronJob('crowded', `job-${index}`, plainPod))),
    );
    const status = await untilPosture(client, 'crowded', 'to know all', ({ summary }) => summary?.subjects === 72);
    expect(status.summary).to.include({ critical: 0, high: 70, medium: 70 * 3 + 2, low: 70 * 6, info: 70 });
    expect(status.findings).to.have.lengthOf(200);
    expect(status.findings?.filter(({ severity }) => severity === 'high')).to.have.lengthOf(70);
    expect(status.omittedFindings).to.equal(70 + 70 * 3 + 2 + 70 * 6 + 70 - 200);
  });

  it('follow what changes', async () => {
    const { client } = suite;
    await createHardenedNamespace(client, 'lively');
    await untilPosture(client, 'lively', 'to be good', ({ compliant }) => compliant === 'True');
    await client.apply(deployment('lively', 'web', privilegedPod));
    await untilPosture(client, 'lively', 'to show it', ({ summary }) => summary?.critical === 1);
    await client.apply(deployment('lively', 'web', hardenedPod));
    await untilPosture(client, 'lively', 'to be good again', ({ compliant }) => compliant === 'True');
  });

  it('advise a Pod Security level, which follows workloads, labels, and what changes pods on their way in', async () => {
    const { client } = suite;
    const advised = (level: string, enforced: string) =>
      untilPosture(client, 'advised', `to be ready for ${level} where ${enforced} is enforced`, ({ podSecurity }) => {
        return podSecurity?.ready === level && podSecurity.enforced === enforced;
      });
    await client.createNamespace('advised');
    await client.create(cronJob('advised', 'nightly', levelSpecs.baseline));
    const { podSecurity } = await advised('baseline', 'unknown');
    expect(podSecurity?.command).to.match(
      /^kubectl label namespace advised pod-security\.kubernetes\.io\/enforce=baseline /,
    );
    await namespaces().patch('advised', { metadata: { labels: { [ENFORCE]: 'baseline' } } });
    expect((await advised('baseline', 'baseline')).podSecurity).not.to.have.property('command');
    await client.create(mutatingWebhook('advised'));
    await advised('unknown', 'baseline');
    await client.resource('admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations').delete('inject-advised');
    await advised('baseline', 'baseline');
  });

  it('go with their namespace, without noise', async () => {
    const { client, cluster } = suite;
    await client.createNamespace('passing');
    await client.create(deployment('passing', 'web', plainPod, 2));
    await untilPosture(client, 'passing', 'to know it', ({ summary }) => summary?.subjects === 3);
    const from = await cluster.readAuditPosition();
    await namespaces().delete('passing');
    await waitUntil(async () => (await namespaces().get('passing')).status === 404, {
      what: 'the namespace to go',
      timeoutMs: 30_000,
    });
    await untilGolden(cluster);
    const refused = (await readWrites(cluster, from)).filter(
      ({ responseStatus }) => (responseStatus?.code ?? 0) >= 400,
    );
    // A write that was under way when the namespace went.
    expect(refused.length).to.be.below(3);
    expect(operator.records.filter(({ scope }) => scope === 'namespace/passing')).to.deep.equal([]);
  });

  it('are left alone while their namespace is on its way out', async () => {
    const { client, cluster } = suite;
    await client.createNamespace('stuck');
    await client.create(cronJob('stuck', 'bad', privilegedPod));
    const keeper = { name: 'keeper', namespace: 'stuck', finalizers: ['example.org/keep'] };
    await client.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: keeper });
    await untilPosture(client, 'stuck', 'to know it', ({ summary }) => summary?.critical === 1);
    await namespaces().delete('stuck');
    await waitUntil(async () => (await readPosture(client, 'stuck')) === undefined, {
      what: 'the posture to go',
      timeoutMs: 30_000,
    });
    await untilGolden(cluster);
    const from = await cluster.readAuditPosition();
    await namespaces().patch('stuck', { metadata: { labels: { team: 'ghosts' } } });
    await untilCaughtUp();
    expect((await readWrites(cluster, from)).map(({ objectRef }) => objectRef?.namespace)).not.to.include('stuck');
    const status = (await readClusterPosture(client))?.status;
    expect(conditionOf(status, 'InputsComplete')?.status).to.equal('True');
    expect(await readUnreadInputs(client)).to.deep.equal([]);

    await client.resource('v1', 'configmaps', 'stuck').patch('keeper', { metadata: { finalizers: null } });
    expect(operator.records.filter(({ scope }) => scope === 'namespace/stuck')).to.deep.equal([]);
  });

  it('come back where somebody deletes them, and remember since when they say what they say', async () => {
    const { client, cluster } = suite;
    await createHardenedNamespace(client, 'deleted');
    const status = await untilPosture(client, 'deleted', 'to be judged', ({ summary }) => summary?.subjects === 3);
    const from = await cluster.readAuditPosition();
    const { metadata } = bodyOf('delete', await posturesIn('deleted').delete('current'));
    const back = await waitUntil(
      async () => {
        const posture = await readPosture(client, 'deleted');
        return posture?.metadata.uid !== metadata.uid && posture?.status?.compliant === 'True' && posture;
      },
      { what: 'the posture to come back' },
    );
    expect(back.status).to.deep.equal(status);
    await untilCaughtUp();
    const writes = (await readWrites(cluster, from)).filter(({ objectRef }) => objectRef?.namespace === 'deleted');
    expect(writes.map(({ verb }) => verb)).to.deep.equal(['create', 'update']);
  });

  describe('are put right with one write, and then left alone, where somebody edits', () => {
    const old = '2020-01-01T00:00:00Z';
    const forgeries: readonly { readonly what: string; readonly forge: (status: Status) => object | null }[] = [
      { what: 'the verdict', forge: () => ({ compliant: 'True' }) },
      { what: 'a count', forge: ({ summary }) => ({ summary: { ...summary, critical: 0 } }) },
      {
        what: 'a condition',
        forge: ({ conditions = [] }) => ({ conditions: conditions.map((one) => ({ ...one, status: 'True' })) }),
      },
      {
        what: 'in another condition',
        forge: ({ conditions = [] }) => ({
          conditions: [...conditions, { ...conditions[0], type: 'Approved', reason: 'Waived' }],
        }),
      },
      {
        what: 'in an optional field of a condition',
        forge: ({ conditions = [] }) => ({ conditions: conditions.map((one) => ({ ...one, observedGeneration: 7 })) }),
      },
      {
        what: 'in an optional field of a finding',
        forge: ({ findings = [] }) => ({ findings: findings.map((one) => ({ ...one, omittedViolations: 3 })) }),
      },
      { what: 'the findings away', forge: () => ({ findings: null }) },
      { what: 'the order of the findings', forge: ({ findings = [] }) => ({ findings: findings.toReversed() }) },
      { what: 'the policy', forge: () => ({ observedPolicies: [{ kind: 'Any', name: 'any', generation: 1 }] }) },
      { what: 'the time of the verdict', forge: () => ({ changedTime: old }) },
      { what: 'the time of the verdict away', forge: () => ({ changedTime: null }) },
      {
        what: 'the times of the conditions',
        forge: ({ conditions = [] }) => ({
          conditions: conditions.map((one) => ({ ...one, lastTransitionTime: old })),
        }),
      },
      { what: 'everything away', forge: () => null },
    ];

    for (const [index, { what, forge }] of forgeries.entries()) {
      it(what, async () => {
        await createForged(`forged-${index}`);
        await expectPutRight(`forged-${index}`, forge);
      });
    }

    it('the times, also after a restart in which nothing had to be written', async () => {
      await createForged('forged');
      await untilGolden(suite.cluster);
      await operator.stop();
      operator = await suite.startOperator();
      await expectPutRight('forged', () => ({ changedTime: old }));
    });

    type Status = NonNullable<SecurityPosture['status']>;
    /** Something to hide. */
    async function createForged(namespace: string): Promise<void> {
      await suite.client.createNamespace(namespace);
      await suite.client.create(cronJob(namespace, 'bad', privilegedPod));
      await suite.client.create(pod(namespace, 'shell', plainPod));
    }

    async function expectPutRight(namespace: string, forge: (status: Status) => object | null): Promise<void> {
      const { client, cluster } = suite;
      await untilPosture(client, namespace, 'to be judged', ({ summary }) => summary?.subjects === 4);
      // What else its birth brings is written, too.
      await untilCaughtUp();
      const truth = await untilPosture(client, namespace, 'to be there', () => true);
      const from = await cluster.readAuditPosition();
      const forged = await posturesIn(namespace).patch('current', { status: forge(truth) }, 'merge', {
        subresource: 'status',
      });
      expect(bodyOf('forge', forged).status).not.to.deep.equal(truth);
      await untilPosture(client, namespace, 'to be put right', (status) => {
        expect(status).to.deep.equal(truth);
      });
      await untilCaughtUp();
      const writes = (await readWrites(cluster, from)).filter(({ objectRef }) => objectRef?.namespace === namespace);
      expect(writes.map(({ verb, responseStatus }) => `${verb} ${responseStatus?.code}`)).to.deep.equal(['update 200']);
    }
  });

  it('are put right ever later where somebody edits them again and again', async () => {
    const { client, cluster } = suite;
    await client.createNamespace('contested');
    await untilPosture(client, 'contested', 'to be judged', ({ compliant }) => compliant === 'True');
    const from = await cluster.readAuditPosition();
    for (let forgery = 0; forgery < 8; forgery += 1) {
      await posturesIn('contested').patchStatus('current', { compliant: 'False' });
      await untilPosture(client, 'contested', 'to be put right', ({ compliant }) => compliant === 'True');
    }
    const writes = (await readWrites(cluster, from)).filter(({ objectRef }) => objectRef?.namespace === 'contested');
    expect(writes).to.have.lengthOf(8);
    const times = writes.map(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp));
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses.at(-1), pauses.join(', ')).to.be.above(4 * (pauses[0] ?? 0));
  });

  it('of the cluster is put right in the same way', async () => {
    const { client, cluster } = suite;
    await untilGolden(cluster);
    const truth = (await readClusterPosture(client))?.status;
    const from = await cluster.readAuditPosition();
    const postures = forger.resource(API_VERSION, 'clustersecuritypostures');
    bodyOf('forge', await postures.patchStatus('cluster', { namespacesCompliant: '99/99', inputs: null }));
    await waitUntil(
      async () => {
        expect((await readClusterPosture(client))?.status).to.deep.equal(truth);
        return true;
      },
      { what: 'the posture of the cluster to be put right' },
    );
    const writes = (await readWrites(cluster, from)).filter(
      ({ objectRef }) => objectRef?.resource === 'clustersecuritypostures',
    );
    expect(writes).to.have.lengthOf(1);
  });

  it('are named in that of the cluster where a quota refuses them, until it does not', async () => {
    const { client, cluster } = suite;
    await client.createNamespace('full');
    const quotas = client.resource('v1', 'resourcequotas', 'full');
    await forbidPostures(client, 'full');
    await posturesIn('full').delete('current');
    const refusals = async () =>
      (await readClusterPosture(client))?.status?.inputs?.filter(({ state }) => state === 'refused') ?? [];
    const [refusal] = await waitUntil(
      async () => {
        const found = await refusals();
        return found.length > 0 && found;
      },
      { what: 'the posture of the cluster to name the refusal' },
    );
    expect(refusal?.source).to.equal('SecurityPosture namespace/full');
    expect(refusal?.message).to.contain('exceeded quota: no-postures', refusal?.message);
    await untilGolden(cluster, { refusals: [['namespace/full', refusal?.message ?? '']], without: ['full'] });

    await quotas.delete('no-postures');
    await client.create(cronJob('full', 'report', plainPod));
    await untilPosture(client, 'full', 'to be back', ({ summary }) => summary?.subjects === 3);
    await waitUntil(async () => (await refusals()).length === 0, { what: 'the refusal to be forgotten' });
    await untilGolden(cluster);
  });
});
