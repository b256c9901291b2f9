/** The exec guard by label, in force on a real API server: pods are labelled for what they are, and nobody says otherwise. */
import { expect } from 'chai';

import { EXEC_LABEL } from '../../src/api/v1alpha1/group.ts';
import { LABEL_SETTER_NAME } from '../../src/enforcement/plan/exec-label.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient, ApiResponse } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import {
  addDebugContainer,
  applyYaml,
  connect,
  createDebugger,
  createPod,
  escalating,
  LET_IN,
  REFUSED,
  waitForAnswer,
} from './guarded-cluster.ts';
import { printGuards } from './printed-guards.ts';

const image = 'registry.example/main:1';
const privileged = { securityContext: { privileged: true } };
const KEPT =
  /^403 .* is forbidden: ValidatingAdmissionPolicy 'merlon-exec-label-keeper' with binding 'merlon-exec-label-keeper-deny' denied request: /;

describe('the exec guard, by label', () => {
  const cluster = useControlPlane({ own: {} });
  let ada: ApiClient;
  const podsIn = (namespace: string) => cluster().client.resource('v1', 'pods', namespace);
  const say = ({ status, body }: ApiResponse<unknown>): string =>
    `${status} ${String((body as { message?: string }).message)}`;
  const labelOf = async (pod: string): Promise<string | undefined> => {
    const [namespace = '', name = ''] = pod.split('/');
    return bodyOf(pod, await podsIn(namespace).get(name)).metadata.labels?.[EXEC_LABEL];
  };
  /** @param label what its maker says of it */
  const make = (namespace: string, name: string, label?: string, fields: object = {}) =>
    podsIn(namespace).create({
      metadata: { name, labels: label === undefined ? {} : { [EXEC_LABEL]: label } },
      spec: { containers: [{ name: 'main', image }], ...fields },
    });

  before('pods that are older than the guard, then the guard', async function () {
    this.timeout(120_000);
    if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
    const { client } = cluster();
    for (const namespace of ['guarded', 'new', 'kept-out']) await client.createNamespace(namespace);
    await client.createNamespace('spared', { 'merlon.dev/enforce': 'off' });
    await createPod(cluster(), 'guarded/old-privileged', escalating['privileged']);
    await createPod(cluster(), 'guarded/old-plain');
    ada = await createDebugger(cluster(), 'ada');
    const keptOut = ['kube-system', 'merlon', 'kept-out'];
    await applyYaml(cluster(), printGuards({ byLabel: true, withoutLabel: 'deny', keptOut }));
    await waitForAnswer(() => connect(ada, 'guarded/old-privileged'), REFUSED);
    await waitForAnswer(async () => {
      await podsIn('guarded').delete('trial');
      return say(await make('guarded', 'trial', 'open', escalating['privileged']));
    }, KEPT);
    await waitForAnswer(async () => {
      await podsIn('guarded').delete('trial');
      await make('guarded', 'trial');
      return String(await labelOf('guarded/trial'));
    }, /^open$/);
  });

  it('looks at pods that are older than it', async () => {
    expect(await labelOf('guarded/old-privileged')).to.equal(undefined);
    expect(await connect(ada, 'guarded/old-privileged', 'attach')).to.match(REFUSED);
    expect(await connect(ada, 'guarded/old-plain')).to.match(LET_IN);
  });

  const kinds: Readonly<Record<string, object>> = { ...escalating, 'host-network': { hostNetwork: true } };
  for (const [name, fields] of Object.entries(kinds)) {
    it(`labels a new pod that is ${name}, and refuses one of which its maker says otherwise`, async () => {
      bodyOf('pod', await make('new', name, undefined, fields));
      expect(await labelOf(`new/${name}`)).to.equal('guarded');
      await waitForAnswer(() => connect(ada, `new/${name}`), name === 'host-network' ? LET_IN : REFUSED);
      expect(say(await make('new', `${name}-spared`, 'open', fields)))
        .to.match(KEPT)
        .and.to.include('would spare a pod that is privileged or shares namespaces of its node');
    });
  }

  it('spares a new pod that is none of these', async () => {
    bodyOf('pod', await make('new', 'plain', undefined, { initContainers: [{ name: 'setup', image }] }));
    expect(await labelOf('new/plain')).to.equal('open');
    expect(await connect(ada, 'new/plain')).to.match(LET_IN);
  });

  it('leaves what the maker of a pod says of it, and looks at all that it does not spare', async () => {
    for (const label of ['guarded', 'anything', '']) {
      const pod = `said-${label === '' ? 'nothing' : label}`;
      bodyOf('pod', await make('new', pod, label));
      bodyOf('pod', await make('new', `${pod}-privileged`, label, escalating['privileged']));
      expect([await labelOf(`new/${pod}`), await labelOf(`new/${pod}-privileged`)]).to.deep.equal([label, label]);
      await waitForAnswer(() => connect(ada, `new/${pod}-privileged`), REFUSED);
      expect(await connect(ada, `new/${pod}`)).to.match(LET_IN);
    }
  });

  it('knows what the maker of a pod says by whichever way he makes it, and whatever he says of who said it', async () => {
    const apiVersion = 'v1';
    const spec = { containers: [{ name: 'main', image }], ...escalating['host-pid'] };
    const spared = { [EXEC_LABEL]: 'open' };
    const applied = { apiVersion, kind: 'Pod', metadata: { name: 'applied', labels: spared }, spec };
    expect(say(await podsIn('new').apply('applied', applied))).to.match(KEPT);
    const fieldsV1 = { 'f:spec': { 'f:hostPID': {} } };
    const noted = { manager: 'somebody', operation: 'Update', apiVersion, fieldsType: 'FieldsV1', fieldsV1 };
    for (const managedFields of [[], [{}], [noted]]) {
      const metadata = { name: 'noted', labels: spared, managedFields };
      expect(say(await podsIn('new').create({ metadata, spec }))).to.match(KEPT);
    }
    // Two of one name: nobody can tell in managedFields which is meant.
    const env = [1, 2].map((one) => ({ name: 'TWICE', value: String(one) }));
    const ports = [1, 2].map((one) => ({ name: `port-${one}`, containerPort: 80 }));
    const twice = { ...spec, containers: [{ name: 'main', image, env, ports }] };
    expect(say(await podsIn('new').create({ metadata: { name: 'twice', labels: spared }, spec: twice }))).to.match(
      KEPT,
    );
    bodyOf('pod', await podsIn('new').create({ metadata: { name: 'twice' }, spec: twice }));
    expect(await labelOf('new/twice')).to.equal('guarded');
  });

  it('finds what another policy adds later', async () => {
    const sidecar = `Object{spec: Object.spec{containers: [Object.spec.containers{name: 'side', image: '${image}', securityContext: Object.spec.containers.securityContext{privileged: true}}]}}`;
    const api = 'admissionregistration.k8s.io/v1';
    for (const name of ['aa-sidecar', 'zz-sidecar']) {
      const selector = { matchLabels: { adds: name } };
      const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
      await cluster().client.create({
        apiVersion: api,
        kind: 'MutatingAdmissionPolicy',
        metadata: { name },
        spec: {
          reinvocationPolicy: 'IfNeeded',
          matchConstraints: { objectSelector: selector, resourceRules },
          mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: sidecar } }],
        },
      });
      await cluster().client.create({
        apiVersion: api,
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name },
        spec: { policyName: name },
      });
      let attempt = 0;
      const makeOne = (labels: object) => {
        const metadata = { name: `${name}-${(attempt += 1)}`, labels: { adds: name, ...labels } };
        return podsIn('new').create({ metadata, spec: { containers: [{ name: 'main', image }] } });
      };
      await waitForAnswer(async () => {
        const { metadata, spec } = bodyOf('pod', await makeOne({}));
        const count = (spec as { containers: readonly object[] }).containers.length;
        return `${count} ${String(metadata.labels?.[EXEC_LABEL])}`;
      }, /^2 guarded$/);
      expect(say(await makeOne({ [EXEC_LABEL]: 'open' }))).to.match(KEPT);
    }
  });

  describe('keeps the label as it is', () => {
    const pods = () => podsIn('new');
    const patch = (label: string | null, subresource?: string) =>
      pods().patch(
        'kept',
        { metadata: { labels: { [EXEC_LABEL]: label } } },
        'merge',
        subresource === undefined ? {} : { subresource },
      );

    before('a pod', async () => {
      bodyOf('pod', await make('new', 'kept', undefined, escalating['privileged']));
    });

    it('against whoever changes it, removes it, or does so by the status', async () => {
      for (const answer of [await patch('open'), await patch(null), await patch('open', 'status')]) {
        expect(say(answer)).to.match(KEPT).and.to.include('the label merlon.dev/exec of a pod is not changed');
      }
      expect(await labelOf('new/kept')).to.equal('guarded');
    });

    it('against whoever sets it on a pod that has none', async () => {
      const labels = { [EXEC_LABEL]: 'open' };
      expect(say(await podsIn('guarded').patch('old-privileged', { metadata: { labels } }))).to.match(KEPT);
    });

    it('against whoever binds a pod that has none to a node', async () => {
      const target = { apiVersion: 'v1', kind: 'Node', name: 'somewhere' };
      const bind = (labels: object) =>
        cluster().client.request('POST', `${podsIn('guarded').path}/old-privileged/binding`, {
          body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'old-privileged', labels }, target },
        });
      expect(say(await bind({ [EXEC_LABEL]: 'open' }))).to.match(KEPT);
      expect((await bind({ 'topology.kubernetes.io/zone': 'a' })).status).to.equal(201);
      expect(await labelOf('guarded/old-privileged')).to.equal(undefined);
    });

    it('also where no namespace says that the guard is in force, as it may be tomorrow', async () => {
      bodyOf('pod', await make('spared', 'agent', undefined, escalating['privileged']));
      expect(await labelOf('spared/agent')).to.equal('guarded');
      expect(say(await podsIn('spared').patch('agent', { metadata: { labels: { [EXEC_LABEL]: 'open' } } }))).to.match(
        KEPT,
      );
    });

    it('and lets all else be written, on pods old and new', async () => {
      const answers = [
        await pods().patch('kept', { metadata: { labels: { team: 'a' } } }),
        await pods().patchStatus('kept', { phase: 'Running' }),
        await podsIn('guarded').patch('old-plain', { metadata: { annotations: { seen: 'yes' } } }),
        await podsIn('guarded').patchStatus('old-plain', { phase: 'Running' }),
        await pods().delete('kept', { gracePeriodSeconds: 0 }),
      ];
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 200]);
    });
  });

  it('lets nobody add a privileged debug container to a pod that is spared, and others as before', async () => {
    const { client } = cluster();
    bodyOf('pod', await make('new', 'debugged', 'open'));
    bodyOf('pod', await make('new', 'escalating', undefined, escalating['host-pid']));
    expect(say(await addDebugContainer(client, 'new/debugged', 'root', privileged)))
      .to.match(KEPT)
      .and.to.include('gets no privileged debug container');
    expect((await addDebugContainer(client, 'new/debugged', 'plain')).status).to.equal(200);
    expect((await addDebugContainer(client, 'new/escalating', 'root', privileged)).status).to.equal(200);
    expect((await addDebugContainer(client, 'guarded/old-plain', 'root', privileged)).status).to.equal(200);
    await waitForAnswer(() => connect(ada, 'guarded/old-plain'), REFUSED);
  });

  it('does nothing where it is kept out', async () => {
    bodyOf('pod', await make('kept-out', 'agent', 'open', escalating['privileged']));
    expect(await labelOf('kept-out/agent')).to.equal('open');
    expect(await connect(ada, 'kept-out/agent')).to.match(LET_IN);
  });

  describe('where nobody sets it', () => {
    it('believes no label of a privileged pod', async () => {
      const bindings = cluster().client.resource('admissionregistration.k8s.io/v1', 'mutatingadmissionpolicybindings');
      bodyOf('delete', await bindings.delete(`${LABEL_SETTER_NAME}-on`));
      await waitForAnswer(async () => {
        await podsIn('new').delete('unset');
        await make('new', 'unset');
        return String(await labelOf('new/unset'));
      }, /^undefined$/);
      for (const [name, fields] of Object.entries(kinds)) {
        expect(say(await make('new', `forged-${name}`, 'open', fields))).to.match(KEPT);
      }
      expect((await make('new', 'honest', 'open')).status).to.equal(201);
      expect((await make('new', 'unknown', 'other', escalating['host-pid'])).status).to.equal(201);
      await waitForAnswer(() => connect(ada, 'new/unknown'), REFUSED);
    });
  });
});
