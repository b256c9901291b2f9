/** Bindings that people made of roles that Merlon brought, or of its account: theirs to remove, so they are only named. */
import { OPERATOR_NAME } from '../../api/v1alpha1/group.ts';
import { printObject } from './present-object.ts';
import type { PresentObject } from './present-object.ts';
import { shippedObjects } from './shipped-objects.ts';
import { namespaceOf } from './shipped-plan.ts';
import type { Note } from './note.ts';

export interface Binding extends PresentObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

/** @param namespace Merlon's own */
export function notePeoplesBindings(bindings: readonly Binding[], namespace: string): readonly Note[] {
  return bindings.flatMap((binding) => {
    if (isShipped(binding, namespace)) return [];
    const { roleRef, kind } = binding;
    const isToShipped = isShipped(
      { kind: roleRef.kind, metadata: { ...binding.metadata, name: roleRef.name } },
      namespace,
    );
    const isToAccount = (binding.subjects ?? []).some((subject) => isOperator(subject, namespace));
    if (!isToShipped && !isToAccount) return [];
    const what = isToShipped
      ? `it binds ${roleRef.kind} ${roleRef.name}, which Merlon brought, and grants nothing without it`
      : `it binds ${roleRef.kind} ${roleRef.name} to Merlon's account, whose name somebody may take`;
    const where = kind === 'RoleBinding' ? ` -n ${binding.metadata.namespace ?? ''}` : '';
    const command = `kubectl delete ${kind.toLowerCase()} ${binding.metadata.name}${where}`;
    return [{ about: printObject(binding), message: `people made it: ${what}; "${command}" removes it` }];
  });
}

/** @param own Merlon's namespace. A ClusterRole is in none, whoever refers to it from wherever. */
function isShipped({ kind, metadata }: Pick<PresentObject, 'kind' | 'metadata'>, own: string): boolean {
  return shippedObjects.some((shipped) => {
    const namespace = namespaceOf(shipped, own);
    return (
      shipped.kind === kind &&
      shipped.name === metadata.name &&
      (namespace === undefined || namespace === metadata.namespace)
    );
  });
}

export function isOperator(
  subject: { readonly kind: string; readonly name: string; readonly namespace?: string },
  namespace: string,
): boolean {
  return subject.kind === 'ServiceAccount' && subject.name === OPERATOR_NAME && subject.namespace === namespace;
}
