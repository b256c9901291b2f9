/**
 * What the service accounts of a namespace are granted today, as expectations: a file to start from, in which only
 * changes make findings. A policy of the namespace may state what lies within it; what is granted beyond, a policy of the
 * cluster may.
 */
import type { ExpectationSpec, PermissionSpec } from '../api/v1alpha1/expectation.ts';
import type { PolicyRule } from '../core/rbac-shape.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';
import { authorizerOf } from './authorizer.ts';
import type { Authorizer } from './authorizer.ts';
import { defaultGrants } from './default-grants.ts';
import { describeSource } from './expectation-text.ts';
import { heldGrantsOf } from './held-grants.ts';
import type { HeldGrant } from './held-grants.ts';
import { mergeRules } from './merge-rules.ts';
import { serviceAccount, serviceAccountName } from './request.ts';
import { findUncovered } from './rule-coverage.ts';
import { describeRules } from './permission-words.ts';

/** What is stated of one service account. */
export interface AccountExpectation {
  readonly spec: ExpectationSpec;
  /** What else is to be known of it, in sentences. */
  readonly notes: readonly string[];
  /** What could not be read, so that it is not stated. */
  readonly doubts: readonly string[];
}

export interface ExpectationsOfToday {
  /** For a HardeningPolicy. */
  readonly own: readonly AccountExpectation[];
  /** For a ClusterHardeningPolicy: of accounts that are granted something beyond the namespace. */
  readonly cluster: readonly AccountExpectation[];
}

/** Bounds of a permission, as the API has them. */
const bounds = { verbs: 32, apiGroups: 16, resources: 64, resourceNames: 64, nonResourceURLs: 32 } as const;

/**
 * @param isComplete whether what is granted beyond the namespace is stated, too, instead of told
 * @throws {NotObserved} if roles, bindings or service accounts could not be read
 */
export function buildExpectationsOfToday(
  snapshot: Snapshot,
  namespace: string,
  isComplete: boolean,
): ExpectationsOfToday {
  const authorizer = authorizerOf(snapshot);
  const own: AccountExpectation[] = [];
  const cluster: AccountExpectation[] = [];
  for (const name of accountsOf(snapshot, authorizer, namespace)) {
    const held = heldGrantsOf(authorizer, serviceAccount(namespace, name));
    const beyond = held.filter((grant) => grant.namespace !== namespace && liveRules(grant).length > 0);
    if (isComplete && beyond.length > 0) cluster.push(stateEverything(namespace, name, held));
    else own.push(stateWithin(namespace, name, held, beyond));
  }
  return { own, cluster };
}

/** Those that exist, and those that bindings name. */
function accountsOf(snapshot: Snapshot, authorizer: Authorizer, namespace: string): readonly string[] {
  const existing = [...snapshot.list('ServiceAccount', namespace)].map(({ metadata }) => metadata.name);
  const prefix = serviceAccountName(namespace, '');
  const bound = [...authorizer.principals()].flatMap(({ name, isGroup }) =>
    !isGroup && name.startsWith(prefix) && name.length > prefix.length ? [name.slice(prefix.length)] : [],
  );
  return [...new Set([...existing, ...bound])].sort(compareText);
}

function stateWithin(
  namespace: string,
  name: string,
  held: readonly HeldGrant[],
  beyond: readonly HeldGrant[],
): AccountExpectation {
  const within = held.filter((grant) => grant.namespace === '' || grant.namespace === namespace);
  const rules = within.flatMap(liveRules).filter(({ resources = [] }) => resources.length > 0);
  const notes = beyond.map((grant) => {
    const source = describeSource(grant);
    return grant.namespace === ''
      ? `granted cluster-wide, of which this policy states what lies in this namespace: ${describeRules(mergeRules(liveRules(grant)))}, by ${source}`
      : `granted in another namespace, and not stated here: ${describeRules(mergeRules(liveRules(grant)))}, by ${source}`;
  });
  const allow = toPermissions(mergeRules(rules));
  return toExpectation({ kind: 'ServiceAccount', name }, allow, notes, within);
}

function stateEverything(namespace: string, name: string, held: readonly HeldGrant[]): AccountExpectation {
  const byPlace = Map.groupBy(held, (grant) => grant.namespace);
  const allow = [...byPlace]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([place, grants]) => {
      const permissions = toPermissions(mergeRules(grants.flatMap(liveRules)));
      return place === '' ? permissions : permissions.map((permission) => ({ ...permission, namespace: place }));
    });
  return toExpectation({ kind: 'ServiceAccount', namespace, name }, allow, [], held);
}

function toExpectation(
  subject: ExpectationSpec['subject'],
  allow: readonly PermissionSpec[],
  notes: readonly string[],
  held: readonly HeldGrant[],
): AccountExpectation {
  const spec = allow.length === 0 ? { subject, only: true } : { subject, allow, only: true };
  return { spec, notes, doubts: [...new Set(held.flatMap(({ doubt }) => doubt ?? []))] };
}

/** Beyond what every service account may do. */
function liveRules({ rules }: HeldGrant): readonly PolicyRule[] {
  return findUncovered(defaultGrants, rules);
}

function toPermissions(rules: readonly PolicyRule[]): readonly PermissionSpec[] {
  return rules.flatMap((rule) =>
    splitAtBounds(rule).map(({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }): PermissionSpec =>
      nonResourceURLs === undefined
        ? {
            verbs,
            ...(apiGroups === undefined ? {} : { apiGroups }),
            ...(resources === undefined ? {} : { resources }),
            ...(resourceNames === undefined ? {} : { names: resourceNames }),
          }
        : { verbs, urls: nonResourceURLs },
    ),
  );
}

/** A rule whose lists are longer than a permission's may be, as several. */
function splitAtBounds(rule: PolicyRule): readonly PolicyRule[] {
  return (Object.keys(bounds) as (keyof typeof bounds)[]).reduce<readonly PolicyRule[]>(
    (parts, field) => parts.flatMap((part) => splitField(part, field)),
    [rule],
  );
}

function splitField(rule: PolicyRule, field: keyof typeof bounds): readonly PolicyRule[] {
  const words = rule[field];
  if (words === undefined || words.length <= bounds[field]) return [rule];
  const count = Math.ceil(words.length / bounds[field]);
  return Array.from({ length: count }, (_, index) => ({
    ...rule,
    [field]: words.slice(index * bounds[field], (index + 1) * bounds[field]),
  }));
}
