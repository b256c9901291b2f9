/** What a new API server grants to every service account is what is taken for nothing. */
import { expect } from 'chai';

import { kinds } from '../../../src/core/kinds.ts';
import type { ObjectsByKind } from '../../../src/core/object-snapshot.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import { project } from '../../../src/core/project.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import { rightsOf } from '../../../src/rules/lib/account-rights.ts';
import { bodyOf } from '../../support/api-client.ts';
import { useControlPlane } from '../../support/integration.ts';

const version = 'rbac.authorization.k8s.io/v1';

describe('the rights of a service account on a new API server', () => {
  const controlPlane = useControlPlane({ own: { controllerManager: false, auditLog: false } });

  async function readSnapshot(): Promise<Snapshot> {
    const { client } = controlPlane();
    const read = async <K extends 'Role' | 'ClusterRole' | 'RoleBinding' | 'ClusterRoleBinding'>(kind: K) => {
      const { items } = bodyOf(`list ${kind}`, await client.resource(version, kinds[kind].plural).list());
      return [kind, items.map((item) => project(kinds[kind].shape, item))] as const;
    };
    const lists = [read('Role'), read('ClusterRole'), read('RoleBinding'), read('ClusterRoleBinding')];
    const objects: ObjectsByKind = Object.fromEntries(await Promise.all(lists));
    return buildObjectSnapshot({ objects, isWholeCluster: true });
  }

  const bind = (name: string, subject: object) =>
    controlPlane().client.create({
      apiVersion: version,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [subject],
    });

  it('are none, until somebody grants something to it or to all', async () => {
    const fresh = await readSnapshot();
    expect([...fresh.list('ClusterRoleBinding')]).to.have.length.greaterThan(30);
    expect(rightsOf(fresh, 'default', 'web')).to.equal('none');

    await bind('to-all', {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'Group',
      name: 'system:serviceaccounts',
    });
    expect(rightsOf(await readSnapshot(), 'default', 'web')).to.equal('shared');

    await bind('to-web', { kind: 'ServiceAccount', name: 'web', namespace: 'default' });
    const bound = await readSnapshot();
    expect(rightsOf(bound, 'default', 'web')).to.equal('own');
    expect(rightsOf(bound, 'default', 'other')).to.equal('shared');
  });
});
