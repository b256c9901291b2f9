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
import { applyYaml, waitForAnswer } from './guarded-cluster.ts';
import { generateRules } from './differential/impersonating-rules.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const generated = 60;
const container = { name: 'main', image: 'registry.example/main:1' };

interface Previewed {
  readonly refused: readonly { readonly subject: { readonly kind: string; readonly name: string } }[];
  readonly undecided: readonly unknown[];
}
interface Preview {
  readonly cluster?: Previewed;
  readonly namespaces: readonly (Previewed & { readonly namespace: string; readonly wouldRefuse: number })[];
}

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const off = { automountServiceAccountToken: false };
const on = { automountServiceAccountToken: true };
const mountAt = (name: string, mountPath: string, more: object = {}) => ({
  ...container,
  volumeMounts: [{ name, mountPath, ...more }],
});
/** A volume in the one container. */
const held = (volume: object, mountPath: string, more: object = {}) => ({
  containers: [mountAt('held', mountPath, more)],
  volumes: [{ name: 'held', ...volume }],
});
const secret = { secret: { secretName: 'my' } };
const among = (name: string) => ({ projected: { sources: [{ configMap: { name: 'a' } }, { secret: { name } }] } });
const tokenFor = (audience?: string) => ({
  projected: { sources: [{ serviceAccountToken: { path: 'token', ...(audience === undefined ? {} : { audience }) } }] },
});
const specs: Readonly<Record<string, object>> = {
  silent: {},
  asks: on,
  refuses: off,
  projects: { ...off, volumes: [{ name: 'token', ...tokenFor() }] },
  'projects-for-vault': { ...off, ...held(tokenFor('vault'), '/tokens') },
  'own-account': { serviceAccountName: 'web' },
  'own-account-asks': { serviceAccountName: 'web', ...on, volumes: [{ name: 'token', ...tokenFor() }] },
  'has-the-path': held({ emptyDir: {} }, TOKEN_PATH),
  'asks-and-has-the-path': { ...on, ...held({ emptyDir: {} }, TOKEN_PATH) },
  'asks-and-has-the-path-read-only': { ...on, ...held({ emptyDir: {} }, TOKEN_PATH, { readOnly: true }) },
  'asks-and-one-has-the-path': {
    ...on,
    ...held({ emptyDir: {} }, TOKEN_PATH),
    initContainers: [{ ...container, name: 'setup' }],
  },
  'asks-and-has-the-path-with-a-slash': { ...on, ...held({ emptyDir: {} }, `${TOKEN_PATH}/`) },
  'asks-and-is-given-another-volume': { ...on, volumes: [{ name: 'kube-api-access-zz', emptyDir: {} }] },
  'asks-and-is-given-a-secret': { ...on, volumes: [{ name: 'kube-api-access-zz', ...secret }] },
  'asks-and-is-given-a-projected-secret': { ...on, volumes: [{ name: 'kube-api-access-zz', ...among('my') }] },
  'asks-and-is-given-the-first': {
    ...on,
    volumes: [
      { name: 'kube-api-access-zz', emptyDir: {} },
      { name: 'kube-api-access-aa', ...secret },
    ],
  },
  'given-a-secret': { volumes: [{ name: 'kube-api-access-zz', ...secret }] },
  'legacy-secret': { ...off, volumes: [{ name: 'secret', secret: { secretName: 'default-token-x7k2p' } }] },
  'legacy-secret-among': { ...off, volumes: [{ name: 'secret', ...among('default-token-x7k2p') }] },
  'secret-in-its-place': { ...off, ...held(secret, TOKEN_PATH, { readOnly: true }) },
  'secret-among-in-its-place': { ...off, ...held(among('my'), TOKEN_PATH) },
  'secret-in-its-place-of-init': {
    ...off,
    initContainers: [{ ...mountAt('held', TOKEN_PATH), name: 'setup' }],
    volumes: [{ name: 'held', ...secret }],
  },
  'secret-in-its-place-with-a-slash': { ...off, ...held(secret, `${TOKEN_PATH}/`) },
  'secret-in-its-place-with-dots': { ...off, ...held(secret, '/var/./run//secrets/kubernetes.io/./serviceaccount/.') },
  'secret-in-its-place-by-the-link': { ...off, ...held(secret, '/run/secrets/kubernetes.io/serviceaccount') },
  'secret-as-the-file': { ...off, ...held(secret, `${TOKEN_PATH}/token`, { subPath: 'token' }) },
  'secret-above': { ...off, ...held(secret, '/var/run/secrets/kubernetes.io') },
  'secret-elsewhere': { ...off, ...held(secret, '/etc/tls') },
  'secret-among-elsewhere': { ...off, ...held(among('my'), '/etc/tls') },
};

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
        for (const [name, spec] of Object.entries(specs)) {
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
        for (const [name, spec] of Object.entries(specs)) {
          const asPod = await tryCreate(`/api/v1/namespaces/${denied}/pods`, pod(`bare-${name}`, spec));
          const asWorkload = await tryCreate(`/apis/apps/v1/namespaces/${denied}/deployments`, deployment(name, spec));
          if (asPod.startsWith('403')) refused.push(`Pod bare-${name}`);
          if (`${asPod} ${asWorkload}`.includes('403')) refused.push(`Deployment ${name}`);
        }
        expect(namesOf(told), namespace).to.deep.equal(refused.toSorted());
        expect([told.wouldRefuse, told.undecided]).to.deep.equal([refused.length, []]);
        const all = 2 * Object.keys(specs).length;
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
            object: { apiVersion: RBAC, kind: `${prefix}${kind}`, metadata: metadata(name), ...fields },
          });
        for (let index = 0; index < generated; index += 1)
          make('Role', `role-${index}`, { rules: generateRules(index) });
        for (const [name, [role, subjects]] of Object.entries(bindings)) {
          const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role };
          make('RoleBinding', name, { roleRef, subjects });
        }
      }
      for (const { object } of objects) await client.create(object);
    });

    it(`is what is then refused anew, in a namespace and in none, of ${generated} generated roles each`, async () => {
      const said = await preview(...options);
      const inNamespace = said.namespaces.find(({ namespace }) => namespace === 'roles');
      if (inNamespace === undefined || said.cluster === undefined) throw new Error('nothing is said');
      await enforce(...options);
      const impersonator = { metadata: { name: 'a' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] };
      for (const path of [`/apis/${RBAC}/clusterroles`, `/apis/${RBAC}/namespaces/roles-denied/roles`]) {
        await waitForAnswer(() => tryCreate(path, impersonator), /^403/);
      }
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
          const answer = await tryCreate(`/apis/${RBAC}/${folder}${kind.toLowerCase()}s`, anew);
          if (answer.startsWith('403')) refused.push(`${kind} ${metadata.name}`);
          else expect(answer).to.match(/^201/);
        }
        expect(namesOf(told)).to.deep.equal(refused.toSorted());
        expect(told.undecided).to.deep.equal([]);
        expect(refused.length).to.be.within(all.length * 0.1, all.length * 0.8);
      }
    });
  });
});
