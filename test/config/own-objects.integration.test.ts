/** Merlon's own objects under the policy that config/ brings, on a real API server: who writes them, and who is refused. */
import { expect } from 'chai';

import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { waitForAnswer } from '../enforcement/guarded-cluster.ts';
import { install } from '../e2e/installation.ts';
import { operatorUser } from '../e2e/operator-process.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient, ApiResponse } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const managed = { labels: { 'app.kubernetes.io/managed-by': 'merlon' } };
const REFUSED =
  /^403 .* is forbidden: ValidatingAdmissionPolicy 'merlon-own-objects' with binding 'merlon-own-objects' denied request: postures, and the status of what is of Merlon, are written by Merlon alone$/;

const say = ({ status, body }: ApiResponse<unknown>): string =>
  `${status} ${String((body as { message?: string }).message)}`;
const posturesOf = (client: ApiClient, namespace?: string) =>
  client.resource(API_VERSION, 'securitypostures', namespace);
const clusterPosturesOf = (client: ApiClient) => client.resource(API_VERSION, 'clustersecuritypostures');
const recordsOf = (client: ApiClient) => client.resource(API_VERSION, 'hardeningremediations', 'shop');

describe("Merlon's own objects, guarded", () => {
  const cluster = useControlPlane({ own: {}, needs: ['restart', 'controller-manager'] });
  let merlon: ApiClient;
  const bindTo = (name: string, role: string, subject: object, namespace?: string) =>
    cluster().client.create({
      apiVersion: RBAC,
      kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [subject],
    });

  before('Merlon installed, and what it has written', async function () {
    this.timeout(120_000);
    await install(cluster());
    const { client } = cluster();
    merlon = await cluster().clientFor({ user: operatorUser });
    for (const name of ['shop', 'going']) await client.createNamespace(name);
    const early = { kind: 'SecurityPosture', metadata: { name: 'current' } };
    await waitForAnswer(async () => say(await posturesOf(client, 'shop').create(early, { dryRun: 'All' })), REFUSED);
    for (const namespace of ['shop', 'going']) bodyOf('posture', await createPosture(merlon, namespace));
    const clusterPosture = { kind: 'ClusterSecurityPosture', metadata: { name: 'cluster', ...managed } };
    bodyOf('posture', await clusterPosturesOf(merlon).create(clusterPosture));
    const record = { kind: 'HardeningRemediation', metadata: { name: 'repair', ...managed } };
    bodyOf('record', await recordsOf(merlon).create(record));
    await client.create({
      apiVersion: API_VERSION,
      kind: 'ClusterHardeningPolicy',
      metadata: { name: 'platform' },
      spec: { threshold: 'critical' },
    });
  });

  function createPosture(client: ApiClient, namespace: string, metadata: object = {}) {
    const posture = { kind: 'SecurityPosture', metadata: { name: 'current', ...managed, ...metadata } };
    return posturesOf(client, namespace).create(posture);
  }

  /** As Merlon does it: the whole status, in the version that was read. */
  async function putStatus(client: ApiClient, policy: string): Promise<ApiResponse> {
    const posture = bodyOf('read', await posturesOf(cluster().client, 'shop').get('current'));
    return posturesOf(client, 'shop').replace(
      'current',
      { ...posture, status: { ...(posture['status'] as object), policy } },
      { subresource: 'status' },
    );
  }

  it('Merlon writes them', async () => {
    expect((await putStatus(merlon, 'built-in')).body).to.have.nested.property('status.policy', 'built-in');
    const records = recordsOf(merlon);
    const record = bodyOf('read', await recordsOf(cluster().client).get('repair'));
    const status = { state: 'Proposed' };
    expect((await records.replace('repair', { ...record, status }, { subresource: 'status' })).status).to.equal(200);
    expect((await records.delete('repair')).status).to.equal(200);
    bodyOf('again', await records.create({ kind: 'HardeningRemediation', metadata: { name: 'repair', ...managed } }));
  });

  describe('refuses to everybody else, though they are of system:masters,', () => {
    const rows: Readonly<Record<string, (admin: ApiClient) => Promise<ApiResponse<unknown>>>> = {
      'to create a posture': (admin) =>
        posturesOf(admin, 'default').create({ kind: 'SecurityPosture', metadata: { name: 'current' } }),
      'to apply one': (admin) =>
        posturesOf(admin, 'default').apply('current', { kind: 'SecurityPosture', metadata: { name: 'current' } }),
      'to write the status of one': (admin) => putStatus(admin, 'forged'),
      'to patch the status of one': (admin) => posturesOf(admin, 'shop').patchStatus('current', { compliant: 'True' }),
      'to apply the status of one': (admin) =>
        posturesOf(admin, 'shop').apply(
          'current',
          { kind: 'SecurityPosture', metadata: { name: 'current' }, status: { compliant: 'True' } },
          { subresource: 'status' },
        ),
      'to label one': (admin) => posturesOf(admin, 'shop').patch('current', { metadata: { labels: { mine: 'true' } } }),
      'to delete one': (admin) => posturesOf(admin, 'shop').delete('current'),
      'to delete them together': (admin) => admin.request('DELETE', posturesOf(admin, 'shop').path),
      "to create the cluster's": (admin) =>
        clusterPosturesOf(admin).create({ kind: 'ClusterSecurityPosture', metadata: { name: 'cluster' } }),
      "to patch the status of the cluster's": (admin) =>
        clusterPosturesOf(admin).patchStatus('cluster', { compliant: 'True' }),
      "to delete the cluster's": (admin) => clusterPosturesOf(admin).delete('cluster'),
      'to say what came of a repair': (admin) => recordsOf(admin).patchStatus('repair', { state: 'Applied' }),
      'to say what became of a policy': (admin) =>
        admin.resource(API_VERSION, 'clusterhardeningpolicies').patchStatus('platform', { rules: 0 }),
    };
    for (const [what, ask] of Object.entries(rows)) {
      it(what, async () => {
        expect(say(await ask(cluster().client))).to.match(REFUSED);
      });
    }
  });

  it('knows Merlon by its name together with its right: neither is enough', async () => {
    await cluster().client.createNamespace('evil');
    const account = { kind: 'ServiceAccount', name: 'merlon', namespace: 'evil' };
    await bindTo('all-of-shop', 'cluster-admin', account, 'shop');
    const namesake = await cluster().clientFor({ user: 'system:serviceaccount:evil:merlon' });
    await bindTo('robot', 'merlon', { kind: 'ServiceAccount', name: 'robot', namespace: 'merlon' });
    const robot = await cluster().clientFor({ user: 'system:serviceaccount:merlon:robot' });
    for (const client of [namesake, robot]) {
      await waitUntil(async () => REFUSED.test(say(await putStatus(client, 'forged'))), { what: 'the refusal' });
    }
  });

  it('lets Merlon write that was installed in a namespace of another name', async () => {
    await bindTo('moved', 'merlon', { kind: 'ServiceAccount', name: 'merlon', namespace: 'security' });
    const moved = await cluster().clientFor({ user: 'system:serviceaccount:security:merlon' });
    await waitUntil(async () => (await putStatus(moved, 'moved')).status === 200, { what: 'the grant' });
  });

  it('lets people say what is theirs to say, and write back what they have read', async () => {
    const { client } = cluster();
    const spec = { action: 'Skip' };
    expect((await recordsOf(client).patch('repair', { spec })).body).to.have.nested.property('spec.action', 'Skip');
    const policies = client.resource(API_VERSION, 'clusterhardeningpolicies');
    expect((await policies.patch('platform', { spec: { threshold: 'high' } })).status).to.equal(200);
    for (const subresource of [undefined, 'status']) {
      const posture = bodyOf('read', await posturesOf(client, 'shop').get('current'));
      const written = await posturesOf(client, 'shop').replace(
        'current',
        posture,
        subresource === undefined ? {} : { subresource },
      );
      expect(say(written)).to.match(/^200 /);
      expect(written.body.metadata.resourceVersion).to.equal(posture.metadata.resourceVersion);
    }
  });

  it('lets them go with their namespace', async () => {
    const namespaces = cluster().client.resource('v1', 'namespaces');
    bodyOf('delete', await namespaces.delete('going'));
    await waitForAnswer(async () => {
      const { status, body } = await namespaces.get('going');
      return `${status} ${JSON.stringify(body['status'])}`;
    }, /^404/);
  });

  it('lets anybody delete one in a namespace that is going, as the controller manager may be called anything', async () => {
    const { client } = cluster();
    await client.createNamespace('held');
    bodyOf('posture', await createPosture(merlon, 'held', { finalizers: ['merlon.test/held'] }));
    expect(say(await posturesOf(client, 'held').delete('current', { dryRun: 'All' }))).to.match(REFUSED);
    bodyOf('delete', await client.resource('v1', 'namespaces').delete('held'));
    await waitForAnswer(async () => say(await posturesOf(client, 'held').delete('current')), /^20[02] /);
    const almighty = await cluster().clientFor({ user: operatorUser, groups: ['system:masters'] });
    bodyOf('let go', await posturesOf(almighty, 'held').patch('current', { metadata: { finalizers: null } }));
  });

  it('lets the garbage collector take one whose owner is gone', async () => {
    const { client } = cluster();
    await client.createNamespace('owned');
    const maps = client.resource('v1', 'configmaps', 'owned');
    const { uid } = bodyOf('owner', await maps.create({ metadata: { name: 'owner' } })).metadata;
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
    bodyOf('posture', await createPosture(merlon, 'owned', { ownerReferences }));
    // Otherwise it looks only twice a minute for kinds that are new to it.
    await cluster().controllerManager.restart();
    bodyOf('delete', await maps.delete('owner'));
    await waitUntil(async () => (await posturesOf(client, 'owned').get('current')).status === 404, {
      what: 'the posture to go',
      timeoutMs: 40_000,
    });
  });
});
