/**
 * What a preview says of guards of pods that are made of no rule is what a real API server then refuses: workloads that run as
 * a default account with its token, and the label of the exec guard, each made anew on trial.
 */
import { expect } from 'chai';

import { EXEC_LABEL } from '../../src/api/v1alpha1/group.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { container, defaultAccountSpecs } from './default-account-specs.ts';
import { waitForAnswer } from './guarded-cluster.ts';
import { namesOf, usePreview } from './live-preview.ts';

interface LabelledSpec {
  readonly labels?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}
interface Labelled {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: object;
}
const asSet = <W extends { readonly spec: object }>(workload: W) => ({
  ...workload,
  spec: { ...workload.spec, serviceName: 'any' },
});

describe('what a preview says of guards that are made of no rule', () => {
  const cluster = useControlPlane({ needs: ['build'], own: { auditLog: false } });

  const { preview, enforce, tryCreate } = usePreview(cluster);

  describe('about the tokens of default accounts', () => {
    const deployment = (name: string, spec: object) => ({
      metadata: { name },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [container], ...spec } },
      },
    });
    const pod = (name: string, spec: object) => ({ metadata: { name }, spec: { containers: [container], ...spec } });

    for (const [namespace, automount] of [
      ['gives', undefined],
      ['keeps', false],
    ] as const) {
      before(`workloads where the account ${namespace} its token`, async () => {
        const { client } = cluster();
        for (const [name, labels] of [
          [namespace, {}],
          [`${namespace}-denied`, { 'merlon.dev/enforce': 'deny' }],
        ] as const) {
          await client.createNamespace(name, labels);
          const accounts = client.resource('v1', 'serviceaccounts', name);
          bodyOf('account', await accounts.patch('default', { automountServiceAccountToken: automount ?? null }));
          bodyOf('account', await accounts.create({ metadata: { name: 'web' } }));
        }
        for (const [name, spec] of Object.entries(defaultAccountSpecs)) {
          bodyOf(name, await client.resource('apps/v1', 'deployments', namespace).create(deployment(name, spec)));
          bodyOf(name, await client.resource('v1', 'pods', namespace).create(pod(`bare-${name}`, spec)));
        }
      });
    }

    it('is what a namespace that denies then does, of the workload or of its pods', async () => {
      const said = await preview('--families', 'service-accounts');
      await enforce('--families', 'service-accounts', '--kubernetes-version', '1.35');
      await waitForAnswer(() => tryCreate('/api/v1/namespaces/gives-denied/pods', pod('a', {})), /^403/);
      for (const namespace of ['gives', 'keeps']) {
        const told = said.namespaces.find((one) => one.namespace === namespace);
        if (told === undefined) throw new Error(`nothing is said of ${namespace}`);
        const refused: string[] = [];
        const denied = `${namespace}-denied`;
        for (const [name, spec] of Object.entries(defaultAccountSpecs)) {
          const asPod = await tryCreate(`/api/v1/namespaces/${denied}/pods`, pod(`bare-${name}`, spec));
          const asWorkload = await tryCreate(`/apis/apps/v1/namespaces/${denied}/deployments`, deployment(name, spec));
          if (asPod.startsWith('403')) refused.push(`Pod bare-${name}`);
          if (`${asPod} ${asWorkload}`.includes('403')) refused.push(`Deployment ${name}`);
        }
        expect(namesOf(told), namespace).to.deep.equal(refused.toSorted());
        expect([told.wouldRefuse, told.undecided]).to.deep.equal([refused.length, []]);
        const all = 2 * Object.keys(defaultAccountSpecs).length;
        expect(refused.length).to.be.within(all * 0.3, all * 0.8);
      }
    });
  });

  describe('about the label of the exec guard', () => {
    const label = { [EXEC_LABEL]: 'open' };
    const ofWorkload = (
      name: string,
      { labels = {}, ...fields }: LabelledSpec,
      expressions: readonly object[] = [],
    ) => ({
      metadata: { name },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: name }, matchExpressions: expressions },
        template: { metadata: { labels: { app: name, ...labels } }, spec: { containers: [container], ...fields } },
      },
    });
    const asking = (operator: string, values?: readonly string[]) => [{ key: EXEC_LABEL, operator, values }];
    const privileged = [{ ...container, securityContext: { privileged: true } }];
    const workloads = [
      ofWorkload('silent', { hostPID: true }),
      ofWorkload('spared-rightly', { labels: label }),
      ofWorkload('spared-wrongly', {
        labels: label,
        initContainers: [{ ...container, name: 'setup' }],
        hostNetwork: true,
      }),
      ofWorkload('guarded', { labels: { [EXEC_LABEL]: 'guarded' }, hostIPC: true }, asking('Exists')),
      ofWorkload('asks-for-none', {}, asking('DoesNotExist')),
      ofWorkload('asks-for-another', {}, asking('NotIn', ['guarded'])),
      ofWorkload('says-another', { labels: { [EXEC_LABEL]: 'x' } }, asking('NotIn', ['open'])),
    ];
    const pods: readonly Labelled[] = [
      { metadata: { name: 'bare', labels: label }, spec: { containers: [container] } },
      { metadata: { name: 'bare-wrongly', labels: label }, spec: { containers: privileged } },
      { metadata: { name: 'bare-silent', labels: {} }, spec: { containers: privileged } },
    ];

    before('workloads, and pods', async function () {
      if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
      const { client } = cluster();
      await client.createNamespace('labelled');
      await client.createNamespace('labelled-anew');
      for (const one of workloads) {
        bodyOf('workload', await client.resource('apps/v1', 'deployments', 'labelled').create(one));
        bodyOf('workload', await client.resource('apps/v1', 'statefulsets', 'labelled').create(asSet(one)));
      }
      for (const one of pods) bodyOf('pod', await client.resource('v1', 'pods', 'labelled').create(one));
    });

    it('is what what keeps the label then does, in namespaces that enforce nothing, too', async () => {
      const said = await preview('--families', 'exec', '--with', 'label');
      await enforce('--families', 'exec', '--with', 'label');
      const [, , wrongly] = workloads;
      const apps = '/apis/apps/v1/namespaces/labelled-anew';
      await waitForAnswer(() => tryCreate(`${apps}/deployments`, wrongly ?? {}), /^403/);
      const refused: string[] = [];
      for (const one of workloads) {
        const { name } = one.metadata;
        if ((await tryCreate(`${apps}/deployments`, one)).startsWith('403')) refused.push(`Deployment ${name}`);
        if ((await tryCreate(`${apps}/statefulsets`, asSet(one))).startsWith('403'))
          refused.push(`StatefulSet ${name}`);
      }
      for (const one of pods) {
        const answer = await tryCreate('/api/v1/namespaces/labelled-anew/pods', one);
        if (answer.startsWith('403')) refused.push(`Pod ${one.metadata.name}`);
      }
      const told = said.namespaces.find((one) => one.namespace === 'labelled');
      expect(told === undefined ? undefined : namesOf(told)).to.deep.equal(refused.toSorted());
      expect([told?.wouldRefuse, told?.undecided]).to.deep.equal([7, []]);
    });
  });
});
