/** What Kubernetes itself creates is no mistake, and nobody is told to change it: rules find nothing in a cluster that was just made. */
import { expect } from 'chai';

import { Evaluator } from '../../src/core/evaluate.ts';
import type { Finding } from '../../src/core/finding.ts';
import { apiVersionOf, kinds } from '../../src/core/kinds.ts';
import type { KindName } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import { resolveParams } from '../../src/core/params.ts';
import { project } from '../../src/core/project.ts';
import type { AnyRule } from '../../src/core/rule.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import type { Scope } from '../../src/core/scope.ts';
import { rules } from '../../src/rules/index.ts';
import { holderReads } from '../../src/rules/lib/permission-rule.ts';
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

/** Those about mistakes. */
const lintRules = [aggregationCycle, danglingRole, deadBinding, deadRule, invalidBinding, invalidRole];
/** Those that grade a permission by who holds it. */
const permissionRules = rules.filter(({ reads }) => reads === holderReads);
const rbacKinds: readonly KindName[] = ['ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding'];
const scopes: readonly Scope[] = ['cluster', { namespace: 'kube-system' }, { namespace: 'kube-public' }];

describe('a fresh control plane', () => {
  const cluster = useControlPlane({ needs: ['controller-manager'], own: { auditLog: false } });

  async function list(kind: KindName): Promise<readonly KubeObject[]> {
    const objects = new ResourceClient(cluster().client, apiVersionOf(kinds[kind]), kinds[kind].plural);
    return bodyOf(`list of ${kind}`, await objects.list()).items;
  }

  let snapshot: Snapshot;

  before('read its roles and bindings', async () => {
    await waitUntil(
      async () => (await list('ClusterRole')).some(({ metadata, rules: own }) => metadata.name === 'admin' && own),
      { what: 'the aggregated roles to be filled in' },
    );
    const objects: Record<string, readonly unknown[]> = {};
    for (const kind of rbacKinds) objects[kind] = (await list(kind)).map((one) => project(kinds[kind].shape, one));
    snapshot = buildObjectSnapshot({ objects, isWholeCluster: true });
  });

  function judge(some: readonly AnyRule[]): readonly Finding[] {
    const evaluator = new Evaluator({
      ruleThrew: (rule, error) => {
        throw new Error(`rule ${rule} threw`, { cause: error });
      },
    });
    const selected = some.map((rule) => ({ rule, params: resolveParams(rule) }));
    return scopes.flatMap((scope) => evaluator.evaluate(scope, selected, snapshot));
  }

  const openIn = (findings: readonly Finding[]) =>
    findings
      .filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown')
      .map(({ rule, subject, violations }) => [rule.id, subject.name, violations]);

  it('has no role and no binding that the rules about mistakes find', () => {
    const findings = judge(lintRules);
    expect(openIn(findings)).to.deep.equal([]);
    const passed = new Set(findings.filter(({ outcome }) => outcome === 'pass').map(({ rule }) => rule.id));
    expect([...passed]).to.have.members(lintRules.map(({ id }) => id));
    expect(findings).to.have.length.above(300);
  });

  it('has no role that the rules about permissions find', () => {
    const findings = judge(permissionRules);
    expect(openIn(findings)).to.deep.equal([]);
    const isOfKubernetes = findings.filter(({ outcome }) => outcome === 'notApplicable').map(({ rule }) => rule.id);
    expect(isOfKubernetes).to.include.members(['rbac-secrets-read', 'rbac-pods-create', 'rbac-wildcards']);
    expect(findings).to.have.length.above(2_000);
  });
});
