/**
 * Who may use which PodSecurityPolicy, from RBAC objects: a policy counts for a pod only if the one who creates the pod,
 * or the pod's service account, has the verb `use` on it.
 *
 * Source: kubernetes v1.24, plugin/pkg/admission/security/podsecuritypolicy/admission.go (isAuthorizedForPolicy) and
 * plugin/pkg/auth/authorizer/rbac/rbac.go.
 */
import type { ObjectOf } from '../core/kinds.ts';
import type { PolicyRule, RbacSubject } from '../core/rbac-shape.ts';
import { readOr } from '../core/shape.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { AUTHENTICATED } from '../rbac/request.ts';
import type { Requester } from '../rbac/request.ts';
import { allows, isFilledLater, matchesVerb } from '../rbac/rule-matching.ts';
import { isMeant } from '../rbac/subject-matching.ts';

export type Usability = 'yes' | 'no' | { readonly unknown: string };

export interface PolicyUse {
  /** Whether any role is about the use of policies; if none is, nothing is known of who may use which. */
  readonly isGiven: boolean;
  /** @param who it is enough that one of them may */
  mayUse(policy: string, namespace: string, who: readonly Requester[]): Usability;
  /** Whether anybody may use it anywhere, but for those who may do everything. */
  someoneMayUse(policy: string): Usability;
}

/** Rules, or why nobody can say which. */
type Granted = readonly PolicyRule[] | { readonly unknown: string };

interface Grant {
  /** Undefined for the whole cluster. */
  readonly namespace: string | undefined;
  readonly subjects: readonly RbacSubject[];
  readonly granted: Granted;
}

export function findPolicyUse(snapshot: Snapshot): PolicyUse {
  const roles = [...snapshot.list('Role'), ...snapshot.list('ClusterRole')].map((role) => readRules(role, snapshot));
  const grants = [...findGrants(snapshot)];
  const isBound = grants.some(({ granted }) => !isKnown(granted) || granted.some(isAboutUse));
  return {
    isGiven: roles.some((rules) => isKnown(rules) && rules.some(isAboutUse)) || grants.some(isUnreadable),
    mayUse(policy, namespace, who) {
      if (!isBound) return { unknown: 'a role allows to use it, and no binding among the files says to whom' };
      const usabilities = grants
        .filter((grant) => concerns(grant, namespace, who))
        .map(({ granted }) => judge(granted, policy));
      return combine(usabilities);
    },
    someoneMayUse(policy) {
      const bound = grants.filter(({ subjects }) => subjects.length > 0);
      return combine(
        bound.map(({ granted }) => judge(isKnown(granted) ? granted.filter(isForPolicies) : granted, policy)),
      );
    },
  };
}

function combine(usabilities: readonly Usability[]): Usability {
  return usabilities.find((one) => one === 'yes') ?? usabilities.find((one) => one !== 'no') ?? 'no';
}

function judge(granted: Granted, policy: string): Usability {
  if (!isKnown(granted)) return granted;
  return granted.some((rule) => allowsUse(rule, policy)) ? 'yes' : 'no';
}

/** A policy could be used under either name of its group. */
const groups = ['policy', 'extensions'] as const;

function allowsUse(rule: PolicyRule, policy: string): boolean {
  const use = { verb: 'use', resource: 'podsecuritypolicies', subresource: '', name: policy, namespace: '' };
  return groups.some((group) => allows(rule, { ...use, group }));
}

/** By its name: who may do everything was not made for policies. */
function isAboutUse(rule: PolicyRule): boolean {
  return matchesVerb(rule, 'use') && rule.resources?.includes('podsecuritypolicies') === true;
}

/** Whether it was written with policies in mind. */
function isForPolicies({ apiGroups, resources }: PolicyRule): boolean {
  const namesGroup = groups.some((group) => apiGroups?.includes(group) === true);
  return resources?.includes('podsecuritypolicies') === true || (namesGroup && resources?.includes('*') === true);
}

function* findGrants(snapshot: Snapshot): Generator<Grant> {
  const bindings = [...snapshot.list('ClusterRoleBinding'), ...snapshot.list('RoleBinding')];
  for (const binding of bindings) {
    const { name, namespace } = binding.metadata;
    yield readOr(
      () => ({
        namespace,
        subjects: (binding.subjects ?? []).map((subject) => ({ ...subject })),
        granted: findGranted(binding, snapshot),
      }),
      ({ message }) => ({
        namespace,
        subjects: [everybody],
        granted: { unknown: `binding "${name}" cannot be read: ${message}` },
      }),
    );
  }
}

/** Whom a binding that cannot be read may name. */
const everybody: RbacSubject = { kind: 'Group', name: AUTHENTICATED };

function isUnreadable({ subjects }: Grant): boolean {
  return subjects.includes(everybody);
}

/** In every cluster, whether its manifest is among the objects or not. */
const superuserRules: readonly PolicyRule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
/** The other roles of every cluster grant the use of no policy. */
const harmlessBuiltIn = /^(admin|edit|view|system:.+)$/;

function findGranted({ metadata, roleRef }: ObjectOf<'RoleBinding'>, snapshot: Snapshot): Granted {
  const { kind, name } = roleRef;
  const role =
    kind === 'ClusterRole'
      ? snapshot.get('ClusterRole', '', name)
      : snapshot.get('Role', metadata.namespace ?? '', name);
  if (role !== undefined) return readRules(role, snapshot);
  if (snapshot.isWholeCluster) return [];
  if (kind === 'ClusterRole' && name === 'cluster-admin') return superuserRules;
  if (kind === 'ClusterRole' && harmlessBuiltIn.test(name)) return [];
  return { unknown: `${kind} "${name}", which "${metadata.name}" binds, is not among the files` };
}

function readRules(role: ObjectOf<'ClusterRole'>, snapshot: Snapshot): Granted {
  return readOr<Granted, Granted>(
    () => {
      if (isFilledLater(role, snapshot)) {
        return {
          unknown: `ClusterRole "${role.metadata.name}" has the rules of others, which only a cluster fills in`,
        };
      }
      return (role.rules ?? []).map((rule) => ({ ...rule }));
    },
    ({ message }) => ({ unknown: `role "${role.metadata.name}" cannot be read: ${message}` }),
  );
}

function isKnown(granted: Granted): granted is readonly PolicyRule[] {
  return Array.isArray(granted);
}

function concerns(grant: Grant, namespace: string, who: readonly Requester[]): boolean {
  if (grant.namespace !== undefined && grant.namespace !== namespace) return false;
  return grant.subjects.some((subject) => who.some((requester) => isMeant(subject, requester, grant.namespace ?? '')));
}
