/**
 * Cipher suites without forward secrecy, or without authenticated encryption, make what was recorded readable later.
 *
 * Source: a handshake that offers nothing else; --tls-cipher-suites. What Go takes by default has suites with CBC among them.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const tlsCiphers = defineRule({
  id: 'api-server-tls-ciphers',
  title: 'The API server must accept strong cipher suites only',
  severity: 'low',
  severityReason: 'Clients of today agree on a strong suite all the same; one must be made to choose a weak one.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['acceptsWeakCiphers'],
  controls: ['cis-1.12/1.2.29', 'nsa/network-separation-and-hardening'],
  rationale:
    'With a suite without forward secrecy, whoever gets the key of the server later reads what was recorded before; suites with CBC have been attacked again and again.',
  remediation:
    'Set --tls-cipher-suites to suites with ECDHE and GCM or CHACHA20, as TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 and TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, or --tls-min-version to VersionTLS13: under apiServer.extraArgs in a kubeadm ClusterConfiguration, as kube-apiserver-arg in k3s and RKE2, under cluster.apiServer.extraArgs in Talos, under kubeAPIServer in kOps; on managed clusters the provider decides.',
  repair: {
    set: {
      'tls-cipher-suites': [
        'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
        'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
        'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
        'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
      ].join(','),
    },
  },
  example: {
    fails: 'TLS handshake: a weak cipher suite was accepted\n',
    passes: 'TLS handshake: weak cipher suites were refused\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('acceptsWeakCiphers');
      return fact.value ? [blame(fact, '--tls-cipher-suites', 'name strong suites only')] : [];
    });
  },
});
