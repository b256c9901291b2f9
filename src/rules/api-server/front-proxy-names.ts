/**
 * Whoever is taken for the front proxy says in headers which user he is. Without names, every certificate of the front
 * proxy's authority is taken for it.
 *
 * Source: requestheader-allowed-names, as the ConfigMap of client authorities and the flags show it.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { startWith } from '../lib/start-with.ts';

export const frontProxyNames = defineRule({
  id: 'api-server-front-proxy-names',
  title: 'The API server must take nobody for the front proxy but by name',
  severity: 'medium',
  severityReason: 'Only who holds a certificate of that authority gains by it, and then everything.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['anyFrontProxyName'],
  controls: ['cis-1.12/1.2.25', 'nsa/authentication-and-authorization'],
  rationale:
    'The front proxy names the user and his groups in headers, that of administrators among them, and is believed; any other certificate of the same authority must not be.',
  remediation: startWith(
    '--requestheader-allowed-names=front-proxy-client, the name in the certificate of the front proxy',
  ),
  repair: {
    set: { 'requestheader-allowed-names': 'front-proxy-client' },
    own: {
      kops: 'spec.kubeAPIServer.requestheaderAllowedNames of the Cluster holds the name in the certificate that kOps makes for the front proxy.',
    },
  },
  example: {
    fails: 'ConfigMap kube-system/extension-apiserver-authentication: requestheader-allowed-names is empty.\n',
    passes:
      'ConfigMap kube-system/extension-apiserver-authentication: requestheader-allowed-names is front-proxy-client.\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('anyFrontProxyName');
      return fact.value ? [blame(fact, '--requestheader-allowed-names', 'name the front proxy in it')] : [];
    });
  },
});
