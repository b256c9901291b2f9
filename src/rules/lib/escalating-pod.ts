/**
 * What makes a pod as good as its node for whoever runs commands in it, with the place where it says so.
 *
 * The first three are what the admission plugin DenyEscalatingExec went by; the others need a second step, or something
 * that is worth it on the node.
 */
import type { PodTemplate } from '../../core/pod-template.ts';
import { containersOf, findContainers } from '../../core/containers.ts';
import type { Container } from '../../core/pod-shape.ts';
import { hostPathVolumesOf } from './host-path.ts';

export interface Escalation {
  readonly path: string;
  readonly observed: unknown;
  /** Behind "it" or by itself: `container "agent" is privileged`. */
  readonly what: string;
}

export const furtherEscalations = ['hostNetwork', 'hostPath', 'SYS_ADMIN'] as const;
export type FurtherEscalation = (typeof furtherEscalations)[number];

/** In the order in which they are worth naming. */
export function findEscalations(pod: PodTemplate): readonly Escalation[] {
  const { hostPID, hostIPC } = pod.spec;
  const containers = findContainers(pod, isPrivileged);
  if (containers === undefined && hostPID !== true && hostIPC !== true) return NONE;
  return [
    ...(containers ?? []).map(({ path, container: { name } }) => ({
      path: `${path}.securityContext.privileged`,
      observed: true,
      what: `container "${name}" is privileged`,
    })),
    ...(hostPID === true ? [{ path: 'spec.hostPID', observed: true, what: 'it sees the processes of its node' }] : []),
    ...(hostIPC === true ? [{ path: 'spec.hostIPC', observed: true, what: 'it shares the memory of its node' }] : []),
  ];
}

const NONE: readonly Escalation[] = Object.freeze([]);

function isPrivileged({ securityContext }: Container): boolean {
  return securityContext?.privileged === true;
}

/** Only of the kinds that are asked about. */
export function findFurtherEscalations(pod: PodTemplate, also: readonly FurtherEscalation[]): readonly Escalation[] {
  return also.flatMap((kind): readonly Escalation[] => {
    switch (kind) {
      case 'hostNetwork':
        return pod.spec.hostNetwork === true
          ? [{ path: 'spec.hostNetwork', observed: true, what: 'it is in the network of its node' }]
          : [];
      case 'hostPath':
        return hostPathVolumesOf(pod).map(({ field, name, hostPath }) => ({
          path: field,
          observed: hostPath,
          what: `volume "${name}" is a folder of its node`,
        }));
      case 'SYS_ADMIN':
        return containersOf(pod).flatMap(({ path, container: { name, securityContext } }) =>
          (securityContext?.capabilities?.add ?? []).flatMap((capability, index) =>
            isSysAdmin(capability)
              ? [
                  {
                    path: `${path}.securityContext.capabilities.add[${index}]`,
                    observed: capability,
                    what: `container "${name}" has capability SYS_ADMIN`,
                  },
                ]
              : [],
          ),
        );
    }
  });
}

/** As container runtimes read it: in any case, with or without its prefix. */
function isSysAdmin(capability: string): boolean {
  return ['SYS_ADMIN', 'ALL'].includes(capability.toUpperCase().replace(/^CAP_/, ''));
}
