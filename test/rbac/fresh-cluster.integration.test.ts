/** What Kubernetes itself creates is no mistake: the rules about mistakes find nothing in a cluster that was just made. */
import { expect } from 'chai';

import { Evaluator } from '../../src/core/evaluate.ts';
import { apiVersionOf, kinds } from '../../src/core/kinds.ts';
import type { KindName } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import { resolveParams } from '../../src/core/params.ts';
import { project } from '../../src/core/project.ts';
import type { Scope } from '../../src/core/subjects.ts';
import { aggregationCycle } from '../../src/rules/rbac/aggregation-cycle.ts';
import { danglingRole } from '../../src/rules/rbac/dangling-role.ts';
import { deadBinding } from '../../src/rules/rbac/dead-binding.ts';
import { deadRule } from '../../src/rules/rbac/dead-rule.ts';
import { invalidBinding } from '../../src/rules/rbac/invalid-binding.ts';
import { invalidRole } from '../../src/rules/rbac/invalid-role.ts';
import { bodyOf } from '../support/api-client.ts';
import type { KubeObject } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { ResourceClient } from '../support/resource-client.ts';
import { waitUntil } from '../support/wait-until.ts';

const rules = [aggregationCycle, danglingRole, deadBinding, deadRule, invalidBinding, invalidRole];
const rbacKinds: readonly KindName[] = ['ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding'];
const scopes: readonly Scope[] = ['cluster', { namespace: 'kube-system' }, { namespace: 'kube-public' }];

describe('a fresh control plane', () => {
  const cluster = useControlPlane({ needs: ['controller-manager'], own: { auditLog: false } });

  async function list(kind: KindName): Promise<readonly KubeObject[]> {
    const objects = new ResourceClient(cluster().client, apiVersionOf(kinds[kind]), kinds[kind].plural);
    return bodyOf(`list of ${kind}`, await objects.list()).items;
  }

  it('has no role and no binding that the rules about mistakes find', async () => {
    await waitUntil(
      async () => (await list('ClusterRole')).some(({ metadata, rules: own }) => metadata.name === 'admin' && own),
      { what: 'the aggregated roles to be filled in' },
    );
    const objects: Record<string, readonly unknown[]> = {};
    for (const kind of rbacKinds) objects[kind] = (await list(kind)).map((one) => project(kinds[kind].shape, one));
    const snapshot = buildObjectSnapshot({ objects, isWholeCluster: true });
    const evaluator = new Evaluator({
      ruleThrew: (rule, error) => {
        throw new Error(`rule ${rule} threw`, { cause: error });
      },
    });
    const selected = rules.map((rule) => ({ rule, params: resolveParams(rule) }));
    const findings = scopes.flatMap((scope) => evaluator.evaluate(scope, selected, snapshot));

    const open = findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
    expect(open.map(({ rule, subject, violations }) => [rule.id, subject.name, violations])).to.deep.equal([]);
    const passed = new Set(findings.filter(({ outcome }) => outcome === 'pass').map(({ rule }) => rule.id));
    expect([...passed]).to.have.members(rules.map(({ id }) => id));
    expect(findings).to.have.length.above(400);
  });
});
