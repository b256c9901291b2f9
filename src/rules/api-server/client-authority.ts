/**
 * Without an authority of client certificates, nobody can show one: kubelets and administrators need other credentials.
 *
 * Source: client certificates that were looked at, in /metrics; --client-ca-file; the ConfigMap of client authorities.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { startWith } from '../lib/start-with.ts';

export const clientAuthority = defineRule({
  id: 'api-server-client-authority',
  title: 'The API server must verify client certificates',
  severity: 'medium',
  severityReason: 'Kubelets and components then show credentials that can be copied on the way and used elsewhere.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['certificateAuthentication'],
  controls: ['cis-1.12/1.2.25', 'nsa/authentication-and-authorization'],
  rationale:
    'A client certificate proves who connects without a secret leaving his machine; without an authority the API server takes none, and kubelets and components fall back on tokens.',
  remediation: `${startWith('--client-ca-file naming the authority of client certificates, which AuthenticationConfiguration has no field for')} Certificates cannot be taken back: keep them for kubelets and components, and let people in by an issuer (rule api-server-external-identities).`,
  repair: { set: { 'client-ca-file': '/etc/kubernetes/pki/ca.crt' } },
  example: {
    fails: '/flagz: --client-ca-file is not given.\n',
    passes: '/flagz: --client-ca-file is given.\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('certificateAuthentication');
      return fact.value ? [] : [blame(fact, '--client-ca-file', 'name the authority of client certificates with it')];
    });
  },
});
