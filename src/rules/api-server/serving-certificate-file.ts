/**
 * An API server that is given no certificate makes one itself, which no client can verify.
 *
 * Source: --tls-cert-file and --tls-private-key-file.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const servingCertificateFile = defineRule({
  id: 'api-server-serving-certificate-file',
  title: 'The API server must be given the certificate that it shows',
  severity: 'medium',
  severityReason: 'Clients cannot tell it from whoever stands between.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['servingCertificateFile'],
  controls: ['cis-1.12/1.2.24', 'nsa/network-separation-and-hardening'],
  rationale:
    'A certificate that the API server signs itself at its start can be verified by nobody, so that clients are taught not to verify.',
  remediation:
    'Start kube-apiserver with --tls-cert-file and --tls-private-key-file, which no configuration file stands in place of: kubeadm, k3s, RKE2, Talos and kOps make the certificate and give both; on managed clusters the provider does.',
  repair: {
    set: {
      'tls-cert-file': '/etc/kubernetes/pki/apiserver.crt',
      'tls-private-key-file': '/etc/kubernetes/pki/apiserver.key',
    },
  },
  example: {
    fails: '/flagz: --tls-cert-file is not given\n',
    passes: '/flagz: --tls-cert-file and --tls-private-key-file are given\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('servingCertificateFile');
      return fact.value
        ? []
        : [blame(fact, '--tls-cert-file', 'give kube-apiserver a certificate that clients can verify')];
    });
  },
});
