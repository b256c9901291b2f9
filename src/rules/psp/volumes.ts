/**
 * A policy that allows every type of volume allows the directories of the node.
 *
 * Source: PodSecurityPolicy, `volumes` and `allowedHostPaths` (policy/v1beta1).
 */
import { defineRule, violation } from '../../core/rule.ts';
import { readPodSecurityPolicy } from '../../psp/read-pod-security-policy.ts';
import { allVolumes, allowsVolumeType } from '../../psp/volume-types.ts';

export const volumes = defineRule({
  id: 'psp-volumes',
  title: 'PodSecurityPolicies must not allow to mount what is on the node',
  severity: 'high',
  severityReason: 'A writable directory of the node is enough to take it over, to whoever may use the policy.',
  subject: 'PodSecurityPolicy',
  controls: ['cis-1.12/5.2.11', 'nsa/pod-security'],
  rationale:
    'With a list of allowed paths a hostPath volume is kept to them; without one it mounts the root of the node, the files of the kubelet and the socket of the runtime.',
  remediation:
    'List the types that are needed, such as configMap, emptyDir, projected, secret, downwardAPI and persistentVolumeClaim; where hostPath is needed, name the paths in allowedHostPaths and make them readOnly.',
  example: {
    fails: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: loose }
spec:
  volumes: ['*']
`,
    passes: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: restricted }
spec:
  volumes: [configMap, emptyDir, projected, secret, downwardAPI, persistentVolumeClaim]
`,
  },

  check(subject) {
    const { volumes: types, allowedHostPaths } = readPodSecurityPolicy(subject);
    const star = types.indexOf(allVolumes);
    const every =
      star === -1 ? [] : [violation(`spec.volumes[${star}]`, allVolumes, describeStar(allowedHostPaths.length))];
    if (star !== -1 && allowedHostPaths.length === 0) return every;
    if (!allowsVolumeType(types, 'hostPath')) return [];
    const index = types.indexOf('hostPath');
    if (allowedHostPaths.length === 0) {
      const message =
        'the policy allows to mount every directory of the node; name those that are needed in allowedHostPaths';
      return [violation(`spec.volumes[${index}]`, 'hostPath', message)];
    }
    const writable = allowedHostPaths.flatMap(({ pathPrefix, readOnly }, place) =>
      readOnly
        ? []
        : violation(
            `spec.allowedHostPaths[${place}].pathPrefix`,
            pathPrefix,
            `the policy allows to write to ${JSON.stringify(pathPrefix)} of the node; set readOnly to true`,
            pathPrefix.replaceAll('/', '') === '' ? undefined : 'medium',
          ),
    );
    return [...every.map((found) => ({ ...found, severity: 'low' as const })), ...writable];
  },
});

function describeStar(paths: number): string {
  return paths === 0
    ? 'the policy allows volumes of every type, and every directory of the node; list the types that are needed'
    : 'the policy allows volumes of every type; list the types that are needed';
}
