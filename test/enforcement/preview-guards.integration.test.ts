/**
 * What a preview says of guards that are made of no rule is what a real API server then refuses: workloads that run as a
 * default account with its token, and roles and bindings, each made anew on trial where the guard denies.
 */
import { expect } from 'chai';

import { EXEC_LABEL } from '../../src/api/v1alpha1/group.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { runMerlon } from '../cli/merlon-process.ts';
import { bodyOf } from '../support/api-client.ts';
import type { Manifest } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { container, defaultAccountSpecs } from './default-account-specs.ts';
import { applyYaml, waitForAnswer } from './guarded-cluster.ts';
import { generateRules } from './differential/impersonating-rules.ts';

const RBAC_VERSION = 'rbac.authorization.k8s.io/v1';
const generated = 60;

interface Previewed {
  readonly refused: readonly { readonly subject: { readonly kind: string; readonly name: string } }[];
  readonly undecided: readonly unknown[];
}
interface Preview {
  readonly cluster?: Previewed;
  readonly namespaces: readonly (Previewed & { readonly namespace: string; readonly wouldRefuse: number })[];
}

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

  async function preview(...args: readonly string[]): Promise<Preview> {
    const all = ['enforce', '--preview', '-o', 'json', '--kubeconfig', cluster().adminKubeconfig, ...args];
    const { stdout, stderr } = await runMerlon(all);
    expect(stderr).to.equal('');
    return JSON.parse(stdout) as Preview;
  }

  async function enforce(...args: readonly string[]): Promise<void> {
    await applyYaml(cluster(), (await runMerlon(['enforce', '-o', 'yaml', ...args])).stdout);
  }

  async function tryCreate(path: string, body: object): Promise<string> {
    const answer = await cluster().client.request('POST', `${path}?dryRun=All`, { body });
    return `${answer.status} ${String(answer.body['message'])}`;
  }

  const namesOf = ({ refused }: Previewed): readonly string[] =>
    refused.map(({ subject }) => `${subject.kind} ${subject.name}`).toSorted();

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

  describe('about RBAC', () => {
    const everybody = { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:unauthenticated' };
    const user = (name: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });
    const account = { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' };
    const bindings: Readonly<Record<string, readonly [role: string, subjects: readonly object[]]>> = {
      open: ['view', [user('jane'), everybody]],
      info: ['system:public-info-viewer', [everybody]],
      viewers: ['view', [user('joe')]],
      admins: ['cluster-admin', [user('jane'), account]],
      'other-admins': ['cluster-admin', [user('jane'), user('joe')]],
      nobody: ['cluster-admin', []],
    };
    const options = [
      ...['--families', 'rbac', '--cluster-rbac', 'deny'],
      ...['--cluster-admin', 'User:jane', '--cluster-admin', 'ServiceAccount:ci/deployer'],
    ];
    const objects: { readonly namespace: string | undefined; readonly object: Manifest }[] = [];

    before('roles and bindings, generated and written', async () => {
      const { client } = cluster();
      await client.createNamespace('roles');
      await client.createNamespace('roles-denied', { 'merlon.dev/enforce': 'deny' });
      for (const namespace of ['roles', undefined]) {
        const prefix = namespace === undefined ? 'Cluster' : '';
        const metadata = (name: string) => ({ name, ...(namespace === undefined ? {} : { namespace }) });
        const make = (kind: string, name: string, fields: object) =>
          objects.push({
            namespace,
            object: { apiVersion: RBAC_VERSION, kind: `${prefix}${kind}`, metadata: metadata(name), ...fields },
          });
        for (let index = 0; index < generated; index += 1)
          make('Role', `role-${index}`, { rules: generateRules(index) });
        for (const [name, [role, subjects]] of Object.entries(bindings)) {
          const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role };
          make('RoleBinding', name, { roleRef, subjects });
        }
      }
      objects.push({ namespace: undefined, object: clusterRole('gathered', { rules: impersonators }, gathered) });
      for (const { object } of objects) await client.create(object);
      await client.create(clusterRole('gathers', { aggregationRule }));
      await waitUntilFilled();
    });

    const impersonators = [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }];
    const gathered = { gather: 'yes' };
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: gathered }] };
    const clusterRole = (name: string, fields: object, labels: object = {}): Manifest => ({
      apiVersion: RBAC_VERSION,
      kind: 'ClusterRole',
      metadata: { name, labels },
      ...fields,
    });

    /** By the controller of aggregated roles. */
    function waitUntilFilled(): Promise<unknown> {
      const roles = cluster().client.resource(RBAC_VERSION, 'clusterroles');
      return waitUntil(
        async () => JSON.stringify((await roles.get('gathers')).body['rules'] ?? []).includes('impersonate'),
        { what: 'the role to be filled in' },
      );
    }

    async function enforceRbac(): Promise<void> {
      await enforce(...options);
      const impersonator = { metadata: { name: 'a' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] };
      for (const path of [
        `/apis/${RBAC_VERSION}/clusterroles`,
        `/apis/${RBAC_VERSION}/namespaces/roles-denied/roles`,
      ]) {
        await waitForAnswer(() => tryCreate(path, impersonator), /^403/);
      }
    }

    it(`is what is then refused anew, in a namespace and in none, of ${generated} generated roles each`, async () => {
      const said = await preview(...options);
      const inNamespace = said.namespaces.find(({ namespace }) => namespace === 'roles');
      if (inNamespace === undefined || said.cluster === undefined) throw new Error('nothing is said');
      await enforceRbac();
      for (const [told, wanted] of [
        [inNamespace, 'roles'],
        [said.cluster, undefined],
      ] as const) {
        const refused: string[] = [];
        const all = objects.filter(({ namespace }) => namespace === wanted);
        for (const { object } of all) {
          const { kind, metadata } = object;
          const folder = wanted === undefined ? '' : 'namespaces/roles-denied/';
          const anew = { ...object, metadata: { name: `${metadata.name}-anew` } };
          const answer = await tryCreate(`/apis/${RBAC_VERSION}/${folder}${kind.toLowerCase()}s`, anew);
          if (answer.startsWith('403')) refused.push(`${kind} ${metadata.name}`);
          else expect(answer).to.match(/^201/);
        }
        expect(namesOf(told)).to.deep.equal(refused.toSorted());
        expect(told.undecided).to.deep.equal([]);
        expect(refused.length).to.be.within(all.length * 0.1, all.length * 0.8);
      }
    });

    it('of aggregated roles in files is what is answered to whoever sends them, whatever a controller fills in', async () => {
      await enforceRbac();
      const other = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
      const sent = {
        'without-rules': { aggregationRule, rules: [] },
        'with-other-rules': { aggregationRule, rules: other },
        'with-rules-of-its-own': { aggregationRule, rules: [...other, { ...impersonators[0], resources: ['groups'] }] },
        'with-what-is-gathered': { aggregationRule, rules: impersonators },
      };
      const roles = Object.entries(sent).map(([name, fields]) => clusterRole(name, fields));
      const { stdout } = await runMerlon(['enforce', '--preview', '-o', 'json', '-f', '-', ...options], {
        stdin: roles.map((role) => JSON.stringify(role)).join('\n---\n'),
      });
      const { cluster: told } = JSON.parse(stdout) as Preview;
      if (told === undefined) throw new Error('nothing is said');
      const refused: string[] = [];
      for (const role of roles) {
        const answer = await tryCreate(`/apis/${RBAC_VERSION}/clusterroles`, role);
        if (answer.includes("Policy 'merlon-rbac-cluster'")) refused.push(`ClusterRole ${role.metadata.name}`);
        else expect(answer).to.match(/^201/);
      }
      expect(namesOf(told)).to.deep.equal(refused.toSorted());
      expect(refused).to.deep.equal(['ClusterRole with-rules-of-its-own', 'ClusterRole with-what-is-gathered']);
    });

    it('leaves out of aggregated roles what the controller may fill in where people may not add to it', async () => {
      await enforceRbac();
      const roles = cluster().client.resource(RBAC_VERSION, 'clusterroles');
      const change = async (patch: object): Promise<string> => {
        const { status, body } = await roles.patch('gathers', patch);
        return `${status} ${String(body['message'])}`;
      };
      expect(await change({ metadata: { labels: { owner: 'jane' } } })).to.match(/^200/);
      expect(await change({ rules: [...impersonators, { ...impersonators[0], resources: ['groups'] }] })).to.match(
        /^403 .*Policy 'merlon-rbac-cluster'/,
      );
      // As the file of whoever made it says.
      expect(await change({ rules: [] })).to.match(/^200/);
      await waitUntilFilled();
      expect(namesOf((await preview(...options)).cluster ?? { refused: [], undecided: [] }))
        .to.include('ClusterRole gathered')
        .and.not.include('ClusterRole gathers');
    });

    it('of aggregated roles is about who may do everything or escalate: nobody else writes them', async () => {
      const { client } = cluster();
      const reader = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
      const write = async (name: string, fields: object): Promise<string> => {
        const as = await cluster().clientFor({ user: name });
        const body = clusterRole('written', fields);
        const answer = await as.request('POST', `/apis/${RBAC_VERSION}/clusterroles?dryRun=All`, { body });
        return `${answer.status} ${String(answer.body['message'])}`;
      };
      for (const [name, verbs] of [
        ['writer', ['create']],
        ['escalator', ['create', 'escalate']],
      ] as const) {
        const writing = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs };
        await client.create(clusterRole(name, { rules: [writing, reader] }));
        await client.create({
          apiVersion: RBAC_VERSION,
          kind: 'ClusterRoleBinding',
          metadata: { name },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
          subjects: [user(name)],
        });
        await waitForAnswer(() => write(name, { rules: [reader] }), /^201/);
      }
      const aggregated = { aggregationRule, rules: [reader] };
      expect(await write('writer', aggregated)).to.match(/^403 .*must have cluster-admin privileges/);
      expect(await write('escalator', aggregated)).to.match(/^201/);
    });
  });
});
