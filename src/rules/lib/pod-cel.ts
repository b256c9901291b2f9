/** What the `enforce` parts of rules about pods have in common, in CEL. */
import { podVariables } from '../../core/enforcement.ts';
import type { EnforcementTarget } from '../../core/enforcement.ts';
import { celLiteral } from '../../enforcement/plan/cel.ts';

/** Pod Security exempts pods in a user namespace of their own from then on. */
const USER_NAMESPACES_SINCE = 35;

/** What only pods that are not for Windows can break; they have been exempt for longer than there are policies. */
export function exceptOnWindows(violations: string): string {
  return `${podVariables.spec}.?os.?name.orValue('') == 'windows' ? [] :\n${violations}`;
}

/** What a pod in a user namespace of its own cannot break from a version on, which a policy cannot ask for. */
export function exceptInUserNamespace(
  { podSecurityVersion }: EnforcementTarget,
  violations: string,
): { readonly violations: string } | { readonly notEnforceable: string } {
  if (podSecurityVersion === undefined) {
    const notEnforceable = `spares pods with a user namespace of their own from Kubernetes 1.${USER_NAMESPACES_SINCE} on, and it was not said for which version this is`;
    return { notEnforceable };
  }
  if (podSecurityVersion < USER_NAMESPACES_SINCE) return { violations };
  return { violations: `${podVariables.spec}.?hostUsers.orValue(true) == false ? [] :\n${violations}` };
}

/** A list with one text, or none. @param condition in CEL. */
export function listIf(condition: string, text: string): string {
  return `(${condition} ? [${celLiteral(text)}] : [])`;
}

/** The containers of which something is true, each in words. @param fault to be read after its name */
export function containersWith(condition: string, fault: string): string {
  return `${podVariables.containers}.filter(c, ${condition})
  .map(c, 'container "' + c.name + ${celLiteral(`" ${fault}`)})`;
}

/** The same of volumes. */
export function volumesWith(condition: string, fault: string): string {
  return `${podVariables.spec}.?volumes.orValue([]).filter(v, ${condition})
  .map(v, 'volume "' + v.name + ${celLiteral(`" ${fault}`)})`;
}
