import { expect } from 'chai';
import type {
  ClusterHardeningPolicy,
  ClusterHardeningPolicySpec,
} from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { buildDefaultPolicy } from '../../src/core/policy-merge.ts';
import { rules } from '../../src/rules/index.ts';
import { bodyOf } from '../support/api-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import { untilGolden } from './golden-posture.ts';
import { createHardenedNamespace, cronJob, plainPod } from './manifests.ts';
import type { OperatorProcess } from './operator-process.ts';
import { conditionOf, readClusterPosture, untilPosture, useOperatorSuite } from './operator-suite.ts';
import { untilScanAgrees } from './scan-postures.ts';

type PolicyStatus = NonNullable<ClusterHardeningPolicy['status']>;

describe('a policy', () => {
  const suite = useOperatorSuite({ operatorsEndAfter: 'all tests' });
  const builtIn = buildDefaultPolicy(rules);
  let operator: OperatorProcess;

  before('an operator', async function () {
    this.timeout(60_000);
    operator = await suite.startOperator();
  });
  afterEach('all postures follow the policies that are there', () => untilGolden(suite.cluster));

  const policies = () => suite.client.resource<ClusterHardeningPolicy>(API_VERSION, 'clusterhardeningpolicies');
  const apply = async (name: string, spec: ClusterHardeningPolicySpec) =>
    bodyOf(
      'apply a policy',
      await policies().apply(name, { kind: 'ClusterHardeningPolicy', metadata: { name }, spec }),
    );
  const selecting = (team: string) => ({ namespaceSelector: { matchLabels: { team } } });

  /** One plain workload: one failure of severity high, three of severity medium, five low. */
  async function createTeam(team: string): Promise<void> {
    await createHardenedNamespace(suite.client, team, { team });
    await suite.client.create(cronJob(team, 'report', plainPod));
    await untilPosture(suite.client, team, 'to know its workload', ({ summary }) => summary?.high === 1);
  }

  async function untilStatus(
    name: string,
    what: string,
    condition: (status: PolicyStatus) => boolean,
  ): Promise<PolicyStatus> {
    return waitUntil(
      async () => {
        const { status } = bodyOf('read a policy', await policies().get(name));
        if (status === undefined || !condition(status)) throw new Error(JSON.stringify(status));
        return status;
      },
      { what: `policy "${name}" ${what}` },
    );
  }
  const untilRefused = (name: string) =>
    untilStatus(name, 'to be refused', (status) => conditionOf(status, 'Ready')?.status === 'False');

  async function restartAfterKill(): Promise<void> {
    await operator.kill();
    operator = await suite.startOperator();
  }

  describe('where there is none', () => {
    it('is the built-in one: every rule, and nothing of severity high may fail', async () => {
      await createTeam('nobody');
      const status = await untilPosture(
        suite.client,
        'nobody',
        'to be judged',
        ({ compliant }) => compliant === 'False',
      );
      expect(status).to.include({ policy: 'default', threshold: 'high' });
      expect(status.observedPolicies).to.deep.equal([]);
    });
  });

  it('decides for the namespaces that it selects, and for no other', async () => {
    await createTeam('select');
    await createTeam('select-not');
    const { metadata } = await apply('select', { ...selecting('select'), threshold: 'critical' });
    const status = await untilPosture(suite.client, 'select', 'to follow', ({ policy }) => policy === 'select');
    expect(status).to.include({ compliant: 'True', threshold: 'critical' });
    expect(status.observedPolicies).to.deep.equal([
      { kind: 'ClusterHardeningPolicy', name: 'select', generation: metadata['generation'] },
    ]);
    const other = await untilPosture(suite.client, 'select-not', 'to be there', () => true);
    expect(other).to.include({ compliant: 'False', policy: 'default' });
    const own = await untilStatus('select', 'to be counted', ({ matchedNamespaces }) => matchedNamespaces === 1);
    expect(own.rules).to.equal(builtIn.rules.length);
    expect(conditionOf(own, 'Ready')).to.include({ status: 'True', reason: 'Accepted', observedGeneration: 1 });
  });

  it('follows the labels of a namespace', async () => {
    await createTeam('moving');
    await apply('moving', { ...selecting('arrived'), threshold: 'critical' });
    const namespaces = suite.client.resource('v1', 'namespaces');
    await namespaces.patch('moving', { metadata: { labels: { team: 'arrived' } } });
    await untilPosture(suite.client, 'moving', 'to follow', ({ policy }) => policy === 'moving');
    await namespaces.patch('moving', { metadata: { labels: { team: null } } });
    await untilPosture(suite.client, 'moving', 'to follow no more', ({ policy }) => policy === 'default');
  });

  it('decides for no namespace any more when it is deleted', async () => {
    await createTeam('short');
    await apply('short', { ...selecting('short'), threshold: 'critical' });
    await untilPosture(suite.client, 'short', 'to follow', ({ compliant }) => compliant === 'True');
    await policies().delete('short');
    await untilPosture(
      suite.client,
      'short',
      'to follow no more',
      ({ compliant, policy }) => compliant === 'False' && policy === 'default',
    );
  });

  it('disables a rule', async () => {
    await createTeam('disable');
    await apply('disable', {
      ...selecting('disable'),
      rules: [{ rule: 'pod-privilege-escalation', state: 'Disabled' }],
    });
    const status = await untilPosture(suite.client, 'disable', 'to follow', ({ compliant }) => compliant === 'True');
    expect(status.summary).to.include({ high: 0, medium: 3 });
    expect((await untilStatus('disable', 'to be counted', () => true)).rules).to.equal(builtIn.rules.length - 1);
  });

  it('selects nothing but the rules that it names', async () => {
    await createTeam('only');
    await apply('only', { ...selecting('only'), profile: 'none', rules: [{ rule: 'pod-run-as-non-root' }] });
    const status = await untilPosture(suite.client, 'only', 'to follow', ({ policy }) => policy === 'only');
    expect(status.findings?.map(({ rule }) => rule)).to.deep.equal(['pod-run-as-non-root']);
    expect(status.summary).to.include({ high: 0, medium: 1, pass: 0, subjects: 1 });
  });

  it('overrides a severity, and judges by its own threshold', async () => {
    await createTeam('severe');
    const severe = { ...selecting('severe'), rules: [{ rule: 'pod-run-as-non-root', severity: 'critical' }] } as const;
    await apply('severe', { ...severe, threshold: 'critical' });
    const status = await untilPosture(suite.client, 'severe', 'to follow', ({ policy }) => policy === 'severe');
    expect(status.summary).to.include({ critical: 1, high: 1, medium: 2, low: 5 });
    expect(status).to.include({ compliant: 'False', threshold: 'critical' });
    await apply('severe', {
      ...severe,
      rules: [{ rule: 'pod-run-as-non-root', severity: 'low' }],
      threshold: 'critical',
    });
    await untilPosture(
      suite.client,
      'severe',
      'to follow',
      ({ compliant, summary }) => compliant === 'True' && summary?.low === 6,
    );
  });

  it('sets a parameter of a rule, and enables one that is not in force everywhere', async () => {
    await createTeam('params');
    await apply('params', {
      ...selecting('params'),
      profile: 'none',
      rules: [
        { rule: 'pod-image-tag', params: { forbidden: ['1'] } },
        { rule: 'pod-image-registry', params: { allowed: ['registry.example'] } },
      ],
    });
    const status = await untilPosture(suite.client, 'params', 'to follow', ({ policy }) => policy === 'params');
    expect(status.findings?.map(({ rule, outcome }) => `${outcome} ${rule}`)).to.deep.equal(['fail pod-image-tag']);
    expect(status.summary).to.include({ pass: 1, subjects: 1 });
  });

  it('of higher priority decides, of equal ones the first by name', async () => {
    await createTeam('contested');
    await apply('contest-b', { ...selecting('contested'), priority: 5 });
    await apply('contest-c', { ...selecting('contested'), priority: 5 });
    await untilPosture(suite.client, 'contested', 'to follow b', ({ policy }) => policy === 'contest-b');
    await apply('contest-a', { ...selecting('contested'), priority: 4 });
    await apply('contest-d', { ...selecting('contested'), priority: 6 });
    await untilPosture(suite.client, 'contested', 'to follow d', ({ policy }) => policy === 'contest-d');
    await untilStatus('contest-b', 'to decide nothing', ({ matchedNamespaces }) => matchedNamespaces === 0);
    await policies().delete('contest-d');
    await policies().delete('contest-b');
    await untilPosture(suite.client, 'contested', 'to follow c', ({ policy }) => policy === 'contest-c');
    await untilStatus('contest-c', 'to decide', ({ matchedNamespaces }) => matchedNamespaces === 1);
  });

  it('without a selector decides for every namespace that no other does, and for the cluster', async () => {
    await createTeam('claimed');
    await apply('claim', { ...selecting('claimed'), priority: 1 });
    await apply('everywhere', { threshold: 'low', priority: -1 });
    await untilPosture(suite.client, 'default', 'to follow', ({ policy }) => policy === 'everywhere');
    await untilPosture(suite.client, 'claimed', 'to follow its own', ({ policy }) => policy === 'claim');
    await waitUntil(async () => (await readClusterPosture(suite.client))?.status?.policy === 'everywhere', {
      what: 'the cluster to follow',
    });
    await policies().delete('everywhere');
    await waitUntil(async () => (await readClusterPosture(suite.client))?.status?.policy === 'default', {
      what: 'the cluster to follow no more',
    });
  });

  it('that sets a parameter to what it cannot be says which, and its last good version stays in force', async () => {
    await createTeam('mistaken');
    const good = { ...selecting('mistaken'), threshold: 'critical' } as const;
    await apply('mistaken', good);
    await untilPosture(suite.client, 'mistaken', 'to follow', ({ compliant }) => compliant === 'True');
    const rule = 'pod-volume-types';
    await apply('mistaken', { ...good, rules: [{ rule, params: { allowed: ['hostpath'] } }], threshold: 'low' });
    const ready = conditionOf(await untilRefused('mistaken'), 'Ready');
    expect(ready).to.include({ reason: 'InvalidParameters', observedGeneration: 2 });
    expect(ready?.message)
      .to.contain('spec.rules["pod-volume-types"].params.allowed[0] is "hostpath", and must be one of')
      .and.contain('generation 1 stays in force');
  });

  describe('that names an unknown rule', () => {
    it('says which one, and its last good version stays in force, also after a crash', async () => {
      await createTeam('typo');
      const good = { ...selecting('typo'), threshold: 'critical' } as const;
      await apply('typo', good);
      await untilPosture(suite.client, 'typo', 'to follow', ({ compliant }) => compliant === 'True');
      await apply('typo', {
        ...good,
        threshold: 'low',
        rules: [{ rule: 'pod-priviledge-escalation', state: 'Disabled' }],
      });
      const refused = await untilRefused('typo');
      expect(conditionOf(refused, 'Ready')).to.include({ reason: 'UnknownRule', observedGeneration: 2 });
      expect(conditionOf(refused, 'Ready')?.message)
        .to.contain('"pod-priviledge-escalation"')
        .and.contain('did you mean "pod-privilege-escalation"')
        .and.contain('generation 1 stays in force');
      expect(refused.accepted).to.deep.equal({ generation: 1, spec: { ...good, priority: 0, profile: 'baseline' } });

      const check = () =>
        untilPosture(suite.client, 'typo', 'to keep to the last good version', (status) => {
          expect(status).to.include({ compliant: 'True', policy: 'typo', threshold: 'critical' });
          expect(status.observedPolicies?.map(({ generation }) => generation)).to.deep.equal([1]);
          expect(conditionOf(status, 'Ready')).to.include({ status: 'True', reason: 'PolicyInvalid' });
          expect(conditionOf(status, 'Ready')?.message).to.contain('"pod-priviledge-escalation"');
        });
      await check();
      await restartAfterKill();
      await check();
      expect(await untilRefused('typo')).to.deep.equal(refused);

      await suite.client.create(cronJob('typo', 'late', plainPod));
      await untilPosture(suite.client, 'typo', 'to know the new workload', ({ summary }) => summary?.high === 2);
      await check();
    });

    it('and is corrected is in force again', async () => {
      await createTeam('corrected');
      await apply('corrected', { ...selecting('corrected'), rules: [{ rule: 'pod-nonsense' }] });
      await untilRefused('corrected');
      await apply('corrected', { ...selecting('corrected'), threshold: 'critical' });
      await untilPosture(suite.client, 'corrected', 'to follow', ({ policy }) => policy === 'corrected');
      const status = await untilStatus(
        'corrected',
        'to be accepted',
        ({ observedGeneration }) => observedGeneration === 2,
      );
      expect(conditionOf(status, 'Ready')).to.include({ status: 'True', reason: 'Accepted' });
    });

    it('and was never good decides for nothing', async () => {
      await createTeam('never');
      await apply('never', { ...selecting('never'), threshold: 'critical', rules: [{ rule: 'pod-nonsense' }] });
      const refused = await untilRefused('never');
      expect(conditionOf(refused, 'Ready')?.message).to.contain('no version of this policy was ever good');
      expect(refused).to.include({ rules: 0, matchedNamespaces: 0 }).and.not.to.have.property('accepted');
      await untilPosture(suite.client, 'never', 'to be the default', ({ policy }) => policy === 'default');
    });

    it('and has the name of a good one that was deleted decides for nothing', async () => {
      await createTeam('reborn');
      await apply('reborn', { ...selecting('reborn'), threshold: 'critical' });
      await untilPosture(suite.client, 'reborn', 'to follow', ({ policy }) => policy === 'reborn');
      await policies().delete('reborn');
      await apply('reborn', { ...selecting('reborn'), threshold: 'critical', rules: [{ rule: 'pod-nonsense' }] });
      await untilRefused('reborn');
      await untilPosture(suite.client, 'reborn', 'to be the default', ({ policy }) => policy === 'default');
    });
  });

  describe('with a selector that cannot be', () => {
    const rows = [
      {
        what: 'an operator without its values',
        expression: { key: 'team', operator: 'In' },
        says: 'operator In on "team" without values',
      },
      {
        what: 'values that an operator cannot have',
        expression: { key: 'team', operator: 'Exists', values: ['a'] },
        says: 'operator Exists on "team" with values',
      },
      { what: 'a key that is none', expression: { key: 'no key', operator: 'Exists' }, says: '"no key"' },
    ] as const;
    for (const [index, { what, expression, says }] of rows.entries()) {
      it(`because of ${what} says so, and its last good version stays in force`, async () => {
        const team = `selector-${index}`;
        await createTeam(team);
        await apply(team, { ...selecting(team), threshold: 'critical' });
        await untilPosture(suite.client, team, 'to follow', ({ policy }) => policy === team);
        await apply(team, { namespaceSelector: { matchExpressions: [expression] } });
        const refused = await untilRefused(team);
        expect(conditionOf(refused, 'Ready')?.reason).to.equal('InvalidSelector');
        expect(conditionOf(refused, 'Ready')?.message).to.contain('spec.namespaceSelector').and.contain(says);
        const status = await untilPosture(
          suite.client,
          team,
          'to say so',
          (posture) => conditionOf(posture, 'Ready')?.reason === 'PolicyInvalid',
        );
        expect(status).to.include({ compliant: 'True', policy: team, threshold: 'critical' });
      });
    }
  });

  it('whose status somebody edits gets it back', async () => {
    await apply('forged', selecting('forged'));
    const truth = await untilStatus('forged', 'to be accepted', ({ observedGeneration }) => observedGeneration === 1);
    await policies().patchStatus('forged', {
      matchedNamespaces: 99,
      accepted: { generation: 7, spec: { threshold: 'critical' } },
    });
    await untilStatus('forged', 'to be put right', (status) => {
      expect(status).to.deep.equal(truth);
      return true;
    });
  });

  it('is in force for a scan of the cluster as it is for the operator', async () => {
    await createTeam('scanned');
    await apply('scanned', { ...selecting('scanned'), rules: [{ rule: 'pod-run-as-non-root', severity: 'critical' }] });
    await apply('scanned', { ...selecting('scanned'), rules: [{ rule: 'pod-nonsense' }] });
    await untilRefused('scanned');
    await untilPosture(
      suite.client,
      'scanned',
      'to keep to the last good version',
      ({ summary }) => summary?.critical === 1,
    );
    await untilScanAgrees(suite.cluster);
  });
});
