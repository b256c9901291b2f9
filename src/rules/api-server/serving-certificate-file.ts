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
  controls: ['cis-1.12/1.2.24'],
  rationale:
    'A certificate that the API server signs itself at its start can be verified by nobody, so that clients are taught not to verify.',
  remediation:
    'Start kube-apiserver with --tls-cert-file and --tls-private-key-file: under apiServer.extraArgs in a kubeadm ClusterConfiguration, as kube-apiserver-arg in k3s and RKE2, under cluster.apiServer.extraArgs in Talos, under kubeAPIServer in kOps; on managed clusters the provider decides.',
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
