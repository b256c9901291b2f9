/**
 * The label of the exec guard and what makes pods, on a real API server with its controllers: whoever selects pods by a label
 * that they then get otherwise makes pods without end.
 */
import { expect } from 'chai';

import { EXEC_LABEL } from '../../src/api/v1alpha1/group.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { applyYaml, waitForAnswer } from './guarded-cluster.ts';
import { printGuards } from './printed-guards.ts';

const RUN = 'run';
const containers = [{ name: 'main', image: 'registry.example/main:1' }];
const KEPT = /^403 .*ValidatingAdmissionPolicy 'merlon-exec-label-keeper'/;

const labels = { app: 'agent' };
const open = { ...labels, [EXEC_LABEL]: 'open' };
const template = (labelled: object, fields: object = {}) => ({
  metadata: { labels: labelled },
  spec: { containers, ...fields },
});
const of = (selector: object, labelled: object, fields: object = {}) => ({
  replicas: 1,
  selector,
  template: template(labelled, fields),
});
const looping = of({ matchLabels: open }, open, { hostNetwork: true });

describe('the exec guard by label, and what makes pods', () => {
  const cluster = useControlPlane({ needs: ['controller-manager'], own: { auditLog: false } });
  const answerOf = ({ status, body }: { readonly status: number; readonly body: object }): string =>
    `${status} ${String((body as { readonly message?: unknown }).message)}`;
  const create = async (apiVersion: string, plural: string, name: string, spec: object, query = {}) =>
    answerOf(await cluster().client.resource(apiVersion, plural, RUN).create({ metadata: { name }, spec }, query));
  const tryOne = (apiVersion: string, plural: string, spec: object) =>
    create(apiVersion, plural, 'tried', spec, { dryRun: 'All' });
  const deployments = () => cluster().client.resource('apps/v1', 'deployments', RUN);
  const podsOf = async (workload: string) =>
    bodyOf('pods', await cluster().client.resource('v1', 'pods', RUN).list()).items.filter(({ metadata }) =>
      metadata.name.startsWith(`${workload}-`),
    );
  before('workloads that are older than the guard, then the guard', async function () {
    this.timeout(120_000);
    if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
    await cluster().client.createNamespace(RUN);
    expect(await create('apps/v1', 'deployments', 'older', { ...looping, replicas: 0 })).to.match(/^201/);
    await applyYaml(cluster(), printGuards({ byLabel: true, withoutLabel: 'deny' }));
    await waitForAnswer(
      () => create('v1', 'pods', 'tried', template({}, { hostNetwork: true }).spec, { dryRun: 'All' }),
      /^201/,
    );
    await waitForAnswer(async () => {
      const tried = { metadata: { name: 'tried' }, spec: { containers } };
      const { metadata } = bodyOf(
        'pod',
        await cluster().client.resource('v1', 'pods', RUN).create(tried, { dryRun: 'All' }),
      );
      return String(metadata.labels?.[EXEC_LABEL]);
    }, /^open$/);
  });

  it('refuses a Deployment whose pods would be labelled otherwise than it selects them', async () => {
    expect(await create('apps/v1', 'deployments', 'agent', looping))
      .to.match(KEPT)
      .and.to.include('no template has it, and no selector asks for it');
  });

  const selecting = (operator: string, values?: readonly string[]): object =>
    of({ matchLabels: labels, matchExpressions: [{ key: EXEC_LABEL, operator, values }] }, labels);

  it('refuses selectors that no pod with the label fits', async () => {
    expect(await tryOne('apps/v1', 'deployments', selecting('DoesNotExist'))).to.match(KEPT);
    expect(await tryOne('apps/v1', 'replicasets', selecting('NotIn', ['open']))).to.match(KEPT);
  });

  it('refuses the label in a template of any kind, whatever it says', async () => {
    const guarded = { ...labels, [EXEC_LABEL]: 'guarded' };
    const { selector, ...any } = of({ matchLabels: labels }, guarded);
    const { template: once } = of({}, guarded, { restartPolicy: 'Never' });
    const answers = [
      await tryOne('apps/v1', 'replicasets', { selector, ...any }),
      await tryOne('apps/v1', 'statefulsets', { selector, serviceName: 'x', ...any }),
      await tryOne('apps/v1', 'daemonsets', { selector, template: any.template }),
      await tryOne('v1', 'replicationcontrollers', { selector: labels, ...any }),
      await tryOne('batch/v1', 'jobs', { template: once }),
      await tryOne('batch/v1', 'cronjobs', { schedule: '@daily', jobTemplate: { spec: { template: once } } }),
    ];
    for (const answer of answers) expect(answer).to.match(KEPT);
  });

  it('lets what is older be scaled and changed, but not get the label or select by it', async () => {
    expect(answerOf(await deployments().patch('older', { spec: { replicas: 0 } }))).to.match(/^200/);
    const image = { spec: { template: { metadata: { annotations: { changed: 'yes' } } } } };
    expect(answerOf(await deployments().patch('older', image))).to.match(/^200/);
    expect(await create('apps/v1', 'deployments', 'plain', of({ matchLabels: labels }, labels))).to.match(/^201/);
    const labelled = { spec: { template: { metadata: { labels: { [EXEC_LABEL]: 'open' } } } } };
    expect(answerOf(await deployments().patch('plain', labelled))).to.match(KEPT);
  });

  it('labels the pods of workloads that say nothing, each for what it is, once', async () => {
    const shared = of({ matchLabels: { app: 'shared' } }, { app: 'shared' }, { hostNetwork: true });
    expect(await create('apps/v1', 'deployments', 'shared', shared)).to.match(/^201/);
    await waitForAnswer(async () => {
      const { status } = bodyOf('deployment', await deployments().get('shared')) as unknown as {
        readonly status?: { readonly observedGeneration?: number; readonly updatedReplicas?: number };
      };
      return String(status?.updatedReplicas);
    }, /^1$/);
    const found = (await podsOf('shared')).map(({ metadata }) => metadata.labels?.[EXEC_LABEL]);
    expect(found).to.deep.equal(['guarded']);
  });
});
