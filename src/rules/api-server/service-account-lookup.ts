/**
 * A token from a Secret never ends by itself: only the look at whether the Secret is still there ends it.
 *
 * Source: --service-account-lookup, which is true by default; tokens of pods are looked up in any case.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { startWithout } from '../lib/start-with.ts';

export const serviceAccountLookup = defineRule({
  id: 'api-server-service-account-lookup',
  title: 'The API server must refuse tokens of deleted service accounts',
  severity: 'medium',
  severityReason: 'Whoever has kept such a token stays in, and nothing but a new key gets him out.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['serviceAccountLookup'],
  controls: ['cis-1.12/1.2.21', 'nsa/authentication-and-authorization'],
  rationale:
    'To delete a service account or the Secret of its token is how access is taken back; without the lookup the token is accepted as long as its signature is right.',
  remediation: startWithout('--service-account-lookup, or with --service-account-lookup=true'),
  repair: { drop: ['service-account-lookup'] },
  example: {
    fails: '/flagz: --service-account-lookup=false\n',
    passes: '/flagz: --service-account-lookup=true\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('serviceAccountLookup');
      return fact.value ? [] : [blame(fact, '--service-account-lookup', 'leave it at true')];
    });
  },
});
