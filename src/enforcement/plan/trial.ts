/**
 * That an API server takes a policy does not say that it does what is meant: fields and costs it finds out about when it is
 * asked. So what can be tried is tried first, word for word, in a namespace in which nothing can be made (config/probes).
 */
import { PROBE_LABEL, PROBE_NAMESPACE } from '../../api/v1alpha1/group.ts';
import { podFamilyPolicies } from './pod-family.ts';
import { actionsOf } from './planned-policy.ts';
import type { PlannedPolicy, PlannedValidatingPolicy } from './planned-policy.ts';

/** What is tried has this name, whatever it is. */
export const CANARY_NAME = 'merlon-canary';

export interface Trial {
  /** The text of the policy, in force in the one namespace alone. */
  readonly canary: PlannedValidatingPolicy;
  /** Pods of which the first must be let in, and the second refused. */
  readonly harmless: object;
  readonly careless: object;
  /** One that must be refused, too, and that others seldom refuse; undefined where no rule of the policy is for that. */
  readonly untagged: object | undefined;
}

/** @returns undefined for what cannot be tried by a dry run */
export function planTrial(planned: PlannedPolicy): Trial | undefined {
  if (planned.kind !== 'ValidatingAdmissionPolicy' || planned.name !== podFamilyPolicies['pod-security']) {
    return undefined;
  }
  const { spec } = planned;
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': PROBE_NAMESPACE } };
  // Other pods are tried there as well, to see what the API server does (src/evidence), and must not be refused for this.
  const objectSelector = { matchExpressions: [{ key: PROBE_LABEL, operator: 'In', values: ['harmless', 'careless'] }] };
  return {
    canary: {
      ...planned,
      name: CANARY_NAME,
      spec: { ...spec, matchConstraints: { ...spec.matchConstraints, namespaceSelector, objectSelector } },
      bindings: [
        {
          mode: 'deny',
          where: PROBE_NAMESPACE,
          spec: { policyName: CANARY_NAME, validationActions: actionsOf.deny },
        },
      ],
    },
    harmless: podOf('harmless', harmless),
    careless: podOf('careless', careless),
    untagged: planned.rules?.includes(TAG_RULE) === true ? podOf('careless', untagged, 'untagged') : undefined,
  };
}

/** `pod-image-tag` accepts no image without a tag, whatever its parameters say. */
const TAG_RULE = 'pod-image-tag';

function podOf(probe: 'harmless' | 'careless', spec: object, name: string = probe): object {
  const metadata = { name: `merlon-${name}`, namespace: PROBE_NAMESPACE, labels: { [PROBE_LABEL]: probe } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
}

const image = 'registry.example/main:1';

const confined = {
  image,
  imagePullPolicy: 'Always',
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
} as const;

/** Breaks nothing that rules forbid by default, and has something of all that rules look through: every rule is asked about it, and none may stumble. */
const harmless = {
  automountServiceAccountToken: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 10_001,
    runAsGroup: 10_001,
    fsGroup: 10_001,
    supplementalGroups: [10_001],
    supplementalGroupsPolicy: 'Strict',
    seccompProfile: { type: 'RuntimeDefault' },
    appArmorProfile: { type: 'RuntimeDefault' },
  },
  initContainers: [{ ...confined, name: 'first' }],
  containers: [
    { ...confined, name: 'main', volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] },
    { ...confined, name: 'other' },
  ],
  volumes: [{ name: 'scratch', emptyDir: {} }],
} as const;

/** Pod Security's levels know nothing of images. */
const untagged = {
  ...harmless,
  containers: [{ ...confined, name: 'main', image: 'registry.example/main' }],
  volumes: [],
};

/** Breaks whatever it can that an API server takes. */
const careless = {
  automountServiceAccountToken: true,
  hostPID: true,
  hostIPC: true,
  hostNetwork: true,
  securityContext: {
    runAsNonRoot: false,
    runAsUser: 0,
    runAsGroup: 0,
    fsGroup: 0,
    supplementalGroups: [0],
    seccompProfile: { type: 'Unconfined' },
    appArmorProfile: { type: 'Unconfined' },
  },
  containers: [
    {
      name: 'main',
      image: 'registry.example/main:latest',
      imagePullPolicy: 'IfNotPresent',
      ports: [{ containerPort: 8080, hostPort: 8080 }],
      securityContext: {
        privileged: true,
        allowPrivilegeEscalation: true,
        runAsUser: 0,
        capabilities: { add: ['SYS_ADMIN', 'NET_RAW'] },
        seccompProfile: { type: 'Unconfined' },
      },
      volumeMounts: [{ name: 'node', mountPath: '/node' }],
    },
  ],
  volumes: [{ name: 'node', hostPath: { path: '/' } }],
} as const;
