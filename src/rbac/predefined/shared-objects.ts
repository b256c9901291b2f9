/** What baselines have in common: releases share most of their roles and bindings, and here each stands once. */
import type { BindingKind, RoleKind } from '../../core/rbac-kinds.ts';
import type { Baseline, BaselineBinding, BaselineName, BaselineObjects, BaselineRole } from './baseline-objects.ts';

/** An object, and which minor versions make exactly that. */
export interface SharedObject<T> {
  /** From the oldest on. */
  readonly minors: readonly number[];
  /** Those in whose `gated` it is. */
  readonly gated: readonly number[];
  readonly object: T;
}

/** Sorted by namespace and name, as baselines are. */
export type SharedObjects<Role = BaselineRole> = Readonly<Record<RoleKind, readonly SharedObject<Role>[]>> &
  Readonly<Record<BindingKind, readonly SharedObject<BaselineBinding>[]>>;

export interface BaselineOfMinor {
  readonly minor: number;
  readonly baseline: Baseline;
}

/** @param baselines from the oldest on */
export function shareObjects(baselines: readonly BaselineOfMinor[]): SharedObjects {
  return {
    ClusterRole: share(baselines, ({ ClusterRole }) => ClusterRole),
    Role: share(baselines, ({ Role }) => Role),
    ClusterRoleBinding: share(baselines, ({ ClusterRoleBinding }) => ClusterRoleBinding),
    RoleBinding: share(baselines, ({ RoleBinding }) => RoleBinding),
  };
}

function share<T extends BaselineName>(
  baselines: readonly BaselineOfMinor[],
  list: (objects: BaselineObjects) => readonly T[],
): readonly SharedObject<T>[] {
  const shared = new Map<string, { readonly minors: number[]; readonly gated: number[]; readonly object: T }>();
  const add = (object: T, to: 'minors' | 'gated', minor: number): void => {
    const text = JSON.stringify(object);
    const same = shared.get(text) ?? { minors: [], gated: [], object };
    same[to].push(minor);
    shared.set(text, same);
  };
  for (const { minor, baseline } of baselines) {
    for (const object of list(baseline)) add(object, 'minors', minor);
    for (const object of list(baseline.gated)) add(object, 'gated', minor);
  }
  return [...shared.values()].sort((a, b) => compareNames(a.object, b.object));
}

/** By code units: what is recorded is sorted so. */
function compareNames(a: BaselineName, b: BaselineName): number {
  const [one, other] = [a, b].map(({ namespace = '', name }) => `${namespace}/${name}`);
  return one === other ? 0 : String(one) < String(other) ? -1 : 1;
}

/** @returns the baseline that had these objects: what others had as well is the same object in all of them */
export function selectBaseline(objects: SharedObjects, minor: number, release: string): Baseline {
  const select = (list: 'minors' | 'gated'): BaselineObjects => {
    const of = <T>(all: readonly SharedObject<T>[]): readonly T[] =>
      all.filter((one) => one[list].includes(minor)).map(({ object }) => object);
    return {
      ClusterRole: of(objects.ClusterRole),
      Role: of(objects.Role),
      ClusterRoleBinding: of(objects.ClusterRoleBinding),
      RoleBinding: of(objects.RoleBinding),
    };
  };
  return { release, ...select('minors'), gated: select('gated') };
}
