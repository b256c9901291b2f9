/** Which resources have no namespace, as far as Kubernetes itself serves them. */
import { isNamespaced } from '../../rbac/api-resources.ts';

/** @returns undefined for what Kubernetes does not serve itself */
export function isClusterScoped(group: string, resource: string): boolean | undefined {
  const namespaced = isNamespaced({ group, resource });
  return namespaced === undefined ? undefined : !namespaced;
}
