/** What a real controller manager does with roles that aggregate each other: it is what the rule's rationale says. */
import { expect } from 'chai';

import { bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { ResourceClient } from '../support/resource-client.ts';
import { waitUntil } from '../support/wait-until.ts';

interface Role {
  readonly rules: readonly { readonly resources: readonly string[] }[] | null;
}

describe('ClusterRoles that aggregate each other', () => {
  const cluster = useControlPlane({ needs: ['controller-manager'] });
  const names = ['cycle-one', 'cycle-two', 'cycle-source', 'cycle-self'];

  function roles(): ResourceClient<Role> {
    return new ResourceClient<Role>(cluster().client, 'rbac.authorization.k8s.io/v1', 'clusterroles');
  }
  async function resourcesOf(name: string): Promise<readonly string[]> {
    const role = bodyOf(`get ${name}`, await roles().get(name));
    return (role.rules ?? []).flatMap(({ resources }) => resources);
  }
  async function create(name: string, labels: object, selected: object | undefined, resources: readonly string[]) {
    const rules = resources.map((resource) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] }));
    const aggregationRule = selected && { clusterRoleSelectors: [{ matchLabels: selected }] };
    const role = {
      kind: 'ClusterRole',
      metadata: { name, labels },
      rules,
      ...(aggregationRule && { aggregationRule }),
    };
    bodyOf(`create ${name}`, await roles().create(role));
  }
  afterEach(async () => {
    for (const name of names) await roles().delete(name);
  });

  it('keep a rule whose role is gone', async () => {
    await create('cycle-one', { 'cycle-two': 'x' }, { 'cycle-one': 'x' }, []);
    await create('cycle-two', { 'cycle-one': 'x' }, { 'cycle-two': 'x' }, []);
    await create('cycle-source', { 'cycle-one': 'x' }, undefined, ['pods']);
    await waitUntil(async () => (await resourcesOf('cycle-two')).includes('pods'), { what: 'both have the rule' });

    await roles().delete('cycle-source');
    // The controller judges all roles again whenever one changes: a marker that arrives shows that it has.
    await create('cycle-source', { 'cycle-one': 'x' }, undefined, ['services']);
    await waitUntil(async () => (await resourcesOf('cycle-two')).includes('services'), { what: 'both have the other' });
    expect(await resourcesOf('cycle-one')).to.have.members(['pods', 'services']);
    expect(await resourcesOf('cycle-two')).to.have.members(['pods', 'services']);
  });

  it('lose it once they gather in one direction only', async () => {
    await create('cycle-one', { 'cycle-two': 'x' }, { 'cycle-one': 'x' }, []);
    await create('cycle-two', { 'cycle-one': 'x' }, { 'cycle-two': 'x' }, []);
    await create('cycle-source', { 'cycle-one': 'x' }, undefined, ['pods']);
    await waitUntil(async () => (await resourcesOf('cycle-two')).includes('pods'), { what: 'both have the rule' });
    await roles().delete('cycle-source');
    bodyOf('patch cycle-two', await roles().patch('cycle-two', { metadata: { labels: { 'cycle-one': null } } }));
    await waitUntil(async () => (await resourcesOf('cycle-one')).length === 0, { what: 'the first has lost it' });
    await waitUntil(async () => (await resourcesOf('cycle-two')).length === 0, { what: 'the second has lost it' });
  });

  it('are not one that selects itself: it loses a rule whose role is gone', async () => {
    await create('cycle-self', { 'cycle-self': 'x' }, { 'cycle-self': 'x' }, []);
    await create('cycle-source', { 'cycle-self': 'x' }, undefined, ['pods']);
    await waitUntil(async () => (await resourcesOf('cycle-self')).includes('pods'), { what: 'it has the rule' });
    await roles().delete('cycle-source');
    await waitUntil(async () => (await resourcesOf('cycle-self')).length === 0, { what: 'it has lost it' });
  });
});
