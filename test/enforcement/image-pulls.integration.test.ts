/**
 * Images are pulled with the credentials of each pod, on a real API server: set where it can set by itself, refused where
 * not. Generated pods are held against it by the differential test.
 */
import { expect } from 'chai';

import { kinds } from '../../src/core/kinds.ts';
import { project } from '../../src/core/project.ts';
import { planImagePulls } from '../../src/enforcement/plan/image-pulls.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { planPodFamily } from '../../src/enforcement/plan/pod-family.ts';
import { printEnforcement } from '../../src/report/enforcement-text.ts';
import {
  refusesByNamespace,
  refusesOtherPulls,
  setsByNamespace,
  setsImagePulls,
} from '../../src/enforcement/plan/recognised-image-pulls.ts';
import { imagePullPolicy } from '../../src/rules/pod/image-pull-policy.ts';
import { bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { addDebugContainer, applyYaml, createPod, waitForAnswer } from './guarded-cluster.ts';
import { CHANGED, createNamespaces, PLAIN, tryPod } from './trial-namespaces.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';
const image = 'registry.example/main:1';
const modes = { withoutLabel: 'off', keptOut: [] } as const;

describe('images', () => {
  const cluster = useControlPlane({ needs: ['build', 'controller-manager'], own: { auditLog: false } });

  before('pods that were there before', async () => {
    await createNamespaces(cluster());
    await createPod(cluster(), `${CHANGED}/older`);
    await createPod(cluster(), `${CHANGED}/debugged`);
    bodyOf('debug', await addDebugContainer(cluster().client, `${CHANGED}/debugged`, 'first'));
  });

  const bare = (spec: object = {}) => ({
    metadata: { name: 'bare' },
    spec: { containers: [{ name: 'main', image }], ...spec },
  });

  /** @returns status, and which pull policies stand in it, or why not */
  async function policiesOf(namespace: string, spec?: object): Promise<string> {
    const { status, body } = await tryPod(cluster(), namespace, bare(spec));
    return `${status} ${status === 201 ? pullPolicies(body['spec']) : String(body['message'])}`;
  }

  /** In the order of the lists, `-` where there is none. */
  function pullPolicies(spec: unknown): string {
    const lists = spec as Record<string, readonly { readonly imagePullPolicy?: string }[] | undefined>;
    return ['initContainers', 'containers', 'ephemeralContainers']
      .flatMap((list) => lists[list] ?? [])
      .map(({ imagePullPolicy: policy = '-' }) => policy)
      .join(' ');
  }

  async function specOf(pod: string): Promise<unknown> {
    return bodyOf('pod', await cluster().client.resource('v1', 'pods', CHANGED).get(pod))['spec'];
  }

  describe('where the API server can set by itself', () => {
    before('the policy', async function () {
      if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
      await applyYaml(cluster(), [...printEnforcement([planImagePulls(modes)])].join(''));
      await waitForAnswer(() => policiesOf(CHANGED), /^201 Always$/);
    });
    after('the policy', async () => {
      const name = 'merlon-image-pulls';
      await cluster().client.resource(ADMISSION, 'mutatingadmissionpolicybindings').delete(`${name}-on`);
      await cluster().client.resource(ADMISSION, 'mutatingadmissionpolicies').delete(name);
      await waitForAnswer(() => policiesOf(CHANGED), /^201 IfNotPresent$/);
    });

    it('are set by a policy that is known again as it is stored', async () => {
      const policies = cluster().client.resource(ADMISSION, 'mutatingadmissionpolicies');
      const bindings = cluster().client.resource(ADMISSION, 'mutatingadmissionpolicybindings');
      const policy = bodyOf('policy', await policies.get('merlon-image-pulls'));
      const binding = bodyOf('binding', await bindings.get('merlon-image-pulls-on'));

      expect(setsImagePulls(project(kinds.MutatingAdmissionPolicy.shape, policy).spec)).to.equal(true);
      const { spec } = project(kinds.MutatingAdmissionPolicyBinding.shape, binding);
      expect(spec !== undefined && setsByNamespace(spec)).to.equal(true);
    });

    it('are pulled as the pod says where nothing is refused', async () => {
      expect(await policiesOf(PLAIN)).to.equal('201 IfNotPresent');
    });

    it('are pulled each time in pods that controllers make, whose template stays as it is written', async () => {
      const { client } = cluster();
      const template = { metadata: { labels: { app: 'web' } }, spec: bare().spec };
      const spec = { selector: { matchLabels: { app: 'web' } }, template };
      const metadata = { name: 'web', namespace: CHANGED };
      const made = await client.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec });
      expect(pullPolicies((made['spec'] as typeof spec).template.spec)).to.equal('IfNotPresent');
      await waitUntil(
        async () => {
          const { items } = bodyOf('pods', await client.resource('v1', 'pods', CHANGED).list());
          return items.some(
            ({ metadata: { labels }, spec: own }) => labels?.['app'] === 'web' && pullPolicies(own) === 'Always',
          );
        },
        { what: 'the pod of the Deployment' },
      );
    });

    it('trap 4: are left as they are in pods that exist, which are labelled as before; only new debug containers are changed', async () => {
      const { client } = cluster();
      for (const pod of ['older', 'debugged']) {
        const labelled = await client.resource('v1', 'pods', CHANGED).patch(pod, { metadata: { labels: { a: 'b' } } });
        expect(labelled.status).to.equal(200);
        expect((await addDebugContainer(client, `${CHANGED}/${pod}`, 'second')).status).to.equal(200);
      }
      expect(pullPolicies(await specOf('older'))).to.equal('IfNotPresent Always');
      expect(
        pullPolicies(await specOf('debugged'))
          .split(' ')
          .toSorted(),
      ).to.deep.equal(['Always', 'IfNotPresent', 'IfNotPresent']);
    });

    it('trap 9: are pulled each time in containers that another policy adds, whichever is asked first', async () => {
      const policies = cluster().client.resource(ADMISSION, 'mutatingadmissionpolicies');
      const bindings = cluster().client.resource(ADMISSION, 'mutatingadmissionpolicybindings');
      const names = ['a-sidecar', 'z-sidecar'];
      for (const name of names) {
        const expression = `Object{spec: Object.spec{containers: [Object.spec.containers{name: '${name}', image: 'sidecar:1', imagePullPolicy: 'Never'}]}}`;
        const spec = {
          reinvocationPolicy: 'IfNeeded',
          matchConstraints: {
            resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          },
          matchConditions: [{ name: 'once', expression: `!object.spec.containers.exists(c, c.name == '${name}')` }],
          mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
        };
        bodyOf(name, await policies.create({ metadata: { name }, spec }));
        bodyOf(name, await bindings.create({ metadata: { name }, spec: { policyName: name } }));
      }
      await waitForAnswer(
        () => policiesOf(PLAIN),
        /^201 (IfNotPresent|Never) (IfNotPresent|Never) (IfNotPresent|Never)$/,
      );
      expect(await policiesOf(CHANGED)).to.equal('201 Always Always Always');
      for (const name of names) {
        await bindings.delete(name);
        await policies.delete(name);
      }
      await waitForAnswer(() => policiesOf(PLAIN), /^201 IfNotPresent$/);
    });
  });

  describe('where it cannot', () => {
    before('the policy that refuses instead', async () => {
      const { policy } = planPodFamily({
        ...modes,
        family: 'image-pulls',
        rules: [{ rule: imagePullPolicy, params: {} }],
        target: { podSecurityVersion: 35 },
        exemptions: [],
        breakGlassGroups: [],
      });
      if (policy === undefined) throw new Error('nothing is enforced');
      await applyYaml(cluster(), [...printEnforcement([policy])].join(''));
      await waitForAnswer(() => policiesOf(CHANGED), /^403/);
    });

    it('are refused unless they are pulled each time, each by its name', async () => {
      expect(
        await policiesOf(CHANGED, { initContainers: [{ name: 'setup', image, imagePullPolicy: 'Never' }] }),
      ).to.match(
        /denied request: pod-image-pull-policy: Pod "bare": container "setup" has imagePullPolicy Never, container "main" has imagePullPolicy IfNotPresent$/,
      );
      const always = [{ name: 'main', image, imagePullPolicy: 'Always' }];
      expect(await policiesOf(CHANGED, { containers: always })).to.equal('201 Always');
    });

    it('are refused by a policy that is known again as it is stored', async () => {
      const policies = cluster().client.resource(ADMISSION, 'validatingadmissionpolicies');
      const bindings = cluster().client.resource(ADMISSION, 'validatingadmissionpolicybindings');
      const policy = bodyOf('policy', await policies.get('merlon-image-pulls'));
      const binding = bodyOf('binding', await bindings.get('merlon-image-pulls-deny'));

      const { spec } = project(kinds.ValidatingAdmissionPolicy.shape, policy);
      expect(refusesOtherPulls(spec, imagePullPolicy)).to.equal(true);
      const { spec: bound } = project(kinds.ValidatingAdmissionPolicyBinding.shape, binding);
      expect(bound !== undefined && refusesByNamespace(bound)).to.equal(true);
    });

    it('are refused in volumes, too', async function () {
      // Off by default before.
      if (cluster().minor < 35) this.skip();
      const always = [{ name: 'main', image, imagePullPolicy: 'Always' }];
      const volumes = [{ name: 'data', image: { reference: 'data:1' } }];
      expect(await policiesOf(CHANGED, { containers: always, volumes })).to.match(
        /: volume "data" has pullPolicy IfNotPresent$/,
      );
    });

    it('are taken where the API server fills in that they are', async () => {
      expect(await policiesOf(CHANGED, { containers: [{ name: 'main', image: 'main' }] })).to.equal('201 Always');
    });

    it('leaves pods that exist to be labelled', async () => {
      const labelled = await cluster()
        .client.resource('v1', 'pods', CHANGED)
        .patch('older', { metadata: { labels: { a: 'c' } } });
      expect(labelled.status).to.equal(200);
    });
  });
});
