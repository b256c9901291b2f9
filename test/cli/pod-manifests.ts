/** Pods for scans: one in which nothing is wrong by any rule that is in force everywhere, and the same made privileged. */

/** 16 lines, so that tests can say where things stand. */
export function hardened(name: string): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop}
spec:
  serviceAccountName: app
  securityContext: {runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, supplementalGroupsPolicy: Strict, seccompProfile: {type: RuntimeDefault}, appArmorProfile: {type: RuntimeDefault}}
  containers:
  - name: app
    image: registry.example/app:1
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}
    imagePullPolicy: Always
    resources: {limits: {memory: 64Mi}}
  automountServiceAccountToken: false
`;
}

/** In line 11. */
export const privileged = hardened('bad').replace('allowPrivilegeEscalation: false', 'privileged: true');

/** No YAML, from line 2 on. */
export const broken = 'apiVersion: v1\nkind: [\n';
