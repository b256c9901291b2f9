/** All that somebody holds, wherever it is. */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { compareBindings } from '../core/object-snapshot.ts';
import type { Authorizer, Grant } from './authorizer.ts';
import { inOrder } from './held-roles.ts';
import { requesterOf } from './identity.ts';
import type { Identity } from './identity.ts';

export interface HeldRules {
  /** Empty for what a ClusterRoleBinding grants. */
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
  readonly grant: Grant;
}

/**
 * ClusterRoleBindings first, then by namespace and name. Of a group, what each member holds for certain: which others somebody
 * is in, RBAC does not know.
 * @param counts whether what is held there matters, or everywhere where that is empty; by default all of it does
 */
export function* findHeldRules(
  identity: Identity,
  authorizer: Authorizer,
  counts: (namespace: string) => boolean = () => true,
): Generator<HeldRules> {
  const { user, groups } = requesterOf(identity);
  const principals = [{ name: user, isGroup: false }, ...groups.map((name) => ({ name, isGroup: true }))];
  for (const principal of principals) {
    for (const [namespace, grants] of inOrder(authorizer.grantsTo(principal))) {
      if (!counts(namespace)) continue;
      for (const grant of byName(grants)) {
        const rules = authorizer.rulesOfBinding(grant.bound)?.rules ?? [];
        if (rules.length > 0) yield { namespace, rules, grant };
      }
    }
  }
}

/** Whoever looks no further than to the first that counts finds the same in whichever order they came. */
function byName(grants: readonly Grant[]): readonly Grant[] {
  return grants.length < 2 ? grants : grants.toSorted((a, b) => compareBindings(a.bound, b.bound));
}
