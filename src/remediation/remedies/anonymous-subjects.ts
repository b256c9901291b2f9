/**
 * Takes anonymous subjects out of a binding. Only planned: somebody may rely on the door that it shuts, and a list has no
 * owner of each entry, so that nothing of it can be given back.
 */
import type { RbacSubject } from '../../core/rbac-shape.ts';
import { ANONYMOUS_USER, UNAUTHENTICATED } from '../../rbac/request.ts';
import { principalOf } from '../../rbac/subject-matching.ts';
import type { Json } from '../planned-repair.ts';
import type { Remedy } from '../remedy.ts';

export const anonymousSubjectsRemedy: Remedy = {
  rule: 'rbac-anonymous-grants',
  isPlanOnly: true,
  needsGuard: true,
  fields: [],
  reads: ['RoleBinding', 'ClusterRoleBinding'],

  plan({ rule, subject }, snapshot) {
    const { kind, namespace = '', name } = subject;
    if (kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding') return undefined;
    const binding = snapshot.get(kind, namespace, name);
    const before = binding?.subjects ?? [];
    const after = before.filter((one) => !isAnonymous(one, namespace));
    if (binding === undefined || after.length === before.length) return undefined;
    const { uid } = binding.metadata;
    const subjects = after.map(toJson);
    return {
      rule,
      target: uid === undefined ? subject : { ...subject, uid },
      patch: { subjects },
      fields: [{ path: 'subjects', before: before.map(toJson), after: subjects }],
      risks: [{ kind: 'Stated', message: `requests without credentials lose what ${kind} "${name}" grants them` }],
      isPlanOnly: true,
      remark:
        after.length === 0
          ? 'only planned: apply it yourself, or delete the binding, which grants nothing to anybody else'
          : 'only planned: apply it yourself',
    };
  },

  isRestorable: () => false,
};

function isAnonymous(subject: RbacSubject, namespace: string): boolean {
  const principal = principalOf(subject, namespace);
  return principal !== undefined && principal.name === (principal.isGroup ? UNAUTHENTICATED : ANONYMOUS_USER);
}

function toJson({ kind, apiGroup, name, namespace }: RbacSubject): Json {
  return {
    kind,
    ...(apiGroup === undefined ? {} : { apiGroup }),
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}
