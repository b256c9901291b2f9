/**
 * Whose rules an aggregated ClusterRole gathers.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/controller/clusterroleaggregation.
 */
import type { ObjectOf } from '../core/kinds.ts';
import type { PolicyRule } from '../core/rbac-shape.ts';
import { matchesSelector } from '../core/label-selector.ts';
import type { LabelSelector } from '../core/label-selector.ts';
import { readOr } from '../core/shape.ts';
import { compareText } from '../core/subject-ref.ts';

type ClusterRole = ObjectOf<'ClusterRole'>;

export interface GatheredRole {
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  /** Whether it gathers rules itself. */
  readonly aggregates: boolean;
}

/** Those that it selects itself, by name; what cannot be read of a role in a file is not gathered. */
export function directSources(role: ClusterRole, all: Iterable<ClusterRole>): readonly GatheredRole[] {
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? [];
  return [...all]
    .filter((one) => one !== role)
    .flatMap((one) => toGathered(one, selectors) ?? [])
    .sort((a, b) => compareText(a.name, b.name));
}

/**
 * Those that its rules come from in the end, by name: `admin` gathers `edit`, which gathers what an operator adds. Roles
 * that gather each other are looked at once.
 */
export function leafSources(role: ClusterRole, all: Iterable<ClusterRole>): readonly GatheredRole[] {
  const everyone = [...all];
  const byName = new Map(everyone.map((one) => [one.metadata.name, one]));
  const visited = new Set([role.metadata.name]);
  const leaves: GatheredRole[] = [];
  const open = [role];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const source of directSources(one, everyone)) {
      if (visited.has(source.name)) continue;
      visited.add(source.name);
      const next = source.aggregates ? byName.get(source.name) : undefined;
      if (next === undefined) leaves.push(source);
      else open.push(next);
    }
  }
  return leaves.sort((a, b) => compareText(a.name, b.name));
}

function toGathered(role: ClusterRole, selectors: readonly LabelSelector[]): GatheredRole | undefined {
  return readOr(
    () => {
      const { metadata, rules = [], aggregationRule } = role;
      const isSelected = selectors.some((one) => matchesSelector(one, metadata.labels ?? {}));
      return isSelected ? { name: metadata.name, rules, aggregates: aggregationRule !== undefined } : undefined;
    },
    () => undefined,
  );
}
