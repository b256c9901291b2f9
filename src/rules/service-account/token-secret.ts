/**
 * A token in a Secret never expires and belongs to no pod: whoever has read it once has it until the Secret is deleted.
 *
 * Merlon reads no Secrets. An account lists those that Kubernetes made for it before v1.24, and those that somebody
 * entered there; a token Secret that was made by hand is listed nowhere. So nothing listed is no pass: it is not
 * applicable, which says why, or where a policy wants to hear of it, `unknown`.
 *
 * Source: CIS Kubernetes 5.1.6; https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/.
 */
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import { isKnownToAllowEverything, OPEN_TO_EVERY_TOKEN } from '../lib/open-api-server.ts';
import { isTokenSecretName } from '../../core/token-mounts.ts';

export const tokenSecret = defineRule({
  id: 'service-account-token-secret',
  title: 'Service accounts must have no long-lived token Secrets',
  severity: 'critical',
  severityReason:
    'Critical only while the API server allows everything to whoever has a token; otherwise medium, because the token is good for as long as it lies there, and low where the Secret may be something else.',
  subject: 'ServiceAccount',
  considers: ['Evidence'],
  controls: ['cis-1.12/5.1.6', 'nsa/authentication-and-authorization'],
  params: {
    type: 'object',
    properties: {
      reportUndecided: {
        type: 'boolean',
        default: false,
        description:
          'Whether an account that lists no Secret is reported as unknown. Such an account may have token Secrets that were made by hand, and Merlon reads no Secrets; by default the rule is not applicable to it, because that is so of nearly every account of every cluster.',
      },
    },
  },
  rationale:
    'Tokens of pods are renewed every hour and die with their pod; one in a Secret is valid until the Secret is deleted, for whoever has a backup, an old log or the right to read Secrets, and from wherever the API server can be reached.',
  remediation:
    'Let pods use projected tokens, and clients outside of the cluster the TokenRequest API ("kubectl create token") or an identity of their own; then delete the Secret and remove it from .secrets of the account. From v1.30 Kubernetes labels those of its own making that nobody used for a year with kubernetes.io/legacy-token-invalid-since, and deletes them a year later.',
  example: {
    fails: `apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
secrets:
  - name: web-token-x7k2p
`,
    passes: `apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
`,
  },

  check({ metadata: { name }, secrets = [] }, { params: { reportUndecided }, snapshot }) {
    const listed = secrets.flatMap(({ name: secret = '' }, index) => (secret === '' ? [] : [{ secret, index }]));
    if (listed.length === 0) {
      const reason = 'the account lists no Secret, and token Secrets that were made by hand are listed nowhere';
      return reportUndecided ? unknown(reason) : notApplicable(reason);
    }
    const isOpen = isKnownToAllowEverything(snapshot);
    return listed.map(({ secret, index }) => {
      const isToken = isTokenSecretName(secret, name);
      const what = isToken
        ? `Secret "${secret}" holds a token of the account that never expires`
        : `the account lists Secret "${secret}", which holds a token that never expires if it is of the type kubernetes.io/service-account-token`;
      const open = isOpen ? `, and ${OPEN_TO_EVERY_TOKEN}` : '';
      return violation(
        `secrets[${index}]`,
        secret,
        `${what}${open}; delete it once nothing uses it`,
        isOpen ? 'critical' : isToken ? 'medium' : 'low',
      );
    });
  },
});
