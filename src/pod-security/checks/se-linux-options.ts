/**
 * With a type, user or role of its own choice a container leaves the confinement that SELinux has for containers.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_seLinuxOptions.go.
 */
import type { Container, SeLinuxOptions } from '../../core/pod-shape.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { CheckPod, PodSecurityCheck } from '../check.ts';
import { findContainers } from '../../core/containers.ts';
import { nameEach, nameSetters, sortDistinct } from '../wording.ts';

const allowedFrom0: ReadonlySet<string> = new Set(['container_t', 'container_init_t', 'container_kvm_t']);
const allowedFrom31: ReadonlySet<string> = new Set([...allowedFrom0, 'container_engine_t']);

export const seLinuxOptions = {
  id: 'seLinuxOptions',
  level: 'baseline',
  branches: [
    { since: 0, check: allowOnly(allowedFrom0) },
    { since: 31, check: allowOnly(allowedFrom31) },
  ],
} as const satisfies PodSecurityCheck;

function allowOnly(allowed: ReadonlySet<string>): CheckPod {
  const isForbidden = (options: SeLinuxOptions | undefined): boolean =>
    options !== undefined &&
    ((isSet(options.type) && !allowed.has(options.type)) || isSet(options.user) || isSet(options.role));
  const setsForbidden = ({ securityContext }: Container): boolean => isForbidden(securityContext?.seLinuxOptions);

  return (pod) => {
    const ofPod = pod.spec.securityContext?.seLinuxOptions;
    const podSets = isForbidden(ofPod);
    const refused = findContainers(pod, setsForbidden);
    if (!podSets && refused === undefined) return undefined;
    const setters = [
      ...(podSets ? [{ path: 'spec', who: 'the pod', options: ofPod }] : []),
      ...(refused ?? []).map(({ path, container }) => ({
        path,
        who: `container "${container.name}"`,
        options: container.securityContext?.seLinuxOptions,
      })),
    ];
    const types = sortDistinct(
      setters.map(({ options }) => options?.type ?? '').filter((type) => type !== '' && !allowed.has(type)),
    );
    const faults = [
      ...(types.length === 0 ? [] : [nameEach('type', types)]),
      ...(setters.some(({ options }) => isSet(options?.user)) ? ['user may not be set'] : []),
      ...(setters.some(({ options }) => isSet(options?.role)) ? ['role may not be set'] : []),
    ];
    return {
      reason: 'seLinuxOptions',
      detail: `${nameSetters(podSets, refused)} set forbidden securityContext.seLinuxOptions: ${faults.join('; ')}`,
      violations: setters.flatMap((setter) => findForbidden(setter, allowed)),
    };
  };
}

interface Setter {
  readonly path: string;
  readonly who: string;
  readonly options: SeLinuxOptions | undefined;
}

function findForbidden({ path, who, options }: Setter, allowed: ReadonlySet<string>): Violation[] {
  return (['type', 'user', 'role'] as const).flatMap((field) => {
    const label = options?.[field];
    if (!isSet(label) || (field === 'type' && allowed.has(label))) return [];
    return violation(
      `${path}.securityContext.seLinuxOptions.${field}`,
      label,
      `${who} chooses the SELinux ${field} ${JSON.stringify(label)}; remove it`,
    );
  });
}

function isSet(label: string | undefined): label is string {
  return label !== undefined && label !== '';
}
