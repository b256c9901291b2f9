/**
 * Every pod that names no service account runs as `default` and, unless told otherwise, carries its API token.
 *
 * Source: CIS Kubernetes 5.1.5; ServiceAccount admission plugin (the pod's own setting wins, then the account's, then
 * true).
 */
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import { isKnownToAllowEverything, OPEN_TO_EVERY_TOKEN } from '../lib/open-api-server.ts';

export const defaultTokenMount = defineRule({
  id: 'service-account-default-token-mount',
  title: 'Default service accounts must not mount their API token into pods',
  severity: 'critical',
  severityReason:
    'Critical only while the API server allows everything to whoever has a token; otherwise medium, because the token is of use only where the default account was granted something.',
  subject: 'ServiceAccount',
  considers: ['Evidence'],
  controls: ['cis-1.12/5.1.5', 'cis-1.12/5.1.6', 'nsa/authentication-and-authorization'],
  rationale:
    'A pod that names no service account gets the default one; a token that nobody asked for is a credential for whoever breaks into that pod.',
  remediation:
    'Set automountServiceAccountToken to false on the default service account; give an application that needs the API an account of its own.',
  example: {
    fails: `apiVersion: v1
kind: ServiceAccount
metadata: { name: default, namespace: shop }
`,
    passes: `apiVersion: v1
kind: ServiceAccount
metadata: { name: default, namespace: shop }
automountServiceAccountToken: false
`,
  },

  check(account, { snapshot }) {
    if (account.metadata.name !== 'default') return notApplicable('only the account named "default" is judged');
    // Absent means true, for every pod that does not say otherwise itself.
    if (account.automountServiceAccountToken === false) return [];
    const isOpen = isKnownToAllowEverything(snapshot);
    return [
      violation(
        'automountServiceAccountToken',
        account.automountServiceAccountToken,
        `pods without a service account of their own get the API token of "default"${isOpen ? `, and ${OPEN_TO_EVERY_TOKEN}` : ''}; set automountServiceAccountToken to false`,
        isOpen ? 'critical' : 'medium',
      ),
    ];
  },
});
