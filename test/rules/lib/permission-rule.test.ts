/** What holds for all rules about permissions together: none is forgotten, and nothing is told twice or for nothing. */
import { expect } from 'chai';

import { Evaluator } from '../../../src/core/evaluate.ts';
import { NOTHING_EXPECTED } from '../../../src/core/expectation.ts';
import type { ObjectOf } from '../../../src/core/kinds.ts';
import type { PolicyRule } from '../../../src/core/rbac-shape.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../../src/core/object-snapshot.ts';
import { resolveParams } from '../../../src/core/params.ts';
import type { AnyRule, Rule } from '../../../src/core/rule.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import type { Scope } from '../../../src/core/scope.ts';
import { rules } from '../../../src/rules/index.ts';
import { holderReads } from '../../../src/rules/lib/permission-rule.ts';
import { freshBindings, freshRoles } from '../../rbac/predefined/fresh-objects.ts';
import { permissionGrants, ruleOf } from '../../rbac/permission-grants.ts';

const ofRoles = rules.filter((rule): rule is Rule<'Role'> => rule.subject === 'Role');
/** Those that grade by who holds a role. */
const ofPermissions = ofRoles.filter(({ reads }) => reads === holderReads);

const everything: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
const everyUrl: PolicyRule = { verbs: ['*'], nonResourceURLs: ['*'] };

/** All but one that is about to leave to others what grants everything, and what Kubernetes made. */
function isSettled({ id }: Pick<AnyRule, 'id'>): boolean {
  return id !== 'rbac-impersonate-any';
}

const evaluator = new Evaluator({
  ruleThrew: (rule, error) => {
    throw new Error(`rule ${rule} threw`, { cause: error });
  },
});

/** `severity rule Kind/name` of all that rules about RBAC find. */
function failuresIn(scope: Scope, snapshot: Snapshot): readonly string[] {
  const selected = rules
    .filter((rule) => rule.id.startsWith('rbac-') && isSettled(rule))
    .map((rule) => ({ rule, params: resolveParams(rule) }));
  return evaluator
    .evaluate(scope, selected, snapshot)
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ severity, rule, subject }) => `${severity} ${rule.id} ${subject.kind}/${subject.name}`);
}

function bindingOf({ metadata: { name } }: ObjectOf<'ClusterRole'>, user: string): ObjectOf<'ClusterRoleBinding'> {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  return { metadata: { name }, roleRef, subjects: [{ kind: 'User', name: user }] };
}

type Kind = 'ClusterRole' | 'Role';

/** @returns the outcome, or `fail` */
function judge(rule: Rule<'Role'>, kind: Kind, role: ObjectOf<'ClusterRole'>, snapshot: Snapshot): string {
  const { name, namespace } = role.metadata;
  const subject = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    name,
    ...(namespace !== undefined && { namespace }),
  };
  const podSecurityVersion = snapshot.podSecurityVersion();
  const context = { params: resolveParams(rule), podSecurityVersion, subject, snapshot, expected: NOTHING_EXPECTED };
  const verdict = rule.check(role, context);
  if ('outcome' in verdict) return verdict.outcome;
  return verdict.length === 0 ? 'pass' : 'fail';
}

/** The ids of the rules that find something in a ClusterRole that jane holds everywhere. */
function findIn(
  rulesOfRole: readonly PolicyRule[],
  some: readonly Rule<'Role'>[],
  minor = Infinity,
): readonly string[] {
  const role = { metadata: { name: 'careless' }, rules: rulesOfRole };
  const snapshot = buildObjectSnapshot({
    objects: { ClusterRole: [role], ClusterRoleBinding: [bindingOf(role, 'jane')] },
    isWholeCluster: true,
    podSecurityVersion: minor,
  });
  return some.filter((rule) => judge(rule, 'ClusterRole', role, snapshot) === 'fail').map(({ id }) => id);
}

function freshCluster(minor: number, more: ObjectsByKind = {}): Snapshot {
  const objects: ObjectsByKind = {
    ClusterRole: freshRoles(minor, 'ClusterRole'),
    Role: freshRoles(minor, 'Role'),
    ClusterRoleBinding: freshBindings(minor, 'ClusterRoleBinding'),
    RoleBinding: freshBindings(minor, 'RoleBinding'),
    ...more,
  };
  return buildObjectSnapshot({ objects, isWholeCluster: true, podSecurityVersion: minor });
}

/** `rule Kind/name` of all that rules say of roles that they do not pass. */
function judgeAll(snapshot: Snapshot): Readonly<Record<string, readonly string[] | undefined>> {
  const verdicts = (['ClusterRole', 'Role'] as const).flatMap((kind) =>
    [...snapshot.list(kind)].flatMap((role) =>
      ofPermissions.map((rule) => ({
        outcome: judge(rule, kind, role, snapshot),
        what: `${rule.id} ${kind}/${role.metadata.name}`,
      })),
    ),
  );
  const byOutcome = Map.groupBy(verdicts, ({ outcome }) => outcome);
  return Object.fromEntries([...byOutcome].map(([outcome, some]) => [outcome, some.map(({ what }) => what)]));
}

describe('the rules about permissions', () => {
  it('leave out no permission of the catalogue', () => {
    const missing = Object.entries(permissionGrants)
      .filter(
        ([
          ,
          {
            grants: [grant = ''],
          },
        ]) => findIn([ruleOf(grant)], ofRoles).length === 0,
      )
      .map(([permission]) => permission);
    // By itself it is harmless: rbac-certificates-approve asks for it beside others.
    expect(missing).to.deep.equal(['certificates-request']);
  });

  it('tell of one careless role once, whatever it opens', () => {
    expect(findIn([everything, everyUrl], ofRoles.filter(isSettled))).to.deep.equal(['rbac-wildcards']);
    expect(findIn([{ ...everything, apiGroups: [''] }], ofRoles.filter(isSettled))).to.deep.equal(['rbac-wildcards']);
  });

  it('tell of it once beside all other rules about RBAC, in a cluster that is otherwise fresh', () => {
    const role = { metadata: { name: 'careless' }, rules: [everything, everyUrl] };
    const binding = bindingOf(role, 'jane');
    const snapshot = freshCluster(37, {
      ClusterRole: [...freshRoles(37, 'ClusterRole'), role],
      ClusterRoleBinding: [...freshBindings(37, 'ClusterRoleBinding'), binding],
    });
    const findings = ['cluster', { namespace: 'kube-system' }, { namespace: 'kube-public' }] as const;
    expect(findings.flatMap((scope) => failuresIn(scope, snapshot))).to.deep.equal([
      'critical rbac-wildcards ClusterRole/careless',
    ]);
  });

  it('tell each of its own where verbs or resources are listed', () => {
    const reader = { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] };
    expect(findIn([reader], ofPermissions)).to.have.members([
      'rbac-configuration-read',
      'rbac-nodes-proxy',
      'rbac-nodes-read',
      'rbac-pods-proxy',
      'rbac-secrets-read',
      'rbac-wildcards',
    ]);
    expect(findIn([reader], ofPermissions, 34)).to.include('rbac-pods-exec');
  });

  for (const minor of [36, 37]) {
    it(`find nothing in a fresh cluster of 1.${minor}, though they look at all of it`, () => {
      const { fail, unknown, notApplicable } = judgeAll(freshCluster(minor));
      expect(fail).to.equal(undefined);
      expect(unknown).to.equal(undefined);
      expect(notApplicable).to.include.members([
        'rbac-wildcards ClusterRole/cluster-admin',
        'rbac-secrets-read ClusterRole/edit',
        'rbac-tokens-create ClusterRole/system:kube-controller-manager',
        'rbac-control-plane-disturb Role/system::leader-locking-kube-scheduler',
      ]);
    });
  }

  it('find what was added to a role of Kubernetes', () => {
    const [view, ...others] = freshRoles(37, 'ClusterRole').toSorted((a, b) => rankOf(a) - rankOf(b));
    if (view === undefined) throw new Error('there is no role');
    const changed = { ...view, rules: [...(view.rules ?? []), ruleOf('get secrets')] };
    const { fail } = judgeAll(freshCluster(37, { ClusterRole: [changed, ...others] }));
    expect(fail).to.include('rbac-secrets-read ClusterRole/view');
  });
});

function rankOf({ metadata: { name } }: ObjectOf<'ClusterRole'>): number {
  return name === 'view' ? 0 : 1;
}
