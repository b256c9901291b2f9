/** An operator whose policy has the exec guard go by a label: no earlier than the label is kept, and no pod has it wrongly. */
import { expect } from 'chai';

import type { ClusterHardeningPolicy } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { API_VERSION, EXEC_LABEL } from '../../src/api/v1alpha1/group.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import {
  connect,
  createDebugger,
  createPod,
  escalating,
  LET_IN,
  REFUSED,
  waitForAnswer,
} from '../enforcement/guarded-cluster.ts';
import { bodyOf } from '../support/api-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import { conditionOf, readClusterPosture, useOperatorSuite } from './operator-suite.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';
const often = ['--evidence-interval', '1'];

interface Binding {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly paramRef?: { readonly selector: { readonly matchExpressions?: readonly unknown[] } } };
}

describe('an operator that has the exec guard go by a label', () => {
  const suite = useOperatorSuite();
  const bindings = () => suite.client.resource<Binding>(ADMISSION, 'validatingadmissionpolicybindings');
  const setters = async (): Promise<readonly string[]> =>
    bodyOf('list', await suite.client.resource(ADMISSION, 'mutatingadmissionpolicybindings').list())
      .items.map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith('merlon-exec-label'));
  const deployments = () => suite.client.resource('apps/v1', 'deployments', 'guarded');
  const podsIn = (namespace: string) => suite.client.resource('v1', 'pods', namespace);

  const say = async (enforcement: ClusterHardeningPolicySpec['enforcement']): Promise<void> => {
    const policies = suite.client.resource<ClusterHardeningPolicy>(API_VERSION, 'clusterhardeningpolicies');
    const object = { kind: 'ClusterHardeningPolicy', metadata: { name: 'enforced' }, spec: { enforcement } };
    bodyOf('policy', await policies.apply('enforced', object));
  };
  const untilSaid = (isWanted: (message: string) => boolean): Promise<string> =>
    waitUntil(
      async () => {
        const { status } = (await readClusterPosture(suite.client)) ?? {};
        const { reason, message = '' } = conditionOf(status, 'Enforced') ?? {};
        if (reason !== 'Enforced' || !isWanted(message)) throw new Error(`${reason ?? 'nothing'}: ${message}`);
        return message;
      },
      { what: 'the cluster to say what is enforced', timeoutMs: 40_000 },
    );
  const isByLabel = async (): Promise<boolean> => {
    const { spec } = bodyOf('binding', await bindings().get('merlon-exec-guard-deny'));
    return (spec.paramRef?.selector.matchExpressions ?? []).length > 0;
  };
  const keepers = async (): Promise<readonly string[]> =>
    bodyOf('list', await bindings().list())
      .items.map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith('merlon-exec-label'));

  before('the rights, and a pod that has the label wrongly from before', async function () {
    this.timeout(60_000);
    if (suite.cluster.minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
    for (const folder of ['config/enforcement', 'config/enforcement/mutating']) {
      const { code, stderr } = await suite.cluster.kubectl(['apply', '--server-side', '-k', folder]);
      expect([code, stderr]).to.deep.equal([0, '']);
    }
    await suite.client.createNamespace('guarded', { 'merlon.dev/enforce': 'deny' });
    const spec = { containers: [{ name: 'main', image: 'registry.example/main:1' }], ...escalating['privileged'] };
    const metadata = { name: 'forged', labels: { [EXEC_LABEL]: 'open' } };
    bodyOf('pod', await podsIn('guarded').create({ metadata, spec }));
    const labels = { app: 'selecting' };
    const matchExpressions = [{ key: EXEC_LABEL, operator: 'DoesNotExist' }];
    const template = { metadata: { labels }, spec: { containers: spec.containers } };
    const selecting = { replicas: 0, selector: { matchLabels: labels, matchExpressions }, template };
    bodyOf('deployment', await deployments().create({ metadata: { name: 'selecting' }, spec: selecting }));
  });

  it('gives no pod the label while a workload selects its pods by having none, which then makes as many as it is asked for', async function () {
    this.timeout(120_000);
    await say({ mode: 'deny', exec: { byLabel: true } });
    await suite.startOperator(often);
    await untilSaid((message) =>
      message.includes('the selector of Deployment "selecting" in namespace "guarded" asks for pods without it, or'),
    );
    expect([await setters(), await keepers()]).to.deep.equal([[], ['merlon-exec-label-keeper-deny']]);
    bodyOf('scale', await deployments().patch('selecting', { spec: { replicas: 1 } }));
    await waitForAnswer(async () => {
      const { status } = bodyOf('deployment', await deployments().get('selecting')) as {
        readonly status?: { readonly replicas?: number };
      };
      return String(status?.replicas);
    }, /^1$/);
    bodyOf('delete', await deployments().delete('selecting', { propagationPolicy: 'Foreground' }));
    await waitUntil(async () => (await setters()).length === 1, { what: 'what gives the label', timeoutMs: 40_000 });
  });

  it('looks at every pod while one has the label wrongly, and goes by it once that is gone', async function () {
    this.timeout(120_000);
    const ada = await createDebugger(suite.cluster, 'ada');
    await suite.startOperator(often);
    expect(await untilSaid((message) => message.includes('in namespace "guarded" some pod has the label'))).to.contain(
      'left out: exec.byLabel is not gone by',
    );
    expect([await isByLabel(), await keepers()]).to.deep.equal([false, ['merlon-exec-label-keeper-deny']]);
    await waitForAnswer(() => connect(ada, 'guarded/forged'), REFUSED);

    // As the API server counts it itself.
    const policy = suite.client.resource<ClusterHardeningPolicy>(API_VERSION, 'clusterhardeningpolicies');
    await waitUntil(
      async () => {
        const { recorded = [] } = bodyOf('policy', await policy.get('enforced')).status?.enforcement ?? {};
        return recorded.some(({ binding, atLeast }) => binding === 'merlon-exec-guard-deny' && atLeast >= 1);
      },
      { what: 'the policy to say what was refused', timeoutMs: 30_000 },
    );

    bodyOf('delete', await podsIn('guarded').delete('forged', { gracePeriodSeconds: 0 }));
    await untilSaid((message) => !message.includes('left out'));
    await waitUntil(isByLabel, { what: 'the guard to go by the label' });

    await createPod(suite.cluster, 'guarded/plain');
    await createPod(suite.cluster, 'guarded/agent', escalating['host-pid']);
    const { metadata } = bodyOf('pod', await podsIn('guarded').get('plain'));
    expect(metadata.labels).to.deep.include({ [EXEC_LABEL]: 'open' });
    await waitForAnswer(() => connect(ada, 'guarded/agent'), REFUSED);
    expect(await connect(ada, 'guarded/plain')).to.match(LET_IN);
    const forged = await podsIn('guarded').patch('agent', { metadata: { labels: { [EXEC_LABEL]: 'open' } } });
    expect(`${forged.status} ${String(forged.body['message'])}`).to.match(/^403 .*merlon-exec-label-keeper-deny/);

    await say({ mode: 'deny' });
    await waitUntil(async () => (await keepers()).length === 0, { what: 'what keeps the label to go' });
    expect(await isByLabel()).to.equal(false);
    await waitForAnswer(() => connect(ada, 'guarded/agent'), REFUSED);
    await untilSaid((message) => message.startsWith('the API server enforces merlon-exec-guard (audit, deny)'));
  });
});
