/**
 * The label of the exec guard and what makes pods, on a real API server with its controllers: whoever selects pods by a label
 * that they then get otherwise makes pods without end.
 */
import { readFile } from 'node:fs/promises';

import { expect } from 'chai';

import { EXEC_LABEL } from '../../src/api/v1alpha1/group.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { applyYaml, waitForAnswer } from './guarded-cluster.ts';
import { printGuards } from './printed-guards.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';
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
const wrong = of({ matchLabels: open }, open, { hostNetwork: true });
const careful = { ...labels, [EXEC_LABEL]: 'guarded' };
const older = {
  wrong,
  careful: of({ matchLabels: careful }, careful),
  // It is left without pods: it would make them without end.
  unlabelled: of({ matchLabels: labels, matchExpressions: [{ key: EXEC_LABEL, operator: 'DoesNotExist' }] }, labels),
  right: of({ matchExpressions: [{ key: EXEC_LABEL, operator: 'In', values: ['open'] }] }, open),
} as const;

interface Workload {
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly reason?: string; readonly message?: string }[];
  };
}

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
  const statusOf = async (name: string): Promise<NonNullable<Workload['status']>> =>
    (bodyOf('deployment', await deployments().get(name)) as Workload).status ?? {};
  const labelsOf = async (workload: string): Promise<readonly unknown[]> =>
    (await podsOf(workload)).map(({ metadata }) => metadata.labels?.[EXEC_LABEL]);
  /** That a pod gets of which nobody says anything. */
  const labelOfNew = async (): Promise<string> => {
    const tried = { metadata: { name: 'tried' }, spec: { containers } };
    const made = await cluster().client.resource('v1', 'pods', RUN).create(tried, { dryRun: 'All' });
    return String(bodyOf('pod', made).metadata.labels?.[EXEC_LABEL]);
  };
  const scale = async (name: string, replicas: number): Promise<void> => {
    expect(answerOf(await deployments().patch(name, { spec: { replicas } }))).to.match(/^200/);
  };

  before('workloads that are older than the guard, then the guard', async function () {
    this.timeout(120_000);
    if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
    await cluster().client.createNamespace(RUN);
    for (const [name, spec] of Object.entries(older)) {
      expect(await create('apps/v1', 'deployments', name, { ...spec, replicas: 0 })).to.match(/^201/);
      await waitForAnswer(async () => String((await statusOf(name)).observedGeneration), /^1$/);
    }
    await applyYaml(cluster(), printGuards({ byLabel: true, withoutLabel: 'deny' }));
    await waitForAnswer(() => tryOne('apps/v1', 'deployments', wrong), KEPT);
    await waitForAnswer(labelOfNew, /^open$/);
  });

  it('can be told before, by kubectl, which workloads would make pods without end', async () => {
    const page = await readFile(new URL('../../docs/enforcement.md', import.meta.url), 'utf8');
    const [, jsonpath = ''] = /`kubectl get deploy,rs,sts,ds,job -A -o jsonpath='([^`]+)'`/.exec(page) ?? [];
    const { code, stdout } = await cluster().kubectl([
      'get',
      'deploy,rs,sts,ds,job',
      '-A',
      '-o',
      `jsonpath=${jsonpath}`,
    ]);
    expect([code, stdout.split('\n').filter((line) => line.startsWith(`Deployment ${RUN}/`))]).to.deep.equal([
      0,
      [`Deployment ${RUN}/right`, `Deployment ${RUN}/unlabelled`],
    ]);
  });

  it('refuses a Deployment whose template would spare pods that are not so', async () => {
    expect(await create('apps/v1', 'deployments', 'agent', wrong))
      .to.match(KEPT)
      .and.to.include('would spare a pod that is privileged or shares namespaces of its node; leave it out');
  });

  const selecting = (operator: string, values?: readonly string[]): object =>
    of({ matchLabels: labels, matchExpressions: [{ key: EXEC_LABEL, operator, values }] }, labels);

  it('refuses selectors that no pod with the label fits', async () => {
    for (const selector of [selecting('DoesNotExist'), selecting('NotIn', ['open'])]) {
      expect(await tryOne('apps/v1', 'deployments', selector))
        .to.match(KEPT)
        .and.to.include('leave it out of the selector');
      expect(await tryOne('apps/v1', 'replicasets', selector)).to.match(KEPT);
    }
  });

  it('takes selectors by the label of the template, which the pods then have', async () => {
    const { right } = older;
    expect(await tryOne('apps/v1', 'deployments', right)).to.match(/^201/);
    const notIn = { matchLabels: labels, matchExpressions: [{ key: EXEC_LABEL, operator: 'NotIn', values: ['open'] }] };
    expect(await tryOne('apps/v1', 'replicasets', of(notIn, careful))).to.match(/^201/);
  });

  it('refuses them in what somebody else than a Deployment made, whose selector nobody was asked about', async () => {
    const madeBy = async (apiVersion: string, kind: string) => {
      const controller = { apiVersion, kind, name: 'owner', uid: 'c0ffee', controller: true };
      const sets = cluster().client.resource('apps/v1', 'replicasets', RUN);
      const metadata = { name: 'tried', ownerReferences: [controller] };
      return answerOf(await sets.create({ metadata, spec: selecting('DoesNotExist') }, { dryRun: 'All' }));
    };
    expect(await madeBy('apps/v1', 'Deployment')).to.match(/^201/);
    expect(await madeBy('argoproj.io/v1alpha1', 'Rollout')).to.match(KEPT);
    expect(await madeBy('example.com/v1', 'Deployment')).to.match(KEPT);
  });

  it('refuses the wrong label in a template of any kind, and takes the right one', async () => {
    const answers = async (fields: object): Promise<readonly string[]> => {
      const spec = of({ matchLabels: labels }, open, fields);
      const { template: once } = of({}, open, { ...fields, restartPolicy: 'Never' });
      return [
        await tryOne('apps/v1', 'replicasets', spec),
        await tryOne('apps/v1', 'statefulsets', { serviceName: 'x', ...spec }),
        await tryOne('apps/v1', 'daemonsets', { selector: spec.selector, template: spec.template }),
        await tryOne('v1', 'replicationcontrollers', { ...spec, selector: labels }),
        await tryOne('batch/v1', 'jobs', { template: once }),
        await tryOne('batch/v1', 'cronjobs', { schedule: '@daily', jobTemplate: { spec: { template: once } } }),
      ];
    };
    for (const answer of await answers({ hostPID: true })) expect(answer).to.match(KEPT);
    for (const answer of await answers({})) expect(answer).to.match(/^201/);
  });

  it('makes no pod of an older workload that would be spared wrongly, and its controller waits', async () => {
    await scale('wrong', 1);
    await waitForAnswer(async () => {
      const { conditions = [] } = await statusOf('wrong');
      const { message = '', reason = '' } = conditions.find(({ type }) => type === 'ReplicaFailure') ?? {};
      return `${reason} ${message}`;
    }, /^FailedCreate pods "wrong-\S+" is forbidden: ValidatingAdmissionPolicy 'merlon-exec-label-keeper'/);
    expect(await labelsOf('wrong')).to.deep.equal([]);
    await scale('wrong', 0);
  });

  it('lets older workloads that select by the label make the pods that they are asked for, once, old and changed', async () => {
    for (const [name, label] of [
      ['careful', 'guarded'],
      ['right', 'open'],
    ] as const) {
      await scale(name, 1);
      await waitForAnswer(async () => String((await statusOf(name)).replicas), /^1$/);
      expect(await labelsOf(name)).to.deep.equal([label]);
      const changed = { spec: { template: { metadata: { annotations: { changed: 'yes' } } } } };
      expect(answerOf(await deployments().patch(name, changed))).to.match(/^200/);
      await waitForAnswer(async () => String((await statusOf(name)).updatedReplicas), /^1$/);
      const pods = await labelsOf(name);
      expect(pods.length).to.be.within(1, 2);
      expect(pods).to.include(label);
    }
  });

  it('lets what is older and wrong be scaled and mended, but not changed otherwise', async () => {
    await scale('wrong', 0);
    const patch = async (metadata: object, name = 'wrong') =>
      answerOf(await deployments().patch(name, { spec: { template: { metadata } } }));
    expect(await patch({ annotations: { changed: 'yes' } })).to.match(KEPT);
    expect(await patch({ labels: { [EXEC_LABEL]: 'guarded' } })).to.match(/^422 .*does not match/);
    expect(
      await create('apps/v1', 'deployments', 'plain', of({ matchLabels: labels }, labels, { hostIPC: true })),
    ).to.match(/^201/);
    expect(await patch({ labels: { [EXEC_LABEL]: 'open' } }, 'plain')).to.match(KEPT);
    expect(await patch({ labels: { [EXEC_LABEL]: 'guarded' } }, 'plain')).to.match(/^200/);
  });

  it('labels the pods of workloads that say nothing, each for what it is, once', async () => {
    const shared = of({ matchLabels: { app: 'shared' } }, { app: 'shared' }, { hostNetwork: true });
    expect(await create('apps/v1', 'deployments', 'shared', shared)).to.match(/^201/);
    await waitForAnswer(async () => {
      return String((await statusOf('shared')).updatedReplicas);
    }, /^1$/);
    expect(await labelsOf('shared')).to.deep.equal(['guarded']);
  });

  describe('and nothing gives pods the label, as the operator has it while an older workload selects by it', () => {
    before('what sets it is gone', async () => {
      const bindings = cluster().client.resource(ADMISSION, 'mutatingadmissionpolicybindings');
      expect((await bindings.delete('merlon-exec-label-on')).status).to.equal(200);
      await waitForAnswer(labelOfNew, /^undefined$/);
    });

    it('lets that workload roll out what changes, with as many pods as it asks for', async () => {
      await scale('unlabelled', 1);
      await waitForAnswer(async () => String((await statusOf('unlabelled')).replicas), /^1$/);
      const changed = { spec: { template: { metadata: { annotations: { changed: 'yes' } } } } };
      expect(answerOf(await deployments().patch('unlabelled', changed))).to.match(/^200/);
      await waitForAnswer(async () => {
        const pods = await podsOf('unlabelled');
        return pods.map(({ metadata }) => metadata.annotations?.['changed'] ?? 'older').join(' ');
      }, /yes/);
      expect((await podsOf('unlabelled')).length).to.be.within(1, 2);
    });

    it('and refuses new ones all the same', async () => {
      const { unlabelled } = older;
      expect(await tryOne('apps/v1', 'deployments', unlabelled)).to.match(KEPT);
      expect(await tryOne('apps/v1', 'replicasets', unlabelled)).to.match(KEPT);
    });
  });
});
