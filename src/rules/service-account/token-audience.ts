/**
 * A projected token with an audience of its own is a login to something else than the API server: to a cloud's roles, to
 * a vault, to another cluster. What the pod may do there no binding of this cluster says.
 *
 * It is in force where a policy enables it and names what is expected: without such a list every use of such tokens,
 * which is better than a password in an environment variable, would be a finding.
 *
 * Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#serviceaccount-token-volume-projection.
 */
import { defineRule, violation } from '../../core/rule.ts';
import { isForApiServer, projectedTokensOf } from '../../core/token-mounts.ts';

export const tokenAudience = defineRule({
  id: 'service-account-token-audience',
  title: 'Projected service account tokens must be for an audience that is expected',
  severity: 'low',
  severityReason: 'The token opens nothing here; what it opens elsewhere is for those to say who accept it.',
  inForce: 'whereEnabled',
  subject: 'Workload',
  controls: ['nsa/authentication-and-authorization'],
  params: {
    type: 'object',
    properties: {
      expected: {
        type: 'array',
        'x-kubernetes-list-type': 'set',
        maxItems: 64,
        items: { type: 'string', maxLength: 512 },
        default: [],
        description:
          'Audiences that are expected, in full: "vault", "sts.amazonaws.com". Tokens for the API server itself are not judged, as far as they say so by having no audience or by "https://kubernetes.default.svc".',
      },
    },
  },
  rationale:
    'Whoever breaks into the pod is the account to everybody who accepts the audience, and that is invisible in RBAC: a bucket, a vault, another cluster, or this API server under another name.',
  remediation:
    'Remove the token where nothing uses it; otherwise name its audience in spec.rules[].params.expected of the policy, and let only the accounts in that are meant where it is accepted.',
  example: {
    params: { expected: ['vault'] },
    fails: `# params: { expected: [vault] }
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
  volumes:
    - name: token
      projected:
        sources:
          - serviceAccountToken: { audience: sts.amazonaws.com, path: token }
`,
    passes: `# params: { expected: [vault] }
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
  volumes:
    - name: token
      projected:
        sources:
          - serviceAccountToken: { audience: vault, path: token }
`,
  },

  check(pod, { params: { expected } }) {
    return projectedTokensOf(pod).flatMap(({ path, volume, token: { audience } }) =>
      audience === undefined || isForApiServer(audience) || expected.includes(audience)
        ? []
        : violation(
            `${path}.audience`,
            audience,
            `volume "${volume}" holds a token for the audience "${audience}", which params.expected does not name`,
          ),
    );
  },
});
