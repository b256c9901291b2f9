/** Labels of namespaces under the policy that config/ brings, on a real API server: whose labels pass, and whose do not. */
import { expect } from 'chai';

import { install } from '../e2e/installation.ts';
import { grant, waitForAnswer } from '../enforcement/guarded-cluster.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient, ApiResponse, KubeObject } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';

const REFUSED =
  /^403 namespaces .* is forbidden: ValidatingAdmissionPolicy 'merlon-namespace-labels' with binding 'merlon-namespace-labels' denied request: labels merlon\.dev\/… of a namespace are set, changed and removed by who holds the verb set on namespacelabels\.merlon\.dev$/;
const deny = { 'merlon.dev/enforce': 'deny' };

const say = ({ status, body }: ApiResponse<unknown>): string =>
  `${status} ${String((body as { message?: string }).message)}`;
const namespacesOf = (client: ApiClient) => client.resource('v1', 'namespaces');
const named = (name: string, labels: object = {}) => ({ kind: 'Namespace', metadata: { name, labels } });

describe('labels merlon.dev/… of namespaces, guarded', () => {
  const cluster = useControlPlane({ own: {}, needs: ['controller-manager'] });
  /** Makes namespaces, and may do with them whatever RBAC can say. */
  let portal: ApiClient;
  const mayAll = [
    { apiGroups: [''], resources: ['namespaces', 'namespaces/status', 'namespaces/finalize'], verbs: ['*'] },
  ];
  const read = async (name: string): Promise<KubeObject> =>
    bodyOf('read', await namespacesOf(cluster().client).get(name));
  const withLabels = async (labels: (old: Readonly<Record<string, string>>) => object): Promise<KubeObject> => {
    const { metadata, ...namespace } = await read('shop');
    return { ...namespace, metadata: { ...metadata, labels: labels(metadata.labels ?? {}) as Record<string, string> } };
  };

  before('Merlon installed, and namespaces that somebody has labelled', async function () {
    this.timeout(120_000);
    await install(cluster());
    await grant(cluster(), 'portal', mayAll);
    portal = await cluster().clientFor({ user: 'portal' });
    await cluster().client.createNamespace('shop', { ...deny, team: 'a' });
    await waitForAnswer(
      async () => say(await namespacesOf(portal).create(named('early', deny), { dryRun: 'All' })),
      REFUSED,
    );
  });

  describe('refuses to who may do all with namespaces, and no more,', () => {
    const change = { 'merlon.dev/enforce': 'off' };
    const rows: Readonly<Record<string, () => Promise<ApiResponse<unknown>>>> = {
      'to make one with such a label': () => namespacesOf(portal).create(named('new', deny)),
      'to make one with such a label and a made-up name': () =>
        namespacesOf(portal).create({ metadata: { generateName: 'new-', labels: deny } }),
      'to apply one that is not there': () =>
        namespacesOf(portal).apply('new', named('new', { 'merlon.dev/anything': 'x' })),
      'to set another': () =>
        namespacesOf(portal).patch('shop', { metadata: { labels: { 'merlon.dev/remediation': 'apply' } } }),
      'to set an empty one': () =>
        namespacesOf(portal).patch('shop', { metadata: { labels: { 'merlon.dev/remediation': '' } } }),
      'to change one': () => namespacesOf(portal).patch('shop', { metadata: { labels: change } }),
      'to change one, in another kind of patch': () =>
        namespacesOf(portal).patch(
          'shop',
          [{ op: 'replace', path: '/metadata/labels/merlon.dev~1enforce', value: 'off' }],
          'json',
        ),
      'to change one by force': () => namespacesOf(portal).apply('shop', named('shop', change)),
      'to remove one': () =>
        namespacesOf(portal).patch('shop', { metadata: { labels: { 'merlon.dev/enforce': null } } }),
      'to remove all labels': () => namespacesOf(portal).patch('shop', { metadata: { labels: null } }),
      'to replace it without': async () =>
        namespacesOf(portal).replace('shop', await withLabels(() => ({ team: 'a' }))),
      'to change one by the status': () =>
        namespacesOf(portal).patch('shop', { metadata: { labels: change } }, 'merge', { subresource: 'status' }),
      'to change one by the finalizers': async () =>
        namespacesOf(portal).replace('shop', await withLabels((old) => ({ ...old, ...change })), {
          subresource: 'finalize',
        }),
    };
    for (const [what, ask] of Object.entries(rows)) {
      it(what, async () => {
        const { labels } = (await read('shop')).metadata;
        expect(say(await ask())).to.match(REFUSED);
        expect((await read('shop')).metadata.labels).to.deep.equal(labels);
      });
    }
  });

  it('lets through who makes namespaces without, who labels otherwise, and who writes these labels as they are', async () => {
    const namespaces = namespacesOf(portal);
    const others = {
      'mymerlon.dev/enforce': 'deny',
      'merlon.dev.example/enforce': 'deny',
      'x.merlon.dev/enforce': 'x',
    };
    const patch = (labels: object | null) => namespaces.patch('shop', { metadata: { labels } });
    const answers = [
      await namespaces.create(named('plain')),
      await namespaces.create(named('plain-too', others)),
      await patch(others),
      await patch({ team: 'b', 'x.merlon.dev/enforce': null }),
      await patch({ ...deny, team: 'c' }),
      await namespaces.apply('shop', named('shop', deny), { fieldManager: 'gitops' }),
      await namespaces.replace('shop', await withLabels((old) => ({ ...old, team: 'd' }))),
      await namespaces.replace('shop', await read('shop'), { subresource: 'finalize' }),
      await namespaces.patch('shop', { status: { conditions: [] } }, 'merge', { subresource: 'status' }),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 201, ...Array<number>(7).fill(200)]);
  });

  it('lets kubectl apply a manifest again and again that says what is there', async () => {
    const manifest = JSON.stringify({ apiVersion: 'v1', ...named('gitops', deny) });
    const apply = async (user: string, ...flags: readonly string[]) => {
      const kubeconfig = user === 'admin' ? cluster().adminKubeconfig : await cluster().kubeconfigFor({ user });
      return cluster().kubectl(['apply', ...flags, '-f', '-'], { stdin: manifest, kubeconfig });
    };
    expect((await apply('portal')).stderr).to.match(/forbidden: ValidatingAdmissionPolicy 'merlon-namespace-labels'/);
    expect((await apply('admin')).code).to.equal(0);
    expect(await apply('portal')).to.include({ code: 0, stdout: 'namespace/gitops unchanged\n' });
    expect(await apply('portal', '--server-side', '--force-conflicts')).to.include({ code: 0, stderr: '' });
  });

  describe('lets through', () => {
    const relabel = (client: ApiClient, name: string, value: string) =>
      namespacesOf(client).patch(name, { metadata: { labels: { 'merlon.dev/enforce': value } } });
    const bind = async (user: string, role: string, namespace?: string) => {
      await grant(cluster(), user, mayAll);
      await cluster().client.create({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
        metadata: { name: `${user}-labels`, ...(namespace === undefined ? {} : { namespace }) },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
      });
      return cluster().clientFor({ user });
    };

    before('another namespace', async () => {
      await cluster().client.createNamespace('other');
    });

    it('who holds the verb by the shipped role, also where the name is made up', async () => {
      const labeller = await bind('labeller', 'merlon-namespace-labeller');
      await waitForAnswer(async () => say(await relabel(labeller, 'shop', 'audit')), /^200/);
      expect(
        (await namespacesOf(labeller).create({ metadata: { generateName: 'new-', labels: deny } })).status,
      ).to.equal(201);
      expect((await namespacesOf(labeller).create(named('labelled', deny))).status).to.equal(201);
      expect((await relabel(labeller, 'shop', 'deny')).status).to.equal(200);
    });

    it('who holds it on some namespaces, there and nowhere else, whether they are there or not', async () => {
      const rules = [
        {
          apiGroups: ['merlon.dev'],
          resources: ['namespacelabels'],
          verbs: ['set'],
          resourceNames: ['shop', 'tomorrow'],
        },
      ];
      await cluster().client.create({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'label-some' },
        rules,
      });
      const some = await bind('some', 'label-some');
      await waitForAnswer(async () => say(await relabel(some, 'shop', 'audit')), /^200/);
      expect((await namespacesOf(some).create(named('tomorrow', deny))).status).to.equal(201);
      expect(say(await relabel(some, 'other', 'deny'))).to.match(REFUSED);
      expect(say(await namespacesOf(some).create({ metadata: { generateName: 'new-', labels: deny } }))).to.match(
        REFUSED,
      );
    });

    it('nobody who has every right in the namespace, and no more', async () => {
      const owner = await bind('owner', 'cluster-admin', 'other');
      await waitForAnswer(
        async () => say(await namespacesOf(owner).patch('other', { metadata: { labels: { team: 'b' } } })),
        /^200/,
      );
      expect(say(await relabel(owner, 'other', 'deny'))).to.match(REFUSED);
    });

    it('whoever is of system:masters', async () => {
      expect((await relabel(cluster().client, 'other', 'deny')).status).to.equal(200);
      expect((await relabel(cluster().client, 'other', 'off')).status).to.equal(200);
    });
  });

  it('lets labelled namespaces go, whoever deletes them', async () => {
    await cluster().client.createNamespace('going', deny);
    bodyOf('delete', await namespacesOf(portal).delete('going'));
    await waitUntil(async () => (await namespacesOf(portal).get('going')).status === 404, {
      what: 'the namespace to go',
      timeoutMs: 30_000,
    });
  });

  it('costs no more than the API server allows, with as many labels as it takes', async () => {
    const labels = Object.fromEntries(
      Array.from({ length: 9000 }, (_, index) => [`merlon.dev/${'x'.repeat(50)}-${index}`, 'y'.repeat(63)]),
    );
    const { client } = cluster();
    bodyOf('make', await namespacesOf(client).create(named('laden', labels)));
    const last = `merlon.dev/${'x'.repeat(50)}-8999`;
    expect((await namespacesOf(portal).patch('laden', { metadata: { labels: { team: 'a' } } })).status).to.equal(200);
    expect(say(await namespacesOf(portal).patch('laden', { metadata: { labels: { [last]: 'z' } } }))).to.match(REFUSED);
    expect(say(await namespacesOf(portal).patch('laden', { metadata: { labels: { [last]: null } } }))).to.match(
      REFUSED,
    );
  });
});
