/** What is said to be dead is refused by a real API server, and what is said to be alive beside it is allowed. */
import { randomBytes } from 'node:crypto';

import { expect } from 'chai';

import { isBuiltInGroup } from '../../src/rbac/api-resources.ts';
import { creatingVerbs } from '../../src/rbac/creating-writes.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { ResourceClient } from '../support/resource-client.ts';
import { waitUntil } from '../support/wait-until.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';

interface ServedGroups {
  readonly groups: readonly { readonly versions: readonly { readonly groupVersion: string }[] }[];
}

interface ServedResources {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

interface Served {
  readonly apiVersion: string;
  readonly group: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

interface Holder {
  readonly client: ApiClient;
  readonly namespace: string;
}

describe('a real API server', () => {
  const cluster = useControlPlane();

  /** Somebody who holds the rules in a namespace of their own, by a Role. */
  async function holderOf(...rules: readonly object[]): Promise<Holder> {
    const namespace = `dead-grants-${randomBytes(4).toString('hex')}`;
    await cluster().client.createNamespace(namespace);
    await grant(namespace, 'held', rules);
    return { client: await cluster().clientFor({ user: namespace }), namespace };
  }
  async function grant(namespace: string, name: string, rules: readonly object[]): Promise<void> {
    const { client } = cluster();
    const roles = new ResourceClient(client, RBAC, 'roles', namespace);
    bodyOf('role', await roles.create({ kind: 'Role', metadata: { name }, rules }));
    const bindings = new ResourceClient(client, RBAC, 'rolebindings', namespace);
    const binding = {
      kind: 'RoleBinding',
      metadata: { name },
      roleRef: { kind: 'Role', name },
      subjects: [{ kind: 'User', name: namespace }],
    };
    bodyOf('binding', await bindings.create(binding));
  }
  /** Whatever Kubernetes itself serves and may be updated. */
  async function servedResources(): Promise<readonly Served[]> {
    const { client } = cluster();
    const { groups } = bodyOf('groups', await client.request<ServedGroups>('GET', '/apis'));
    const versions = ['v1', ...groups.flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion))];
    const found: Served[] = [];
    for (const apiVersion of versions) {
      const group = apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
      if (!isBuiltInGroup(group)) continue;
      const path = group === '' ? `/api/${apiVersion}` : `/apis/${apiVersion}`;
      const { resources } = bodyOf('resources', await client.request<ServedResources>('GET', path));
      for (const { name, kind, namespaced, verbs } of resources) {
        if (name.includes('/') || !verbs.includes('update')) continue;
        found.push({ apiVersion, group, resource: name, kind, namespaced });
      }
    }
    return found;
  }
  function configMaps({ client, namespace }: Holder): ResourceClient {
    return new ResourceClient(client, 'v1', 'configmaps', namespace);
  }
  function configMap(name: string): object {
    return { kind: 'ConfigMap', metadata: { name } };
  }
  const named = { apiGroups: [''], resources: ['configmaps'], resourceNames: ['settings'] };

  it('takes no create with names, but by server-side apply', async () => {
    const holder = await holderOf({ ...named, verbs: ['create', 'patch'] });
    const objects = configMaps(holder);
    await waitUntil(async () => (await objects.apply('settings', configMap('settings'))).status === 201, {
      what: 'the apply that creates',
    });
    expect((await objects.create(configMap('settings'))).status).to.equal(403);
    expect((await objects.apply('others', configMap('others'))).status).to.equal(403);
  });

  it('takes that where one role grants the create, and another the patch', async () => {
    const secret = (name: string): object => ({ kind: 'Secret', metadata: { name } });
    const ofSecrets = { ...named, resources: ['secrets'] };
    const holder = await holderOf({ ...ofSecrets, verbs: ['create'] });
    const secrets = new ResourceClient(holder.client, 'v1', 'secrets', holder.namespace);
    expect((await secrets.apply('settings', secret('settings'))).status).to.equal(403);
    await grant(holder.namespace, 'besides', [{ ...ofSecrets, verbs: ['patch'] }]);
    await waitUntil(async () => (await secrets.apply('settings', secret('settings'))).status === 201, {
      what: 'the apply that creates',
    });
    expect((await secrets.create(secret('settings'))).status).to.equal(403);
  });

  it('takes an update that creates of roles, and of nothing else than is known', async () => {
    const ofRoles = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], resourceNames: ['new'] };
    const holder = await holderOf({ ...ofRoles, verbs: ['create'] });
    await grant(holder.namespace, 'besides', [{ ...ofRoles, verbs: ['update'] }]);
    const roles = new ResourceClient(holder.client, RBAC, 'roles', holder.namespace);
    const role = { kind: 'Role', metadata: { name: 'new' }, rules: [] };
    await waitUntil(async () => (await roles.replace('new', role)).status === 201, { what: 'the update that creates' });
    expect((await roles.apply('other', { ...role, metadata: { name: 'other' } })).status).to.equal(403);

    const wrong: string[] = [];
    for (const { apiVersion, group, resource, kind, namespaced } of await servedResources()) {
      const namespace = namespaced ? holder.namespace : undefined;
      const objects = new ResourceClient(cluster().client, apiVersion, resource, namespace);
      const object = { kind, metadata: { name: 'not-there', namespace } };
      const { status } = await objects.replace('not-there', object, { query: { dryRun: 'All' } });
      const creates = status !== 404;
      if (creates !== creatingVerbs(group, resource).includes('update')) wrong.push(`${resource}.${group}: ${status}`);
    }
    expect(wrong).to.deep.equal([]);
  });

  it('takes a create from whoever holds the empty name', async () => {
    const objects = configMaps(await holderOf({ ...named, resourceNames: [''], verbs: ['create'] }));
    await waitUntil(async () => (await objects.create(configMap('settings'))).status === 201, { what: 'the create' });
  });

  it('takes a list and a Role that grants more from whoever holds the empty name', async () => {
    const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
    const role = (name: string): object => ({ kind: 'Role', metadata: { name }, rules: everything });
    const rbac = { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'] };
    const holder = await holderOf(
      { ...named, resourceNames: [''], verbs: ['list'] },
      { ...rbac, verbs: ['create', 'update', 'get'] },
      { ...rbac, resourceNames: [''], verbs: ['escalate'] },
    );
    await waitUntil(async () => (await configMaps(holder).list()).status === 200, { what: 'the list' });
    const roles = new ResourceClient(holder.client, RBAC, 'roles', holder.namespace);
    expect((await roles.create(role('grown'))).status).to.equal(201);
    expect((await roles.replace('held', role('held'))).status).to.equal(403);
  });

  it('takes a list and no deletecollection by the selector of a name', async () => {
    const objects = configMaps(await holderOf({ ...named, verbs: ['list', 'deletecollection'] }));
    const fieldSelector = 'metadata.name=settings';
    await waitUntil(async () => (await objects.list({ fieldSelector })).status === 200, { what: 'the list' });
    expect((await objects.list()).status).to.equal(403);
    expect((await objects.delete('', { fieldSelector })).status).to.equal(403);
  });

  it('takes no pattern for a name, a verb, a group or a subresource', async () => {
    const holder = await holderOf(
      { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: ['*', 'setting*'] },
      { apiGroups: ['', 'core', 'v1'], resources: ['configmaps'], verbs: ['ge*', 'GET', 'get,list'] },
      { apiGroups: ['core', 'v1', '*.k8s.io'], resources: ['configmaps', 'leases'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods/*', '*/*', 'Pods', 'pod*'], verbs: ['get'] },
    );
    const objects = configMaps(holder);
    await waitUntil(async () => (await objects.list()).status === 200, { what: 'the list' });
    expect((await objects.get('settings')).status).to.equal(403);
    const { client, namespace } = holder;
    expect((await new ResourceClient(client, 'v1', 'pods', namespace).get('web')).status).to.equal(403);
    const log = await new ResourceClient(client, 'v1', 'pods', namespace).get('web', { subresource: 'log' });
    expect(log.status).to.equal(403);
    const lease = await new ResourceClient(client, 'coordination.k8s.io/v1', 'leases', namespace).get('lead');
    expect(lease.status).to.equal(403);
  });

  it('lets whoever holds namespaces in one read that one, and list none', async () => {
    const holder = await holderOf({ apiGroups: [''], resources: ['namespaces', 'nodes'], verbs: ['get', 'list'] });
    const namespaces = new ResourceClient(holder.client, 'v1', 'namespaces');
    await waitUntil(async () => (await namespaces.get(holder.namespace)).status === 200, { what: 'the namespace' });
    expect((await namespaces.get('default')).status).to.equal(403);
    expect((await namespaces.list()).status).to.equal(403);
    expect((await namespaces.list({ fieldSelector: `metadata.name=${holder.namespace}` })).status).to.equal(403);
    expect((await new ResourceClient(holder.client, 'v1', 'nodes').list()).status).to.equal(403);
  });

  it('lets whoever holds clusterroles in a namespace bind them there, and read none', async () => {
    const group = ['rbac.authorization.k8s.io'];
    const holder = await holderOf(
      { apiGroups: group, resources: ['rolebindings'], verbs: ['create'] },
      { apiGroups: group, resources: ['clusterroles'], verbs: ['bind', 'get'] },
    );
    const bindings = new ResourceClient(holder.client, RBAC, 'rolebindings', holder.namespace);
    const binding = {
      kind: 'RoleBinding',
      metadata: { name: 'viewers' },
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'User', name: 'jane' }],
    };
    await waitUntil(async () => (await bindings.create(binding)).status === 201, { what: 'the binding' });
    expect((await new ResourceClient(holder.client, RBAC, 'clusterroles').get('view')).status).to.equal(403);
  });

  describe('returns what is in Secrets', () => {
    const secretsOf = ({ client, namespace }: Holder): ResourceClient =>
      new ResourceClient(client, 'v1', 'secrets', namespace);
    const data = { password: 'aHVudGVyMg==' };
    /** Somebody with one verb on the Secrets of a namespace that has two of them. */
    async function holderOfVerb(verb: string, names: readonly string[] = []): Promise<Holder> {
      const holder = await holderOf({ apiGroups: [''], resources: ['secrets'], verbs: [verb], resourceNames: names });
      const secrets = secretsOf({ client: cluster().client, namespace: holder.namespace });
      for (const name of ['db', 'web'])
        bodyOf('secret', await secrets.create({ kind: 'Secret', metadata: { name }, data }));
      return holder;
    }

    it('to whoever may patch them and patches nothing', async () => {
      const secrets = secretsOf(await holderOfVerb('patch', ['db']));
      await waitUntil(async () => (await secrets.patch('db', {})).status === 200, { what: 'the patch' });
      expect((await secrets.patch('db', {})).body).to.deep.include({ data });
      const tried = await secrets.patch('db', {}, 'merge', { query: { dryRun: 'All' } });
      expect(tried.body).to.deep.include({ data });
      expect((await secrets.get('db')).status).to.equal(403);
      expect((await secrets.patch('web', {})).status).to.equal(403);
    });

    it('to whoever may delete the collection and only tries to', async () => {
      const holder = await holderOfVerb('deletecollection');
      const all = `${secretsOf(holder).path}?dryRun=All`;
      const tryAll = (): ReturnType<ApiClient['request']> => holder.client.request('DELETE', all);
      await waitUntil(async () => (await tryAll()).status === 200, { what: 'the dry run' });
      expect((await tryAll()).body)
        .to.have.property('items')
        .with.lengthOf(2)
        .with.nested.property('[0].data')
        .that.deep.equals(data);
      expect((await secretsOf(holder).list()).status).to.equal(403);
    });

    it('to whoever may delete them, where that waits for what depends on them', async () => {
      const secrets = secretsOf(await holderOfVerb('delete', ['db']));
      const tryToDelete = (propagationPolicy: string): ReturnType<ResourceClient['delete']> =>
        secrets.delete('db', { dryRun: 'All', propagationPolicy });
      await waitUntil(async () => (await tryToDelete('Foreground')).status === 200, { what: 'the dry run' });
      expect((await tryToDelete('Foreground')).body).to.deep.include({ data });
      expect((await tryToDelete('Orphan')).body).to.deep.include({ data });
      expect((await tryToDelete('Background')).body).not.to.have.property('data');
      expect((await secrets.delete('web', { dryRun: 'All' })).status).to.equal(403);
    });

    it('to nobody who may only update them', async () => {
      const holder = await holderOfVerb('update', ['db']);
      const sent = { kind: 'Secret', metadata: { name: 'db' }, data: { other: data.password } };
      const update = (): ReturnType<ResourceClient['replace']> =>
        secretsOf(holder).replace('db', sent, { query: { dryRun: 'All' } });
      await waitUntil(async () => (await update()).status === 200, { what: 'the update' });
      expect((await update()).body)
        .to.have.property('data')
        .that.deep.equals(sent.data);
    });
  });
});
