/**
 * How a role differs from what Kubernetes creates under its name. Rules count by what they grant, not by how they are
 * written: two rules in the place of one are no difference.
 */
import { isDeepStrictEqual } from 'node:util';

import type { ObjectOf } from '../../core/kinds.ts';
import type { PolicyRule } from '../../core/rbac-shape.ts';
import type { LabelSelector } from '../../core/label-selector.ts';
import { findUncovered } from '../rule-coverage.ts';
import { leafSources } from '../aggregation.ts';
import { kubernetesIndex, objectKey } from './baseline-index.ts';
import type { IndexedRole, Origin } from './baseline-index.ts';
import type { RoleKind } from '../../core/rbac-kinds.ts';
import { claimOf } from './name-claim.ts';
import type { Claim } from './name-claim.ts';
import { selectBaselines } from './select-baseline.ts';
import type { ClusterMinor } from './select-baseline.ts';

type ClusterRole = ObjectOf<'ClusterRole'>;

export interface NamedRole {
  readonly kind: RoleKind;
  readonly role: ClusterRole;
}

export interface RoleSurroundings {
  readonly minor: ClusterMinor;
  /** False where aggregated roles may still be without the rules that a controller gives them. */
  readonly isWholeCluster: boolean;
  /** All there are: among them are those whose rules an aggregated one gathers. */
  readonly clusterRoles: () => Iterable<ClusterRole>;
}

/** The smallest rule that the baseline does not grant, and where it comes from if not from whoever wrote the role. */
export interface AddedRule {
  readonly rule: PolicyRule;
  readonly from?: { readonly clusterRole: string } | { readonly minor: number };
}

export interface ChangedRole {
  readonly status: 'changed';
  readonly origin: Origin;
  readonly added: readonly AddedRule[];
  readonly removed: readonly PolicyRule[];
  /** Of its aggregation rule. */
  readonly addedSelectors: readonly LabelSelector[];
  readonly removedSelectors: readonly LabelSelector[];
}

export type RoleComparison =
  | { readonly status: 'notPredefined' }
  | { readonly status: 'unchanged'; readonly origin: Origin }
  | ChangedRole
  | { readonly status: 'impostor'; readonly claim: Claim }
  | { readonly status: 'unknown'; readonly reason: string };

/** A role with more of the smallest rules is not taken apart: the largest of Kubernetes' own has some hundred. */
const MOST_SMALLEST_RULES = 20_000;

/** @throws {MalformedField} of the role itself */
export function compareRole({ kind, role }: NamedRole, surroundings: RoleSurroundings): RoleComparison {
  const { name, namespace = '' } = role.metadata;
  const key = objectKey(kind, namespace, name);
  const selected = selectBaselines(surroundings.minor, ({ roles }) => roles.get(key), claimOf(role.metadata));
  if (!('found' in selected)) return selected;
  const rules = role.rules ?? [];
  if (countSmallest(rules) > MOST_SMALLEST_RULES) {
    return { status: 'unknown', reason: `its rules are more than ${MOST_SMALLEST_RULES} when taken apart` };
  }
  let first: ChangedRole | undefined;
  for (const baseline of selected.found) {
    const drift = diffRole(role, baseline, surroundings);
    if (drift === undefined) return { status: 'unchanged', origin: baseline.origin };
    first ??= drift;
  }
  if (first === undefined) return { status: 'notPredefined' };
  return { ...first, added: attribute(first.added, key, role, surroundings) };
}

/** @returns undefined where nothing differs */
function diffRole(
  role: ClusterRole,
  { role: expected, allowed, origin }: IndexedRole,
  { isWholeCluster }: RoleSurroundings,
): ChangedRole | undefined {
  const rules = role.rules ?? [];
  const isFilledLater = !isWholeCluster && expected.aggregates !== undefined;
  const same = isDeepStrictEqual(rules, expected.rules ?? []);
  const added = same ? [] : findUncovered(allowed, rules);
  const removed = same || isFilledLater ? [] : findUncovered(rules, expected.rules ?? []);
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? [];
  const addedSelectors = without(selectors, expected.aggregates ?? []);
  const removedSelectors = without(expected.aggregates ?? [], selectors);
  if ([added, removed, addedSelectors, removedSelectors].every(({ length }) => length === 0)) return undefined;
  return {
    status: 'changed',
    origin,
    added: added.map((rule) => ({ rule })),
    removed,
    addedSelectors,
    removedSelectors,
  };
}

function without(some: readonly LabelSelector[], others: readonly LabelSelector[]): readonly LabelSelector[] {
  return some.filter((one) => !others.some((other) => isDeepStrictEqual(one, other)));
}

function attribute(
  added: readonly AddedRule[],
  key: string,
  role: ClusterRole,
  { clusterRoles }: RoleSurroundings,
): readonly AddedRule[] {
  if (added.length === 0) return added;
  const sources = role.aggregationRule === undefined ? [] : leafSources(role, clusterRoles());
  const former = kubernetesIndex().roles.get(key) ?? [];
  return added.map(({ rule }) => {
    const earlier = former.find(({ allowed }) => findUncovered(allowed, [rule]).length === 0);
    if (earlier?.origin.by === 'Kubernetes') return { rule, from: { minor: earlier.origin.minor } };
    const source = sources.find(({ rules }) => findUncovered(rules, [rule]).length === 0);
    return source === undefined ? { rule } : { rule, from: { clusterRole: source.name } };
  });
}

function countSmallest(rules: readonly PolicyRule[]): number {
  return rules.reduce((sum, { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }) => {
    const targets = apiGroups.length * resources.length * Math.max(1, resourceNames.length) + nonResourceURLs.length;
    return sum + targets * verbs.length;
  }, 0);
}
