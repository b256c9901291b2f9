/**
 * TLS older than 1.2 has known weaknesses.
 *
 * Source: handshakes that offer nothing else; --tls-min-version, which is 1.2 by default.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const tlsVersion = defineRule({
  id: 'api-server-tls-version',
  title: 'The API server must refuse TLS older than 1.2',
  severity: 'medium',
  severityReason: 'Somebody must stand between the API server and its client.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['acceptsOldTls'],
  controls: ['nsa/network-separation-and-hardening'],
  rationale:
    'TLS 1.0 and 1.1 can be attacked by whoever stands between client and server, and no client needs them any more.',
  remediation:
    'Leave --tls-min-version out, or set it to VersionTLS12 or VersionTLS13: under apiServer.extraArgs in a kubeadm ClusterConfiguration, as kube-apiserver-arg in k3s and RKE2, under cluster.apiServer.extraArgs in Talos, under kubeAPIServer in kOps; on managed clusters the provider decides.',
  repair: { set: { 'tls-min-version': 'VersionTLS12' } },
  example: {
    fails: 'TLS handshake: TLS 1.1 or older was accepted\n',
    passes: 'TLS handshake: TLS 1.1 and older were refused\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('acceptsOldTls');
      return fact.value ? [blame(fact, '--tls-min-version', 'set it to VersionTLS12')] : [];
    });
  },
});
