/**
 * How much the rules of a role are worth to somebody who may use them: enough to tell what is urgent. What single
 * permissions lead to is the business of other rules.
 */
import type { PolicyRule } from '../../core/kinds.ts';
import type { BoundRole, Snapshot } from '../../core/snapshot.ts';
import { resolveRole } from '../../rbac/role-rules.ts';
import { isUnrestrictedByName, matchesGroup, matchesResource, matchesVerb } from '../../rbac/rule-matching.ts';
import { grantsBeyondDefaults } from './account-rights.ts';

/**
 * - `takeover`: whoever has it may become every service account of the namespaces where it counts, or all there is;
 * - `some`: it gives access to something;
 * - `nothing`: it gives what every account has;
 * - `absent`: there is no such role, and whoever creates it decides;
 * - `unknown`: the files do not hold it as a cluster will.
 */
export type RolePower = 'takeover' | 'some' | 'nothing' | 'absent' | 'unknown';

/** @throws {NotObserved} if roles could not be read */
export function powerOf({ kind, binding }: BoundRole, snapshot: Snapshot): RolePower {
  const { roleRef, metadata } = binding;
  const role = resolveRole(roleRef, metadata.namespace ?? '', snapshot);
  if (role === undefined) return 'absent';
  if (role.rules.some(takesOver)) return 'takeover';
  if (role.doubt !== undefined)
    return roleRef.kind === 'ClusterRole' ? (predefined[roleRef.name] ?? 'unknown') : 'unknown';
  return grantsBeyondDefaults(role.rules, kind) ? 'some' : 'nothing';
}

/** @param kind of the subject that a rule about bindings judges */
export function asBoundRole(kind: string, binding: BoundRole['binding']): BoundRole {
  return { kind: kind === 'ClusterRoleBinding' ? kind : 'RoleBinding', binding };
}

/** Those that every cluster has, and that an API server fills up again when they hold less. */
const predefined: Readonly<Record<string, RolePower>> = {
  'cluster-admin': 'takeover',
  admin: 'takeover',
  edit: 'takeover',
  view: 'some',
};

interface Permission {
  readonly group: string;
  readonly resources: readonly string[];
  readonly subresource?: string;
  readonly verbs: readonly string[];
}

const write = ['create', 'update', 'patch'] as const;

/** With any of these one reads the tokens of a namespace's accounts, makes new ones, or runs code as them. */
const takeovers: readonly Permission[] = [
  { group: '', resources: ['secrets'], verbs: ['get', 'list', 'watch', 'create'] },
  { group: '', resources: ['pods', 'replicationcontrollers'], verbs: write },
  { group: 'apps', resources: ['deployments', 'daemonsets', 'statefulsets', 'replicasets'], verbs: write },
  { group: 'batch', resources: ['jobs', 'cronjobs'], verbs: write },
  { group: '', resources: ['pods'], subresource: 'exec', verbs: ['get', 'create'] },
  { group: '', resources: ['pods'], subresource: 'attach', verbs: ['get', 'create'] },
  { group: '', resources: ['pods'], subresource: 'ephemeralcontainers', verbs: ['update', 'patch'] },
  { group: '', resources: ['nodes'], subresource: 'proxy', verbs: ['get', 'create'] },
  { group: '', resources: ['serviceaccounts'], subresource: 'token', verbs: ['create'] },
  { group: '', resources: ['serviceaccounts', 'users'], verbs: ['impersonate'] },
  { group: 'rbac.authorization.k8s.io', resources: ['roles', 'clusterroles'], verbs: ['bind', 'escalate'] },
];

function takesOver(rule: PolicyRule): boolean {
  return (
    isUnrestrictedByName(rule) &&
    takeovers.some(
      ({ group, resources, subresource, verbs }) =>
        matchesGroup(rule, group) &&
        resources.some((resource) => matchesResource(rule, resource, subresource)) &&
        verbs.some((verb) => matchesVerb(rule, verb)),
    )
  );
}
