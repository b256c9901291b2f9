/**
 * The pods that are tried. None could ever run, if one were made after all: no scheduler takes it, no node has its label,
 * and nobody can have its image, as names under .invalid belong to nobody (RFC 2606).
 *
 * But for what each is to show, all of them hold to the level "restricted", and to what policies ask for most.
 */
import { GUARD_PROBE, PROBE_LABEL, PROBE_NAMESPACE } from '../api/v1alpha1/group.ts';

/** A label of nodes that is out of use: the API server warns of it, which shows that its warnings arrive. */
export const OLD_NODE_LABEL = 'beta.kubernetes.io/arch';

export interface ProbePod {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: object };
  readonly spec: object;
}

/** @param nonce random, of lower case letters and digits */
export function buildProbePods(nonce: string) {
  const build = (what: string, spec: object = {}, labels: object = {}): ProbePod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `merlon-probe-${nonce}-${what}`, namespace: PROBE_NAMESPACE, ...labels },
    spec: { ...harmless, ...spec },
  });
  return {
    /** The guard refuses it. */
    guard: build('guard', {}, { labels: { [PROBE_LABEL]: GUARD_PROBE } }),
    /** Nothing is wrong with it. */
    plain: build('plain'),
    /** No level but "privileged" admits it. */
    hostPid: build('host-pid', { hostPID: true, nodeSelector: { [OLD_NODE_LABEL]: 'none' } }),
    /** There is no such service account. */
    stranger: build('stranger', { serviceAccountName: `merlon-probe-${nonce}-nobody` }),
  } as const;
}

const amount = { cpu: '1m', memory: '1Mi' };
const harmless = {
  schedulerName: 'none.merlon.dev',
  nodeSelector: { 'merlon.dev/no-such-node': 'none' },
  automountServiceAccountToken: false,
  restartPolicy: 'Never',
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65532,
    runAsGroup: 65532,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containers: [
    {
      name: 'probe',
      image: 'merlon.invalid/probe:1',
      imagePullPolicy: 'IfNotPresent',
      resources: { requests: amount, limits: amount },
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        privileged: false,
        readOnlyRootFilesystem: true,
      },
    },
  ],
};
