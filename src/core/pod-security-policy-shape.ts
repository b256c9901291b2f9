/**
 * The fields of a PodSecurityPolicy, as policy/v1beta1 had them until Kubernetes 1.25 and extensions/v1beta1 before that.
 *
 * Source: k8s.io/api v0.24, policy/v1beta1/generated.proto.
 */
import { boolean, integer, integer32, list, message, pointer, required, string, value } from './shape.ts';

const range = message({ min: required(1, integer), max: required(2, integer) });
const idStrategy = message({ rule: required(1, string), ranges: value(2, list(range)) });
const portRange = message({ min: required(1, integer32), max: required(2, integer32) });

export const podSecurityPolicySpec = message({
  privileged: value(1, boolean),
  defaultAddCapabilities: value(2, list(string)),
  requiredDropCapabilities: value(3, list(string)),
  allowedCapabilities: value(4, list(string)),
  volumes: value(5, list(string)),
  hostNetwork: value(6, boolean),
  hostPorts: value(7, list(portRange)),
  hostPID: value(8, boolean),
  hostIPC: value(9, boolean),
  seLinux: pointer(
    10,
    message({
      rule: required(1, string),
      seLinuxOptions: pointer(
        2,
        message({ user: value(1, string), role: value(2, string), type: value(3, string), level: value(4, string) }),
      ),
    }),
  ),
  runAsUser: pointer(11, idStrategy),
  supplementalGroups: pointer(12, idStrategy),
  fsGroup: pointer(13, idStrategy),
  readOnlyRootFilesystem: value(14, boolean),
  defaultAllowPrivilegeEscalation: pointer(15, boolean),
  allowPrivilegeEscalation: pointer(16, boolean),
  allowedHostPaths: value(17, list(message({ pathPrefix: required(1, string), readOnly: value(2, boolean) }))),
  allowedFlexVolumes: value(18, list(message({ driver: required(1, string) }))),
  allowedUnsafeSysctls: value(19, list(string)),
  forbiddenSysctls: value(20, list(string)),
  allowedProcMountTypes: value(21, list(string)),
  runAsGroup: pointer(22, idStrategy),
  allowedCSIDrivers: value(23, list(message({ name: required(1, string) }))),
  runtimeClass: pointer(
    24,
    message({ allowedRuntimeClassNames: value(1, list(string)), defaultRuntimeClassName: pointer(2, string) }),
  ),
});

/** The annotations in which a policy says what has no field. */
export const policySeccompAnnotations = {
  allowed: 'seccomp.security.alpha.kubernetes.io/allowedProfileNames',
  default: 'seccomp.security.alpha.kubernetes.io/defaultProfileName',
} as const;
export const policyAppArmorAnnotations = {
  allowed: 'apparmor.security.beta.kubernetes.io/allowedProfileNames',
  default: 'apparmor.security.beta.kubernetes.io/defaultProfileName',
} as const;

const read: ReadonlySet<string> = new Set([
  ...Object.values(policySeccompAnnotations),
  ...Object.values(policyAppArmorAnnotations),
]);

export function isReadPolicyAnnotation(key: string): boolean {
  return read.has(key);
}
