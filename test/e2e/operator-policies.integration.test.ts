import { expect } from 'chai';
import type {
  ClusterHardeningPolicy,
  ClusterHardeningPolicySpec,
} from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { HardeningPolicy, HardeningPolicySpec } from '../../src/api/v1alpha1/hardening-policy.ts';
import { buildDefaultPolicy } from '../../src/core/policy-merge.ts';
import { rules } from '../../src/rules/index.ts';
import { bodyOf } from '../support/api-client.ts';
import { runProcess } from '../support/run-process.ts';
import { testedPrograms } from '../support/tested-programs.ts';
import { waitUntil } from '../support/wait-until.ts';
import { untilGolden } from './golden-posture.ts';
import { createHardenedNamespace, cronJob, plainPod } from './manifests.ts';
import type { OperatorProcess } from './operator-process.ts';
import { conditionOf, forgerOf, readClusterPosture, untilPosture, useOperatorSuite } from './operator-suite.ts';
import { untilScanAgrees } from './scan-postures.ts';

type OwnPolicyStatus = NonNullable<HardeningPolicy['status']>;
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

  it('of higher priority goes before others, of equal ones the first by name', async () => {
    await createTeam('contested');
    const untilThreshold = (policy: string, threshold: string) =>
      untilPosture(
        suite.client,
        'contested',
        `to follow ${policy}`,
        (status) => status.policy === policy && status.threshold === threshold,
      );
    await apply('contest-b', { ...selecting('contested'), priority: 5, threshold: 'low' });
    await apply('contest-c', { ...selecting('contested'), priority: 5, threshold: 'medium' });
    await untilThreshold('contest-b', 'low');
    await apply('contest-a', { ...selecting('contested'), priority: 4, threshold: 'info' });
    await apply('contest-d', { ...selecting('contested'), priority: 6, threshold: 'critical' });
    const status = await untilThreshold('contest-d', 'critical');
    expect(status.observedPolicies?.map(({ name }) => name)).to.deep.equal([
      'contest-d',
      'contest-b',
      'contest-c',
      'contest-a',
    ]);
    const overruled = await untilStatus(
      'contest-b',
      'to be overruled',
      (stands) => conditionOf(stands, 'Ready')?.reason === 'Overruled',
    );
    expect(overruled.matchedNamespaces).to.equal(1);
    expect(conditionOf(overruled, 'Ready')).to.include({ status: 'True' });
    expect(conditionOf(overruled, 'Ready')?.message).to.contain('spec.threshold (spec.threshold of "contest-d")');
    await policies().delete('contest-d');
    await policies().delete('contest-b');
    await untilThreshold('contest-c', 'medium');
    await untilStatus('contest-c', 'to decide', (stands) => conditionOf(stands, 'Ready')?.reason === 'Accepted');
  });

  describe('for everything, a stricter one, and what is delegated to a namespace', () => {
    const ownPolicies = (namespace: string) =>
      suite.client.resource<HardeningPolicy>(API_VERSION, 'hardeningpolicies', namespace);
    const applyOwn = async (namespace: string, spec: HardeningPolicySpec) => {
      const metadata = { name: 'own', namespace };
      return bodyOf(
        'apply a policy of a namespace',
        await ownPolicies(namespace).apply('own', { kind: 'HardeningPolicy', metadata, spec }),
      );
    };
    const untilOwnStatus = (namespace: string, what: string, isAsWanted: (status: OwnPolicyStatus) => boolean) =>
      waitUntil(
        async () => {
          const { status } = bodyOf('read a policy of a namespace', await ownPolicies(namespace).get('own'));
          if (status === undefined || !isAsWanted(status)) throw new Error(JSON.stringify(status));
          return status;
        },
        { what: `policy "own" of namespace "${namespace}" ${what}` },
      );
    const ignoredBy = ({ ignored = [] }: OwnPolicyStatus) => ignored.map(({ path, reason }) => `${path} ${reason}`);

    before('two policies, and a namespace with one of its own', async () => {
      await createTeam('delegated');
      const base = {
        rules: [{ rule: 'pod-run-as-non-root', severity: 'low' }],
        delegation: { loosen: ['pod-image-*'] },
      };
      await apply('two-base', { ...selecting('delegated'), ...base } as ClusterHardeningPolicySpec);
      await apply('two-strict', {
        ...selecting('delegated'),
        priority: 10,
        threshold: 'medium',
        rules: [{ rule: 'pod-privilege-escalation', severity: 'critical' }],
        remediation: { mode: 'plan' },
      });
      await applyOwn('delegated', {
        threshold: 'low',
        rules: [
          { rule: 'pod-privilege-escalation', state: 'Disabled' },
          { rule: 'pod-image-digest' },
          { rule: 'pod-image-pull-policy', state: 'Disabled' },
        ],
        remediation: { mode: 'apply' },
      });
    });
    after('leave nothing to the other tests', async () => {
      await policies().delete('two-base');
      await policies().delete('two-strict');
      await ownPolicies('delegated').delete('own');
    });

    it('make one verdict together, which names each of them', async () => {
      const status = await untilPosture(
        suite.client,
        'delegated',
        'to follow all three',
        ({ observedPolicies }) => observedPolicies?.length === 3,
      );
      expect(status).to.include({ policy: 'two-strict', threshold: 'low', compliant: 'False' });
      expect(status.observedPolicies?.map(({ kind, name }) => `${kind} ${name}`)).to.deep.equal([
        'ClusterHardeningPolicy two-strict',
        'ClusterHardeningPolicy two-base',
        'HardeningPolicy own',
      ]);
      const severities = new Map(status.findings?.map(({ rule, severity }) => [rule, severity]));
      expect(severities.get('pod-privilege-escalation'), 'of the stronger').to.equal('critical');
      expect(severities.get('pod-run-as-non-root'), 'of the weaker').to.equal('low');
      expect(severities.get('pod-image-digest'), 'enabled by the namespace').to.equal('low');
    });

    it('tell the namespace what of its own policy has no effect', async () => {
      const status = await untilOwnStatus('delegated', 'to be told', ({ ignored }) => ignored !== undefined);
      expect(ignoredBy(status)).to.deep.equal(['spec.rules[0].state NotDelegated']);
      expect(conditionOf(status, 'Ready')).to.include({ status: 'True', reason: 'PartlyIgnored' });
      expect(status.rules).to.equal(2);
    });

    it('are explained setting by setting, as they stand in the cluster', async () => {
      const explain = async (...args: readonly string[]) => {
        const words = [testedPrograms.cli, 'policy', 'explain', '-n', 'delegated', ...args];
        const env = { KUBECONFIG: suite.cluster.adminKubeconfig };
        const { code, stdout, stderr } = await runProcess(process.execPath, words, { env, timeoutMs: 30_000 });
        expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
        return stdout;
      };
      expect(await explain())
        .to.match(/^threshold +low +HardeningPolicy\/own +spec\.threshold$/m)
        .and.match(/^remediation\.mode +plan +ClusterHardeningPolicy\/two-strict +spec\.remediation\.mode$/m)
        .and.match(/^remediation asked for +apply +HardeningPolicy\/own +spec\.remediation\.mode$/m)
        .and.match(/^HardeningPolicy\/own +spec\.rules\[0\]\.state +NotDelegated/m);
      expect(await explain('pod-privilege-escalation')).to.match(
        /^rules\.pod-privilege-escalation\.severity +critical +ClusterHardeningPolicy\/two-strict +spec\.rules\[0\]\.severity$/m,
      );
    });

    it('follow when the delegation changes', async () => {
      await apply('two-base', { ...selecting('delegated'), delegation: { loosen: ['pod-*'], tighten: [] } });
      const status = await untilPosture(
        suite.client,
        'delegated',
        'to follow the new delegation',
        ({ findings = [], threshold }) =>
          threshold === 'medium' && !findings.some(({ rule }) => rule === 'pod-privilege-escalation'),
      );
      expect(status.findings?.map(({ rule }) => rule)).not.to.include('pod-image-digest');
      const own = await untilOwnStatus('delegated', 'to be told', (one) => ignoredBy(one).length === 2);
      expect(ignoredBy(own)).to.deep.equal(['spec.rules[1] NotDelegated', 'spec.threshold NotDelegated']);
    });
  });

  it('without a selector decides for every namespace what no stronger one says, and for the cluster', async () => {
    await createTeam('claimed');
    await apply('claim', { ...selecting('claimed'), priority: 1 });
    await apply('everywhere', { threshold: 'low', priority: -1 });
    await untilPosture(suite.client, 'default', 'to follow', ({ policy }) => policy === 'everywhere');
    await untilPosture(
      suite.client,
      'claimed',
      'to follow its own first, and what that leaves open',
      ({ policy, threshold }) => policy === 'claim' && threshold === 'low',
    );
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
      expect(refused.accepted).to.deep.equal({ generation: 1, spec: { ...good, priority: 0 } });

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
    const forger = await forgerOf(suite.cluster);
    const forged = await forger.resource(API_VERSION, 'clusterhardeningpolicies').patchStatus('forged', {
      matchedNamespaces: 99,
      accepted: { generation: 7, spec: { threshold: 'critical' } },
    });
    bodyOf('forge', forged);
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
