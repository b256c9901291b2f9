/**
 * AppArmor and SELinux hold a process to what its profile allows, root or not. A node has one of them at most, so a
 * container needs only one; which of them its nodes have is not to be seen in the pod.
 *
 * What a container sets takes the place of what its pod sets, even where that is less. A profile that confines nobody
 * (Unconfined, spc_t) is as good as none.
 *
 * Source: NSA/CISA Kubernetes Hardening Guide 1.2, "Pod security"; k8s.io/kubernetes v1.37.2, pkg/security/apparmor
 * (the annotation comes before the pod's field) and pkg/securitycontext (SELinux options are taken as a whole).
 */
import { APPARMOR_ANNOTATION_PREFIX } from '../../core/pod-shape.ts';
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import { findContainers } from '../../core/containers.ts';
import { podVariables } from '../../core/enforcement.ts';
import { celLiteral } from '../../enforcement/plan/cel.ts';
import { containersWith, exceptOnWindows } from '../lib/pod-cel.ts';

export const mandatoryAccessControl = defineRule({
  id: 'pod-mandatory-access-control',
  title: 'Containers must be confined by AppArmor or SELinux',
  severity: 'low',
  severityReason:
    'Most runtimes apply a profile of their own where the node has one and the pod does not say otherwise.',
  subject: 'Workload',
  controls: ['cis-1.12/5.6.3', 'nsa/pod-security'],
  rationale:
    'Only a profile that the pod asks for is sure to be there: without it everything depends on how each node is set up, and nobody notices where it is missing.',
  remediation:
    'On nodes with AppArmor set securityContext.appArmorProfile of the pod to RuntimeDefault (other nodes refuse such a pod), on nodes with SELinux set seLinuxOptions to the type container_t or to a level of its own (other nodes ignore it).',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  securityContext:
    appArmorProfile: { type: RuntimeDefault }
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check(pod) {
    if (pod.spec.os?.name === 'windows') return notApplicable('Windows has neither AppArmor nor SELinux');
    const loose = findContainers(
      pod,
      (container) => !isConfinedByAppArmor(pod, container) && !isConfinedBySeLinux(pod, container),
    );
    return (loose ?? []).map(({ path, container }) =>
      violation(
        `${path}.securityContext.appArmorProfile.type`,
        container.securityContext?.appArmorProfile?.type,
        `container "${container.name}" is confined by neither AppArmor nor SELinux; set appArmorProfile or seLinuxOptions`,
      ),
    );
  },

  enforce: () => ({
    family: 'pod-security',
    annotationPrefix: APPARMOR_ANNOTATION_PREFIX,
    violations: exceptOnWindows(
      containersWith(`!(${printAppArmor()}) && !(${printSeLinux()})`, 'is confined by neither AppArmor nor SELinux'),
    ),
  }),
});

function isConfinedByAppArmor({ metadata, spec }: PodTemplate, { name, securityContext }: Container): boolean {
  const own = securityContext?.appArmorProfile?.type;
  if (own !== undefined) return isConfining(own);
  const annotation = metadata?.annotations?.[APPARMOR_ANNOTATION_PREFIX + name];
  if (annotation === 'unconfined') return false;
  if (annotation === 'runtime/default' || annotation?.startsWith('localhost/') === true) return true;
  return isConfining(spec.securityContext?.appArmorProfile?.type);
}

const confiningTypes: readonly string[] = ['RuntimeDefault', 'Localhost'];

function isConfining(type: string | undefined): boolean {
  return type !== undefined && confiningTypes.includes(type);
}

/** Types of processes that SELinux lets do everything. */
const unconfinedTypes: readonly string[] = ['spc_t', 'unconfined_t', 'unconfined_service_t'];

function isConfinedBySeLinux({ spec }: PodTemplate, { securityContext }: Container): boolean {
  const options = securityContext?.seLinuxOptions ?? spec.securityContext?.seLinuxOptions;
  if (options === undefined) return false;
  const { user, role, type, level } = options;
  // Whatever is left out the runtime fills in, the type with the one that it has for containers.
  if (type !== undefined) return !unconfinedTypes.includes(type);
  return user !== undefined || role !== undefined || level !== undefined;
}

const ofPod = `${podVariables.spec}.?securityContext`;

/** `isConfinedByAppArmor` in CEL. */
function printAppArmor(): string {
  const own = 'c.?securityContext.?appArmorProfile.?type';
  const annotation = `${podVariables.annotations}[?${celLiteral(APPARMOR_ANNOTATION_PREFIX)} + c.name].orValue('')`;
  const good = celLiteral(confiningTypes);
  return `${own}.hasValue() ? ${own}.orValue('') in ${good} :
  ${annotation} != 'unconfined' && (${annotation} == 'runtime/default' || ${annotation}.startsWith('localhost/') ||
    ${ofPod}.?appArmorProfile.?type.orValue('') in ${good})`;
}

/** `isConfinedBySeLinux` in CEL. */
function printSeLinux(): string {
  const confines = (options: string): string => `(${options}.?type.orValue('') != '' ?
    !(${options}.?type.orValue('') in ${celLiteral(unconfinedTypes)}) :
    ${['user', 'role', 'level'].map((field) => `${options}.?${field}.orValue('') != ''`).join(' || ')})`;
  const own = 'c.?securityContext.?seLinuxOptions';
  return `${own}.hasValue() ? ${confines(own)} : ${confines(`${ofPod}.?seLinuxOptions`)}`;
}
