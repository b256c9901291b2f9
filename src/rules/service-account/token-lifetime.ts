/**
 * A projected token is good until it expires, also for whoever copied it; the kubelet renews it long before.
 *
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/ (expirationSeconds: an
 * hour by default, renewed after four fifths of its time or a day; the API server may cut it).
 */
import { defineRule, violation } from '../../core/rule.ts';
import { projectedTokensOf } from '../../core/token-mounts.ts';

export const tokenLifetime = defineRule({
  id: 'service-account-token-lifetime',
  title: 'Projected service account tokens must expire soon',
  severity: 'low',
  severityReason:
    'It counts only once a token is stolen, and ends at the latest with the pod where the API server is asked.',
  subject: 'Workload',
  controls: ['nsa/authentication-and-authorization'],
  params: {
    type: 'object',
    properties: {
      maxSeconds: {
        type: 'integer',
        format: 'int64',
        minimum: 600,
        maximum: 4_294_967_296,
        default: 86_400,
        description:
          'The longest time that a token may be asked for, in seconds. Applications that read the file again, as all current client libraries do, are served as well by the default of the field, an hour.',
      },
    },
  },
  rationale:
    'A stolen token is good until it expires wherever only its signature is checked, which is how clouds and vaults do it, and a long time gives whoever stole it a long time.',
  remediation:
    'Leave expirationSeconds out, which is an hour, or set it to what the application needs that reads the file once.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
  volumes:
    - name: token
      projected:
        sources:
          - serviceAccountToken: { audience: vault, path: token, expirationSeconds: 31536000 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
  volumes:
    - name: token
      projected:
        sources:
          - serviceAccountToken: { audience: vault, path: token, expirationSeconds: 3600 }
`,
  },

  check(pod, { params: { maxSeconds } }) {
    return projectedTokensOf(pod).flatMap(({ path, volume, token: { expirationSeconds } }) =>
      expirationSeconds === undefined || expirationSeconds <= maxSeconds
        ? []
        : violation(
            `${path}.expirationSeconds`,
            expirationSeconds,
            `volume "${volume}" holds a token that is good for ${expirationSeconds} seconds; ask for at most ${maxSeconds}`,
          ),
    );
  },
});
