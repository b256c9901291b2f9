/** What the rules about impersonation take for granted, held to a real API server. */
import { expect } from 'chai';
import { CORE_SCHEMA, loadAll } from 'js-yaml';

import type { ApiClient, Manifest } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';

const place = 'impersonation';

/** `{ metadata, rules }` and who holds it, cluster-wide or in the namespace. */
function granted(name: string, user: string, rules: string, namespace?: string): string {
  const isCluster = namespace === undefined;
  return `
kind: ClusterRole
metadata: { name: "impersonation:${name}" }
rules: ${rules}
---
kind: ${isCluster ? 'ClusterRoleBinding' : 'RoleBinding'}
metadata: { name: "impersonation:${name}"${isCluster ? '' : `, namespace: ${namespace}`} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "impersonation:${name}" }
subjects: [{ kind: ${user === 'developers' ? 'Group' : 'User'}, apiGroup: rbac.authorization.k8s.io, name: "${user}" }]
`;
}

const anything = '[{ apiGroups: [""], resources: [pods, secrets, configmaps], verbs: ["*"] }]';

const asJane =
  '{ apiGroups: [authentication.k8s.io], resources: [users], resourceNames: [jane], verbs: ["impersonate:user-info"] }';
const listPodsAsUsers = '{ apiGroups: [""], resources: [pods], verbs: ["impersonate-on:user-info:list"] }';

const objects = [
  granted('jane', 'jane', anything),
  granted('developers', 'developers', anything),
  granted('web', `system:serviceaccount:${place}:web`, anything),
  granted(
    'limited-impersonator',
    'liam',
    '[{ apiGroups: [""], resources: [groups], resourceNames: [developers], verbs: [impersonate] }]',
  ),
  granted(
    'limited-impersonator-too',
    'lisa',
    '[{ apiGroups: [""], resources: [groups], resourceNames: [developers], verbs: [impersonate] }]',
  ),
  granted('joe', 'lisa', '[{ apiGroups: [""], resources: [users], resourceNames: [joe], verbs: [impersonate] }]'),
  granted('constrained', 'carla', `[${asJane}, ${listPodsAsUsers}]`),
  granted('identity', 'ines', `[${asJane}]`),
  granted('action', 'ines', `[${listPodsAsUsers}]`, place),
  granted(
    'pattern',
    'paul',
    `[${asJane}, { apiGroups: [""], resources: [pods], verbs: ["impersonate-on:user-info:*"] }]`,
  ),
  granted('star', 'stella', `[${asJane}, { apiGroups: [""], resources: [pods], verbs: ["*"] }]`),
  granted(
    'groups',
    'gina',
    `[${asJane}, ${listPodsAsUsers}, { apiGroups: [authentication.k8s.io], resources: [groups], verbs: ["impersonate:user-info"] }]`,
  ),
  granted(
    'mixed',
    'max',
    `[${asJane}, ${listPodsAsUsers}, { apiGroups: [""], resources: [groups], verbs: [impersonate] }]`,
  ),
  granted(
    'in-name-only',
    'nora',
    `[${asJane}, ${listPodsAsUsers}, { apiGroups: [""], resources: [users], verbs: [impersonate] }]`,
  ),
  granted(
    'accounts',
    'alex',
    '[{ apiGroups: [authentication.k8s.io], resources: [serviceaccounts], verbs: ["impersonate:serviceaccount"] }, { apiGroups: [""], resources: [pods], verbs: ["impersonate-on:serviceaccount:list"] }]',
    place,
  ),
  granted(
    'nodes',
    'noel',
    '[{ apiGroups: [authentication.k8s.io], resources: [nodes], resourceNames: [worker-1], verbs: ["impersonate:arbitrary-node"] }, { apiGroups: [""], resources: [nodes, secrets], verbs: ["impersonate-on:arbitrary-node:get"] }]',
  ),
  granted('root', 'root', '[{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]'),
  granted(
    'binder',
    'bianca',
    '[{ apiGroups: [authentication.k8s.io], resources: [users], resourceNames: [root, jane], verbs: ["impersonate:user-info"] }, { apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: ["impersonate-on:user-info:create"] }]',
  ),
  granted(
    'users-as-accounts',
    'uma',
    '[{ apiGroups: [authentication.k8s.io], resources: [users], verbs: ["impersonate:user-info"] }, { apiGroups: [""], resources: [pods], verbs: ["*"] }]',
  ),
].join('---');

describe('impersonation', () => {
  const cluster = useControlPlane({ own: {} });
  const clients = new Map<string, ApiClient>();

  before('roles, and who holds them', async () => {
    await cluster().client.createNamespace(place);
    for (const object of loadAll(objects, { schema: CORE_SCHEMA }) as Manifest[]) {
      await cluster().client.create({ ...object, apiVersion: 'rbac.authorization.k8s.io/v1' });
    }
  });
  after(() => {
    for (const client of clients.values()) client.close();
  });

  async function ask(
    user: string,
    path: string,
    as: { readonly user?: string; readonly groups?: readonly string[] },
  ): Promise<number> {
    const client = clients.get(user) ?? (await cluster().clientFor({ user, groups: [] }));
    clients.set(user, client);
    const headers = {
      ...(as.user === undefined ? {} : { 'impersonate-user': as.user }),
      ...(as.groups === undefined ? {} : { 'impersonate-group': as.groups as unknown as string }),
    };
    return (await client.request('GET', path, { headers })).status;
  }

  const pods = `/api/v1/namespaces/${place}/pods`;
  const secrets = `/api/v1/namespaces/${place}/secrets`;
  const account = `system:serviceaccount:${place}:web`;

  describe('by the verb impersonate', () => {
    it('of a group without a user is refused, whatever is granted', async () => {
      expect(await ask('liam', pods, { groups: ['developers'] })).to.equal(400);
      const kubeconfig = await cluster().kubeconfigFor({ user: 'liam', groups: [] });
      const { code, stderr } = await cluster().kubectl(['get', 'pods', '-n', place, '--as-group=developers'], {
        kubeconfig,
      });
      expect(code).not.to.equal(0);
      expect(stderr).to.match(/without impersonating a user/);
    });

    it('of a group is refused beside a user who is not granted', async () => {
      expect(await ask('liam', pods, { user: 'joe', groups: ['developers'] })).to.equal(403);
    });

    it('of a group works beside a user whom another role grants', async () => {
      expect(await ask('lisa', pods, { user: 'joe', groups: ['developers'] })).to.equal(200);
      expect(await ask('lisa', pods, { user: 'joe', groups: ['system:masters'] })).to.equal(403);
      expect(await ask('lisa', pods, { user: 'joe' })).to.equal(403);
    });
  });

  describe('by the constrained verbs', () => {
    before(function () {
      if (cluster().minor < 36) this.skip();
    });

    it('allows the actions that are granted, of those that the user may do', async () => {
      expect(await ask('carla', pods, { user: 'jane' })).to.equal(200);
      expect(await ask('carla', secrets, { user: 'jane' })).to.equal(403);
      expect(await ask('carla', `${pods}/web`, { user: 'jane' })).to.equal(403);
      expect(await ask('carla', pods, { user: 'joe' })).to.equal(403);
    });

    it('allows actions in the namespace that they are granted in', async () => {
      expect(await ask('ines', pods, { user: 'jane' })).to.equal(200);
      expect(await ask('ines', '/api/v1/namespaces/default/pods', { user: 'jane' })).to.equal(403);
    });

    it('takes a star behind the last colon for a word of its own, and the verb * for every action', async () => {
      expect(await ask('paul', pods, { user: 'jane' })).to.equal(403);
      expect(await ask('stella', pods, { user: 'jane' })).to.equal(200);
      expect(await ask('stella', `${pods}/web`, { user: 'jane' })).to.equal(404);
      expect(await ask('stella', secrets, { user: 'jane' })).to.equal(403);
    });

    it('never allows system:masters, and groups of the older verb do not go with its users', async () => {
      expect(await ask('gina', pods, { user: 'jane', groups: ['developers'] })).to.equal(200);
      expect(await ask('gina', pods, { user: 'jane', groups: ['system:masters'] })).to.equal(403);
      expect(await ask('max', pods, { user: 'jane' })).to.equal(200);
      expect(await ask('max', pods, { user: 'jane', groups: ['developers'] })).to.equal(403);
    });

    it('is one in name only beside the older verb', async () => {
      expect(await ask('nora', secrets, { user: 'jane' })).to.equal(200);
    });

    it('of service accounts works in their namespace', async () => {
      expect(await ask('alex', pods, { user: account })).to.equal(200);
      expect(await ask('alex', secrets, { user: account })).to.equal(403);
      expect(await ask('alex', pods, { user: account, groups: ['developers'] })).to.equal(403);
      expect(await ask('alex', pods, { user: 'system:serviceaccount:default:default' })).to.equal(403);
    });

    it('of any user is not one of service accounts and nodes', async () => {
      expect(await ask('uma', pods, { user: 'jane' })).to.equal(200);
      expect(await ask('uma', pods, { user: account })).to.equal(403);
      expect(await ask('uma', pods, { user: 'system:node:worker-1' })).to.equal(403);
    });

    it('of a node allows what that node may do', async () => {
      expect(await ask('noel', '/api/v1/nodes/worker-1', { user: 'system:node:worker-1' })).to.equal(404);
      expect(await ask('noel', '/api/v1/nodes/worker-2', { user: 'system:node:worker-1' })).to.equal(403);
      expect(await ask('noel', '/api/v1/nodes/worker-2', { user: 'system:node:worker-2' })).to.equal(403);
      // Of a Secret that no pod of its mounts the node's authorizer knows nothing.
      expect(await ask('noel', `${secrets}/any`, { user: 'system:node:worker-1' })).to.equal(403);
    });

    it('asks whoever is impersonated, without a limit, whether they may bind', async () => {
      const client = await cluster().clientFor({ user: 'bianca', groups: [] });
      clients.set('bianca', client);
      const bind = async (user: string): Promise<number> => {
        const body = {
          metadata: { name: 'impersonation:bianca' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
          subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'bianca' }],
        };
        const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?dryRun=All';
        return (await client.request('POST', path, { body, headers: { 'impersonate-user': user } })).status;
      };
      expect(await bind('root')).to.equal(201);
      expect(await bind('jane')).to.equal(403);
    });
  });
});
