/** The service accounts that a binding names, with their places. */
import type { RbacSubject } from '../../core/rbac-shape.ts';
import type { BoundRole } from '../../core/snapshot.ts';

export interface PlacedAccount {
  /** `subjects[0]` */
  readonly path: string;
  readonly namespace: string;
  readonly name: string;
  readonly subject: RbacSubject;
}

/** Those without a namespace, which only a file can hold in a ClusterRoleBinding, are nobody. */
export function placedAccountsOf({ kind, binding }: BoundRole): readonly PlacedAccount[] {
  const own = kind === 'RoleBinding' ? (binding.metadata.namespace ?? '') : '';
  return (binding.subjects ?? []).flatMap((subject, index): readonly PlacedAccount[] => {
    if (subject.kind !== 'ServiceAccount') return [];
    const namespace = subject.namespace ?? own;
    if (namespace === '' && kind === 'ClusterRoleBinding') return [];
    return [{ path: `subjects[${index}]`, namespace, name: subject.name, subject }];
  });
}
