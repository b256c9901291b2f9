/** All that somebody may do, where, and by which binding of which role to whom. */
import type { PolicyRule } from '../core/rbac-shape.ts';
import type { BoundRole, Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';
import { authorizerOf } from './authorizer.ts';
import type { Authorizer } from './authorizer.ts';
import { findDeadWeight } from './dead-weight.ts';
import type { DeadWeight, HeldBesides, IsNamespaced } from './dead-weight.ts';
import { compactRules } from './rule-compaction.ts';
import type { Requester } from './request.ts';
import type { Principal } from './subject-matching.ts';
import { readRules } from './who-can.ts';

export interface Permission {
  /** On one resource, or one URL. */
  readonly rule: PolicyRule;
  /** What of it is of no use. */
  readonly dead?: DeadWeight;
}

/** What one binding grants to somebody. */
export interface Origin {
  readonly bound: BoundRole;
  /** As whom: by their own name, or as one of a group. */
  readonly principal: Principal;
  readonly permissions: readonly Permission[];
}

export interface PermissionScope {
  /** Empty for the whole cluster. */
  readonly namespace: string;
  readonly origins: readonly Origin[];
}

export interface Permissions {
  /** The cluster first, then by namespace. */
  readonly scopes: readonly PermissionScope[];
  /** What could not be read and may grant more, in sentences. */
  readonly doubts: readonly string[];
}

/**
 * @param only what counts in this namespace: the cluster's and its own; everything where it is left out
 * @throws {NotObserved} if bindings could not be read
 */
export function listPermissions(
  snapshot: Snapshot,
  { user, groups }: Requester,
  isNamespaced: IsNamespaced,
  only?: string,
): Permissions {
  const authorizer = authorizerOf(snapshot);
  const doubts = new Set<string>();
  const byNamespace = new Map<string, Origin[]>();
  const principals: readonly Principal[] = [
    ...(user === '' ? [] : [{ name: user, isGroup: false }]),
    ...groups.map((name) => ({ name, isGroup: true })),
  ];
  const besides = new HeldBeside(principals, authorizer);
  for (const principal of principals) {
    for (const [namespace, grants] of authorizer.grantsTo(principal)) {
      if (only !== undefined && namespace !== '' && namespace !== only) continue;
      const origins = byNamespace.get(namespace) ?? [];
      byNamespace.set(namespace, origins);
      // A binding may name somebody twice.
      for (const bound of new Map(grants.map((grant) => [grant.bound.binding, grant.bound])).values()) {
        const { rules, doubt } = readRules(authorizer, bound);
        if (doubt !== undefined) doubts.add(doubt);
        const permissions = permissionsOf(bound, rules, besides.of(namespace), isNamespaced);
        if (permissions.length > 0) origins.push({ bound, principal, permissions });
      }
    }
  }
  for (const problem of authorizer.unreadableIn(only)) doubts.add(problem);
  return {
    scopes: [...byNamespace]
      .filter(([, origins]) => origins.length > 0)
      .map(([namespace, origins]) => ({ namespace, origins }))
      .sort((a, b) => compareText(a.namespace, b.namespace)),
    doubts: [...doubts],
  };
}

function permissionsOf(
  bound: BoundRole,
  rules: readonly PolicyRule[],
  beside: HeldBesides,
  isNamespaced: IsNamespaced,
): readonly Permission[] {
  return compactRules(rules).map((rule) => {
    const dead = findDeadWeight(bound, rule, beside, isNamespaced);
    return dead === undefined ? { rule } : { rule, dead };
  });
}

/** What somebody holds where a binding counts: all of it, by whichever binding. */
class HeldBeside {
  readonly #all: readonly {
    readonly namespace: string;
    readonly rules: readonly PolicyRule[];
    readonly doubt?: string;
  }[];
  readonly #known = new Map<string, HeldBesides>();

  constructor(principals: readonly Principal[], authorizer: Authorizer) {
    this.#all = principals.flatMap((principal) =>
      [...authorizer.grantsTo(principal)].flatMap(([namespace, grants]) =>
        grants.map(({ bound }) => ({ namespace, ...readRules(authorizer, bound) })),
      ),
    );
  }

  /** @param place empty for everywhere */
  of(place: string): HeldBesides {
    let known = this.#known.get(place);
    if (known !== undefined) return known;
    const there = this.#all.filter(({ namespace }) => place === '' || namespace === '' || namespace === place);
    known = {
      beside: there.flatMap(({ rules }) => rules),
      mayHoldMore: there.some(({ doubt }) => doubt !== undefined),
    };
    this.#known.set(place, known);
    return known;
  }
}
