/** What policies expect, judged by a running operator on a real API server. */
import { expect } from 'chai';

import type { ExpectationSpec } from '../../src/api/v1alpha1/expectation.ts';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { HardeningPolicy } from '../../src/api/v1alpha1/hardening-policy.ts';
import type { PostureFinding } from '../../src/api/v1alpha1/posture-status.ts';
import { runMerlon } from '../cli/merlon-process.ts';
import { bodyOf } from '../support/api-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import { untilGolden } from './golden-posture.ts';
import { createHardenedNamespace } from './manifests.ts';
import {
  conditionOf,
  readClusterPosture,
  readPosture,
  readWrites,
  untilPosture,
  useOperatorSuite,
} from './operator-suite.ts';
import { untilScanAgrees } from './scan-postures.ts';

const rbac = 'rbac.authorization.k8s.io';
const RULE = 'rbac-expectations';
const listSecrets = { verbs: ['list'], resources: ['secrets'] };

describe('what policies expect', () => {
  const suite = useOperatorSuite({ operatorsEndAfter: 'all tests' });

  before('an operator', async function () {
    this.timeout(60_000);
    await suite.startOperator();
  });
  afterEach('all postures are as they must be', () => untilGolden(suite.cluster));

  const policies = (namespace: string) =>
    suite.client.resource<HardeningPolicy>(API_VERSION, 'hardeningpolicies', namespace);
  const state = (namespace: string, ...expectations: readonly ExpectationSpec[]) =>
    suite.client.apply({
      apiVersion: API_VERSION,
      kind: 'HardeningPolicy',
      metadata: { name: 'own', namespace },
      spec: { expectations },
    });
  const ofApp: ExpectationSpec['subject'] = { kind: 'ServiceAccount', name: 'app' };

  const grant = async (namespace: string, name: string, resource: string, verbs = ['get', 'list']) => {
    await suite.client.apply({
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: { name, namespace },
      rules: [{ apiGroups: [''], resources: [resource], verbs }],
    });
    await suite.client.apply({
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name, namespace },
      roleRef: { apiGroup: rbac, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: 'app', namespace }],
    });
  };
  const grantEverywhere = async (namespace: string, name: string) => {
    await suite.client.apply({
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'edit' },
      subjects: [{ kind: 'ServiceAccount', name: 'app', namespace }],
    });
  };

  const untilFindings = async (
    namespace: string,
    what: string,
    isAsWanted: (some: readonly PostureFinding[]) => boolean,
  ) => {
    const { findings = [] } = await untilPosture(suite.client, namespace, what, (status) =>
      isAsWanted(of(status.findings)),
    );
    return of(findings);
  };
  const untilStatus = (namespace: string, what: string, isAsWanted: (policy: HardeningPolicy) => boolean) =>
    waitUntil(
      async () => {
        const policy = bodyOf('read the policy', await policies(namespace).get('own'));
        if (!isAsWanted(policy)) throw new Error(JSON.stringify(policy.status));
        return policy;
      },
      { what: `the policy of "${namespace}" ${what}` },
    );

  it('and is not met is a finding that names the grant, and goes with it', async () => {
    await createHardenedNamespace(suite.client, 'drift');
    await grant('drift', 'debug', 'secrets');
    await state('drift', { subject: ofApp, deny: [listSecrets] });
    const [finding, ...more] = await untilFindings('drift', 'to tell', (some) => some[0]?.outcome === 'fail');
    expect(more).to.deep.equal([]);
    expect(finding).to.deep.include({
      severity: 'high',
      subject: { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'drift', name: 'app' },
      message:
        'ServiceAccount "drift/app" may list secrets in namespace "drift" by RoleBinding "drift/debug" of Role "debug"; HardeningPolicy "own" expects that it may not',
    });
    expect((await readPosture(suite.client, 'drift'))?.status?.observedPolicies).to.deep.equal([
      { kind: 'HardeningPolicy', name: 'own', generation: 1 },
    ]);
    await untilStatus('drift', 'to be in force', ({ status }) => status?.expectations === 1);

    await suite.client.resource(`${rbac}/v1`, 'rolebindings', 'drift').delete('debug');
    const [left] = await untilFindings('drift', 'to follow', (some) => some[0]?.outcome !== 'fail');
    // Nobody has said which authorizers run, so that it is no pass.
    expect(left?.outcome).to.equal('unknown');
    expect(left?.message).to.match(/spec\.authorization\.modes/);
  });

  it('follows a role that changes, and counts as met where a cluster policy knows the authorizers', async () => {
    await createHardenedNamespace(suite.client, 'met');
    await grant('met', 'app', 'pods');
    await state('met', { subject: ofApp, allow: [{ verbs: ['get', 'list'], resources: ['pods'] }], only: true });
    const authorization = { modes: ['Node', 'RBAC'] };
    const metadata = { name: 'authorizers' };
    const spec = { namespaceSelector: { matchLabels: { none: 'such' } }, authorization };
    await suite.client.apply({ apiVersion: API_VERSION, kind: 'ClusterHardeningPolicy', metadata, spec });
    await untilFindings('met', 'to be met', (some) => some.length === 0);
    await grant('met', 'app', 'pods', ['get']);
    const [finding] = await untilFindings('met', 'to miss what was taken away', (some) => some.length === 1);
    expect(finding?.message).to.match(
      /may not list pods in namespace "met", and HardeningPolicy "own" expects that it may/,
    );
    await suite.client.resource(API_VERSION, 'clusterhardeningpolicies').delete('authorizers');
  });

  it('is told without the names of cluster-wide bindings, which the posture of the cluster has', async () => {
    await createHardenedNamespace(suite.client, 'hidden');
    await state('hidden', { subject: ofApp, deny: [listSecrets] });
    await grantEverywhere('hidden', 'secret-plan');
    const [finding] = await untilFindings('hidden', 'to fail', (some) => some[0]?.outcome === 'fail');
    expect(finding?.message).to.match(/granted cluster-wide.*the cluster posture has the detail/);
    expect(JSON.stringify(await readPosture(suite.client, 'hidden'))).not.to.include('secret-plan');
    const detail = await waitUntil(
      async () => {
        const { status } = (await readClusterPosture(suite.client)) ?? {};
        return of(status?.findings).find(({ message }) => message.includes('secret-plan'));
      },
      { what: 'the posture of the cluster to have the detail' },
    );
    expect(detail).to.include({ severity: 'info', outcome: 'fail' });
    await suite.client.resource(`${rbac}/v1`, 'clusterrolebindings').delete('secret-plan');
  });

  it('of a cluster policy is judged where its subject is', async () => {
    await createHardenedNamespace(suite.client, 'ruled');
    await grantEverywhere('ruled', 'ruled-edit');
    const expectations = [
      { subject: { ...ofApp, namespace: 'ruled' }, deny: [listSecrets], severity: 'medium' },
      { subject: { kind: 'Group', name: 'auditors' }, allow: [{ verbs: ['list'], resources: ['pods'] }] },
    ];
    const spec = { namespaceSelector: { matchLabels: { none: 'such' } }, expectations };
    await suite.client.apply({
      apiVersion: API_VERSION,
      kind: 'ClusterHardeningPolicy',
      metadata: { name: 'ruling' },
      spec,
    });
    const [finding] = await untilFindings('ruled', 'to fail', (some) => some.length === 1);
    expect(finding).to.include({ outcome: 'fail', severity: 'medium' });
    const found = await waitUntil(
      async () => {
        const some = of((await readClusterPosture(suite.client))?.status?.findings);
        return some.length === 2 && some;
      },
      { what: 'the posture of the cluster to have both' },
    );
    expect(found.map(({ subject, severity }) => `${severity} ${subject.kind}/${subject.name}`)).to.deep.equal([
      'high Group/auditors',
      'medium ServiceAccount/app',
    ]);
    expect(found[1]?.message).to.include('ClusterRoleBinding "ruled-edit" of ClusterRole "edit"');
    await suite.client.resource(API_VERSION, 'clusterhardeningpolicies').delete('ruling');
    await suite.client.resource(`${rbac}/v1`, 'clusterrolebindings').delete('ruled-edit');
  });

  it('of another namespace is refused, and the last good version stays in force', async () => {
    await createHardenedNamespace(suite.client, 'nosy');
    await grant('nosy', 'debug', 'secrets');
    await state('nosy', { subject: ofApp, deny: [listSecrets] });
    await untilFindings('nosy', 'to fail', (some) => some[0]?.outcome === 'fail');
    await state('nosy', { subject: { ...ofApp, namespace: 'kube-system' }, deny: [listSecrets] });
    const { status } = await untilStatus(
      'nosy',
      'to be refused',
      (policy) => conditionOf(policy.status, 'Ready')?.status === 'False',
    );
    expect(conditionOf(status, 'Ready')).to.include({ reason: 'InvalidExpectation', observedGeneration: 2 });
    expect(conditionOf(status, 'Ready')?.message).to.match(
      /^spec\.expectations\[0\]\.subject\.namespace is "kube-system", .* "nosy"; generation 1 stays in force$/,
    );
    expect(status?.accepted?.generation).to.equal(1);
    const posture = await untilPosture(suite.client, 'nosy', 'to say so', (now) => {
      return conditionOf(now, 'Ready')?.reason === 'PolicyInvalid';
    });
    expect(of(posture.findings).map(({ outcome }) => outcome)).to.deep.equal(['fail']);
  });

  it('says so where the deciding policy disables the rule', async () => {
    await createHardenedNamespace(suite.client, 'silent', { team: 'silent' });
    await grant('silent', 'debug', 'secrets');
    await state('silent', { subject: ofApp, deny: [listSecrets] });
    const spec = {
      namespaceSelector: { matchLabels: { team: 'silent' } },
      rules: [{ rule: RULE, state: 'Disabled' }],
    };
    await suite.client.apply({
      apiVersion: API_VERSION,
      kind: 'ClusterHardeningPolicy',
      metadata: { name: 'silent' },
      spec,
    });
    await untilStatus('silent', 'to say so', (policy) => conditionOf(policy.status, 'Ready')?.reason === 'NotJudged');
    await untilFindings('silent', 'to be silent', (some) => some.length === 0);
    await suite.client.resource(API_VERSION, 'clusterhardeningpolicies').delete('silent');
    await untilStatus('silent', 'to be judged', (policy) => conditionOf(policy.status, 'Ready')?.reason === 'Accepted');
  });

  it('is what merlon scan --cluster finds, too', async () => {
    await untilScanAgrees(suite.cluster);
  });

  it('init states what is granted, which is met, and one more binding is one finding', async () => {
    const { client, cluster } = suite;
    await createHardenedNamespace(client, 'coolapp');
    await grant('coolapp', 'app', 'pods');
    await grant('coolapp', 'reader', 'configmaps', ['get']);
    await grantEverywhere('coolapp', 'coolapp-edit');
    for (const flags of [[], ['-A']]) {
      const args = ['expectations', 'init', '--from-cluster', '-n', 'coolapp', ...flags];
      const { code, stdout, stderr } = await runMerlon([...args, '--kubeconfig', cluster.adminKubeconfig]);
      expect([code, stderr]).to.deep.equal([0, '']);
      const applied = await cluster.kubectl(['apply', '-f', '-'], { stdin: stdout });
      expect(applied.stderr).to.equal('');
      const open = await untilFindings('coolapp', 'to judge what is stated', (some) => some.length >= 2);
      expect(open.map(({ outcome }) => outcome)).not.to.include('fail');

      await grant('coolapp', 'more', 'nodes', ['delete']);
      const failed = await untilFindings('coolapp', 'to fail', (some) =>
        some.some(({ outcome }) => outcome === 'fail'),
      );
      expect(failed.filter(({ outcome }) => outcome === 'fail')).to.have.length(1);
      await client.resource(`${rbac}/v1`, 'rolebindings', 'coolapp').delete('more');
      await cluster.kubectl(['delete', '-f', '-'], { stdin: stdout });
      await untilFindings('coolapp', 'to forget', (some) => some.length === 0);
    }
    await client.resource(`${rbac}/v1`, 'clusterrolebindings').delete('coolapp-edit');
  });

  it('is written only when it says something new', async () => {
    const { client, cluster } = suite;
    await createHardenedNamespace(client, 'still');
    await state('still', { subject: ofApp, deny: [listSecrets] });
    await untilStatus('still', 'to be in force', ({ status }) => status?.expectations === 1);
    await untilGolden(cluster);
    const from = await cluster.readAuditPosition();
    // Another role and binding of somebody else, in the same namespace and in another.
    const marks = { metadata: { labels: { touched: 'yes' } } };
    await policies('still').patch('own', marks);
    // What the operator hears after that, and tells.
    await state('drift', { subject: ofApp, deny: [listSecrets, { verbs: ['get'], resources: ['pods'] }] });
    await grant('drift', 'more', 'pods', ['get']);
    await untilFindings('drift', 'to fail again', (some) => some[0]?.outcome === 'fail');
    await untilStatus(
      'drift',
      'to be seen',
      ({ status, metadata }) => status?.observedGeneration === metadata.generation,
    );
    await untilGolden(cluster);
    const writes = await readWrites(cluster, from);
    expect(writes.filter(({ objectRef }) => objectRef?.namespace === 'still')).to.deep.equal([]);
  });
});

function of(findings: readonly PostureFinding[] | undefined): readonly PostureFinding[] {
  return (findings ?? []).filter(({ rule }) => rule === RULE);
}
