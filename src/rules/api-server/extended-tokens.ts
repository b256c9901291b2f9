/**
 * Tokens that pods ask for an hour are made valid for a year, for clients of the past that never read a token again.
 *
 * Source: --service-account-extend-token-expiration, which is true by default.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { startWith } from '../lib/start-with.ts';

export const extendedTokens = defineRule({
  id: 'api-server-extended-tokens',
  title: 'The API server must not extend tokens of pods to a year',
  severity: 'medium',
  severityReason: 'A token that leaks is good for as long as its pod lives, in place of an hour.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['extendedTokens'],
  controls: ['cis-1.12/1.2.30', 'nsa/authentication-and-authorization'],
  rationale:
    'Kubelets renew the tokens of pods within the hour, so that a stolen one would soon be worthless; extended, it stays good until the pod is gone or a year is over.',
  remediation: `${startWith('--service-account-extend-token-expiration=false')} Before that, see that serviceaccount_stale_tokens_total in /metrics stands still: it counts clients that never read their token again.`,
  repair: { set: { 'service-account-extend-token-expiration': 'false' } },
  example: {
    fails: '/flagz: --service-account-extend-token-expiration=true\n',
    passes: '/flagz: --service-account-extend-token-expiration=false\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('extendedTokens');
      const flag = '--service-account-extend-token-expiration';
      return fact.value ? [blame(fact, flag, `start kube-apiserver with ${flag}=false`)] : [];
    });
  },
});
