/** What the escalation graph says of service accounts that are bound and do not exist, held to a real API server. */
import { randomBytes } from 'node:crypto';

import { expect } from 'chai';

import { ApiClient, bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const GROUP = 'rbac.authorization.k8s.io';

/** Somebody, and a namespace in which a service account `ghost` is bound and does not exist. */
interface World {
  readonly id: string;
  readonly somebody: ApiClient;
  /** Whether the ghost is whom these headers, or this token, stand for. */
  readonly isGhost: (client: ApiClient, headers?: Readonly<Record<string, string>>) => Promise<boolean>;
}

describe('a service account that is bound and does not exist', () => {
  const cluster = useControlPlane({ needs: ['controller-manager'] });
  const made: { readonly plural: string; readonly name: string }[] = [];

  afterEach('what is cluster-wide', async () => {
    for (const { plural, name } of made.splice(0)) await cluster().client.resource(RBAC, plural).delete(name);
  });

  async function grant(id: string, name: string, rules: readonly object[], subject: object, namespace?: string) {
    const prefix = namespace === undefined ? 'cluster' : '';
    const kind = namespace === undefined ? 'ClusterRole' : 'Role';
    const { client } = cluster();
    const metadata = { name: `${id}-${name}` };
    bodyOf('role', await client.resource(RBAC, `${prefix}roles`, namespace).create({ kind, metadata, rules }));
    const roleRef = { apiGroup: GROUP, kind, name: metadata.name };
    const binding = { kind: `${kind}Binding`, metadata, roleRef, subjects: [subject] };
    bodyOf('binding', await client.resource(RBAC, `${prefix}rolebindings`, namespace).create(binding));
    if (namespace === undefined) {
      for (const plural of ['clusterrolebindings', 'clusterroles']) made.push({ plural, name: metadata.name });
    }
  }

  /** @param isThere whether the namespace is; where it is not, the rules are held everywhere */
  async function worldOf(isThere: boolean, ...rules: readonly object[]): Promise<World> {
    const id = `absent-${randomBytes(4).toString('hex')}`;
    const { client } = cluster();
    if (isThere) await client.createNamespace(id);
    const mark = { verbs: [`see-${id}`], apiGroups: [GROUP], resources: ['marks'] };
    await grant(id, 'mark', [mark], { kind: 'ServiceAccount', namespace: id, name: 'ghost' });
    const user = { apiGroup: GROUP, kind: 'User', name: id };
    await grant(id, 'held', [...rules, { ...mark, verbs: ['wait'] }], user, isThere ? id : undefined);
    const somebody = await cluster().clientFor({ user: id });
    const may = async (who: ApiClient, asked: object, headers?: Readonly<Record<string, string>>): Promise<boolean> => {
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const body = { spec: { resourceAttributes: { group: GROUP, resource: 'marks', ...asked } } };
      const { status, body: review } = await who.request<{ status: { allowed: boolean } }>('POST', path, {
        body,
        ...(headers === undefined ? {} : { headers }),
      });
      return status === 201 && review.status.allowed;
    };
    const where = isThere ? { namespace: id } : {};
    await waitUntil(() => may(somebody, { verb: 'wait', ...where }), { what: 'the rights' });
    return { id, somebody, isGhost: (who, headers) => may(who, { verb: `see-${id}` }, headers) };
  }

  async function tokenOf({ id, somebody }: World): Promise<{ readonly status: number; readonly token: string }> {
    const path = `/api/v1/namespaces/${id}/serviceaccounts/ghost/token`;
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const answer = await somebody.request<{ status?: { token?: string } }>('POST', path, { body });
    return { status: answer.status, token: answer.body.status?.token ?? '' };
  }

  async function expectGhost({ isGhost }: World, token: string): Promise<void> {
    const { url, caPem } = cluster();
    const ghost = new ApiClient({ url, caPem, credentials: { kind: 'token', token } });
    expect(await isGhost(ghost)).to.equal(true);
    ghost.close();
  }

  const core = (verbs: string, resources: string, ...resourceNames: readonly string[]): object => ({
    verbs: verbs.split(','),
    apiGroups: [''],
    resources: resources.split(','),
    resourceNames,
  });
  const accounts = ({ id, somebody }: World) => somebody.resource('v1', 'serviceaccounts', id);
  const account = { kind: 'ServiceAccount', metadata: { name: 'ghost' } };

  it('is whom somebody acts as who may impersonate it, whether or not its namespace is there', async () => {
    for (const isThere of [true, false]) {
      const world = await worldOf(isThere, core('impersonate', 'serviceaccounts', 'ghost'));
      const as = (name: string) => ({ 'Impersonate-User': `system:serviceaccount:${world.id}:${name}` });
      expect(await world.isGhost(world.somebody, as('ghost'))).to.equal(true);
      expect(await world.isGhost(world.somebody, as('other'))).to.equal(false);
    }
  });

  it('is whoever creates it and requests its token, and nobody who may do one of both', async () => {
    const world = await worldOf(true, core('create', 'serviceaccounts,serviceaccounts/token'));
    expect((await tokenOf(world)).status).to.equal(404);
    bodyOf('account', await accounts(world).create(account));
    await expectGhost(world, (await tokenOf(world)).token);
    const creator = await worldOf(true, core('create', 'serviceaccounts'));
    bodyOf('account', await accounts(creator).create(account));
    expect((await tokenOf(creator)).status).to.equal(403);
  });

  it('is created by name by whoever applies it', async () => {
    const world = await worldOf(
      true,
      core('create,patch', 'serviceaccounts', 'ghost'),
      core('create', 'serviceaccounts/token', 'ghost'),
    );
    expect((await accounts(world).create(account)).status).to.equal(403);
    expect((await accounts(world).apply('ghost', account)).status).to.equal(201);
    await expectGhost(world, (await tokenOf(world)).token);
  });

  it('gives its token to pods once it is created, and not before', async () => {
    const world = await worldOf(true, core('create', 'serviceaccounts,pods'));
    const pods = world.somebody.resource<{ readonly spec: { readonly volumes: readonly object[] } }>(
      'v1',
      'pods',
      world.id,
    );
    const pod = {
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { serviceAccountName: 'ghost', containers: [{ name: 'main', image: 'main' }] },
    };
    expect((await pods.create(pod)).status).to.equal(403);
    bodyOf('account', await accounts(world).create(account));
    const created = await waitUntil(
      async () => {
        const answer = await pods.create(pod);
        return answer.status === 201 ? answer.body : undefined;
      },
      { what: 'the pod to be admitted' },
    );
    expect(JSON.stringify(created.spec.volumes)).to.contain('serviceAccountToken');
  });

  it('has its token put into a Secret once it is created', async () => {
    const world = await worldOf(true, core('create', 'serviceaccounts'), core('create,get', 'secrets'));
    bodyOf('account', await accounts(world).create(account));
    const secrets = world.somebody.resource<{ readonly data?: { readonly token?: string } }>('v1', 'secrets', world.id);
    const annotations = { 'kubernetes.io/service-account.name': 'ghost' };
    const secret = {
      kind: 'Secret',
      type: 'kubernetes.io/service-account-token',
      metadata: { name: 'own', annotations },
    };
    bodyOf('secret', await secrets.create(secret));
    const token = await waitUntil(async () => (await secrets.get('own')).body.data?.token, { what: 'the token' });
    await expectGhost(world, Buffer.from(token, 'base64').toString());
  });

  it('is whoever creates its namespace before, where that is not there either', async () => {
    const world = await worldOf(false, core('create', 'serviceaccounts,serviceaccounts/token'));
    expect((await accounts(world).create(account)).status).to.equal(404);
    const maker = await worldOf(false, core('create', 'namespaces,serviceaccounts,serviceaccounts/token'));
    bodyOf(
      'namespace',
      await maker.somebody.resource('v1', 'namespaces').create({ kind: 'Namespace', metadata: { name: maker.id } }),
    );
    bodyOf('account', await accounts(maker).create(account));
    await expectGhost(maker, (await tokenOf(maker)).token);
  });
});
