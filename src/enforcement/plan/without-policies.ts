/** What does instead where an API server serves no admission policies, as Kubernetes before 1.30. */

/** As a list of things to do. */
export const WITHOUT_POLICIES =
  'label namespaces pod-security.kubernetes.io/enforce=baseline, so that there are no such pods to exec into; ' +
  'grant pods/exec and pods/attach only in namespaces without such pods, which "merlon who-can" lists; or let a validating webhook decide about CONNECT pods/exec';

/** @param who as `Kubernetes 1.29` */
export function explainUnserved(who: string): string {
  return `${who} does not serve it, and enforces nothing of this by itself. Instead: ${WITHOUT_POLICIES}`;
}
