/**
 * In which namespaces a change of bindings, or of the role that they bind, may matter: where they are, and where the service
 * accounts are that they name. What somebody may do as others counts together with what he may do anywhere.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { readOr } from '../core/shape.ts';
import type { BoundRole } from '../core/snapshot.ts';
import { namespaceOf } from './authorizer.ts';
import type { Authorizer } from './authorizer.ts';
import { identityOf } from './identity.ts';
import { AUTHENTICATED, SERVICE_ACCOUNTS } from './request.ts';
import { principalOf } from './subject-matching.ts';

/** `all` where everybody is named, or it is not known. */
export type TouchedNamespaces = ReadonlySet<string> | 'all';

/**
 * @param authorizer of what is there now
 * @param changed the role that they bind, as it was and as it is, where that changed and not they
 */
export function namespacesTouchedBy(
  bindings: Iterable<BoundRole>,
  authorizer: Authorizer,
  changed?: readonly RuleHolder[],
): TouchedNamespaces {
  const touched = new Set<string>();
  for (const bound of bindings) {
    const home = namespaceOf(bound);
    if (home !== '') touched.add(home);
    const named = readOr(
      () => (bound.binding.subjects ?? []).flatMap((subject) => principalOf(subject, home) ?? []),
      () => undefined,
    );
    // It may be anybody's.
    if (named === undefined) return 'all';
    const ofOthers = (changed ?? [authorizer.rulesOfBinding(bound) ?? {}]).some(mayImpersonate);
    for (const principal of named) {
      if (principal.isGroup && (principal.name === AUTHENTICATED || principal.name === SERVICE_ACCOUNTS)) return 'all';
      const identity = identityOf(principal);
      if (identity.type === 'ServiceAccount') touched.add(identity.namespace);
      const ofNamespace = `${SERVICE_ACCOUNTS}:`;
      if (principal.isGroup && principal.name.startsWith(ofNamespace)) {
        touched.add(principal.name.slice(ofNamespace.length));
      }
      if (!ofOthers) continue;
      for (const place of authorizer.grantsTo(principal).keys()) if (place !== '') touched.add(place);
    }
  }
  return touched;
}

interface RuleHolder {
  readonly rules?: readonly PolicyRule[];
}

function mayImpersonate(role: RuleHolder): boolean {
  return readOr(
    () => (role.rules ?? []).some(({ verbs }) => verbs.some((verb) => verb === '*' || verb.startsWith('impersonate'))),
    () => true,
  );
}
