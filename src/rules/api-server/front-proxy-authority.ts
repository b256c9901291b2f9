/**
 * Where one authority signs for users and for the front proxy, a user's certificate can pass for that of the front proxy,
 * which says in headers which user it is.
 *
 * Source: the ConfigMap of client authorities; --client-ca-file and --requestheader-client-ca-file where they are one file.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { startWith } from '../lib/start-with.ts';

export const frontProxyAuthority = defineRule({
  id: 'api-server-front-proxy-authority',
  title: 'The front proxy must have an authority of its own',
  severity: 'critical',
  severityReason: 'Whoever has a client certificate that passes for the front proxy is whichever user he says.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['sharedFrontProxyAuthority', 'anyFrontProxyName'],
  controls: ['cis-1.12/1.2.25', 'nsa/authentication-and-authorization'],
  rationale:
    'The API server believes what the front proxy says in headers about the user and his groups; certificates for users are handed out to many, and none of them may be believed like that.',
  remediation: startWith('--requestheader-client-ca-file naming an authority that signs for the front proxy alone'),
  repair: { set: { 'requestheader-client-ca-file': '/etc/kubernetes/pki/front-proxy-ca.crt' } },
  example: {
    fails: '/flagz: --client-ca-file and --requestheader-client-ca-file are the same file.\n',
    passes:
      'ConfigMap kube-system/extension-apiserver-authentication: client-ca-file and requestheader-client-ca-file have nothing in common.\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('sharedFrontProxyAuthority');
      if (!fact.value) return [];
      const isNamed = server.factIfKnown('anyFrontProxyName')?.value === false;
      const who = isNamed
        ? 'whoever gets a client certificate with the name of the front proxy'
        : 'every client certificate';
      return [
        blame(
          fact,
          '--requestheader-client-ca-file',
          `${who} passes for the front proxy; give that an authority of its own`,
          isNamed ? 'high' : undefined,
        ),
      ];
    });
  },
});
