/** How a role beside the baseline is spoken of. */
import type { RbacSubject } from '../core/rbac-shape.ts';
import { nameOrigin } from '../rbac/predefined/baseline-index.ts';
import type { Origin } from '../rbac/predefined/baseline-index.ts';
import type { BindingEntry, RoleEntry } from '../rbac/role-inventory.ts';

/** In a word, for a table. */
export function statusWord({ comparison }: RoleEntry): string {
  return comparison.status === 'notPredefined' ? '-' : comparison.status;
}

/** In a sentence. @param minor of the cluster, where it is known */
export function explainStatus({ kind, comparison }: RoleEntry, minor: number | undefined): string {
  switch (comparison.status) {
    case 'notPredefined':
      return `not predefined: Kubernetes creates no ${kind} of that name`;
    case 'unchanged':
      return `unchanged: as ${nameOrigin(comparison.origin)} creates it${leftOver(comparison.origin, minor)}`;
    case 'changed':
      return `changed: not as ${nameOrigin(comparison.origin)} creates it${leftOver(comparison.origin, minor)}`;
    case 'missing':
      return 'missing: Kubernetes creates it, and it is not there';
    case 'impostor':
      return comparison.claim === 'label'
        ? 'impostor: labelled as created by Kubernetes, which creates none such'
        : 'impostor: its name is kept for Kubernetes, which creates none such';
    case 'unknown':
      return `unknown: ${comparison.reason}`;
  }
}

function leftOver(origin: Origin, minor: number | undefined): string {
  if (minor === undefined || origin.by !== 'Kubernetes' || origin.minor === minor) return '';
  return `, and 1.${minor} does not: it was left over`;
}

/** `ServiceAccount shop/web`; a service account without a namespace is of its binding's. */
export function nameSubject({ kind, namespace, name }: RbacSubject, binding: BindingEntry): string {
  if (kind !== 'ServiceAccount') return `${kind} ${name}`;
  return `${kind} ${namespace ?? binding.namespace ?? ''}/${name}`;
}
