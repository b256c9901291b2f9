/**
 * Pod Security's levels know two lists of volume types, and neither can be changed: here the list is yours. What is on it
 * by default holds only what the cluster manages itself; csi, ephemeral and image, which `restricted` allows too, let a pod
 * choose a driver, a size or an image of its own.
 *
 * A volume that names no source at all is an emptyDir to the API server; whoever reads files fills that in first.
 *
 * Source: PodSecurityPolicy, `volumes` (policy/v1beta1); Pod Security Standards, restricted, "Volume Types" (from v1.0).
 */
import { volumeSourceNames } from '../../core/pod-shape.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { volumesWith } from '../lib/pod-cel.ts';

export const volumeTypes = defineRule({
  id: 'pod-volume-types',
  title: 'The volumes of a pod must be of allowed types',
  severity: 'medium',
  severityReason: 'It depends on the type what is behind it: at worst the node, which other rules are about.',
  subject: 'Workload',
  params: {
    type: 'object',
    properties: {
      allowed: {
        type: 'array',
        description:
          'Types of volumes that are allowed, as the fields of a volume are called: csi, ephemeral, image, nfs; * is every type, also those that come later.',
        maxItems: 50,
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', enum: [...volumeSourceNames, '*'] },
        default: ['configMap', 'emptyDir', 'projected', 'secret', 'downwardAPI', 'persistentVolumeClaim'],
      },
    },
  },
  controls: ['pss/restricted/restrictedVolumes', 'cis-1.12/5.2.11', 'nsa/pod-security'],
  rationale:
    'A volume that names its storage itself reaches the node or a server of the network, past what the cluster knows of storage and its access rights.',
  remediation:
    'Claim storage with a persistentVolumeClaim, or use emptyDir; a type that is needed goes into the parameter "allowed".',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
  volumes:
    - name: data
      nfs: { server: files.example, path: /web }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
  volumes:
    - name: data
      persistentVolumeClaim: { claimName: web }
`,
  },

  check(pod, { params: { allowed } }) {
    const { volumes } = pod.spec;
    if (volumes === undefined || allowed.includes('*')) return [];
    const violations: Violation[] = [];
    for (const [index, volume] of volumes.entries()) {
      let isKnown = false;
      for (const field of Object.keys(volume)) {
        if (!isSourceName(field) || volume[field] === undefined) continue;
        isKnown = true;
        if (allowed.includes(field)) continue;
        const message = `volume "${volume.name}" is of type ${field}; ${describe(allowed)}`;
        violations.push(violation(`spec.volumes[${index}].${field}`, field, message));
      }
      if (isKnown) continue;
      const message = `volume "${volume.name}" is of a type that this Merlon does not know; ${describe(allowed)}`;
      violations.push(violation(`spec.volumes[${index}]`, 'unknown', message));
    }
    return violations;
  },

  enforce: ({ allowed }) => {
    if (allowed.includes('*')) return { family: 'pod-security' };
    // A volume has one source; what an API server does not know, it has not.
    const isAllowed = allowed.map((field) => `has(v.${field})`).join(' || ') || 'false';
    return {
      family: 'pod-security',
      violations: volumesWith(`!(${isAllowed})`, `is of a type that is not allowed; ${describe(allowed)}`),
    };
  },
});

type SourceName = (typeof volumeSourceNames)[number];
const sourceNames: ReadonlySet<string> = new Set(volumeSourceNames);

function isSourceName(field: string): field is SourceName {
  return sourceNames.has(field);
}

function describe(allowed: readonly string[]): string {
  return allowed.length === 0 ? 'no type is allowed' : `allowed is ${allowed.join(', ')}`;
}
