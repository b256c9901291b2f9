/**
 * The API server asks kubelets for logs, and runs commands through them: both must know whom they speak to.
 *
 * Source: --kubelet-client-certificate, --kubelet-client-key and --kubelet-certificate-authority.
 */
import { defineRule } from '../../core/rule.ts';
import { checkApiServers, requireEach } from '../lib/api-servers.ts';

export const kubeletConnection = defineRule({
  id: 'api-server-kubelet-connection',
  title: 'The API server and kubelets must know one another',
  severity: 'medium',
  severityReason: 'Somebody must stand between the API server and a node.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['kubeletClientCertificate', 'kubeletAuthority'],
  controls: ['cis-1.12/1.2.4', 'cis-1.12/1.2.5', 'nsa/network-separation-and-hardening'],
  rationale:
    'Without a certificate authority whoever answers in place of a kubelet gets what is typed into pods; without a client certificate a kubelet cannot tell the API server from anybody.',
  remediation:
    'Start kube-apiserver with --kubelet-client-certificate, --kubelet-client-key and --kubelet-certificate-authority, and give kubelets certificates that this authority has signed (serverTLSBootstrap: true): under apiServer.extraArgs in a kubeadm ClusterConfiguration, as kube-apiserver-arg in k3s and RKE2, under cluster.apiServer.extraArgs in Talos, under kubeAPIServer in kOps; on managed clusters the provider decides.',
  repair: {
    set: {
      'kubelet-client-certificate': '/etc/kubernetes/pki/apiserver-kubelet-client.crt',
      'kubelet-client-key': '/etc/kubernetes/pki/apiserver-kubelet-client.key',
      'kubelet-certificate-authority': '/etc/kubernetes/pki/ca.crt',
    },
    own: {
      talos:
        'Talos gives --kubelet-client-certificate and --kubelet-client-key; name the authority that signs serving certificates of kubelets with kubelet-certificate-authority in extraArgs of the API server.',
      kops: 'kOps gives --kubelet-client-certificate and --kubelet-client-key; name the authority that signs serving certificates of kubelets in spec.kubeAPIServer.kubeletCertificateAuthority of the Cluster.',
    },
  },
  example: {
    fails: '/flagz: --kubelet-certificate-authority is not given\n',
    passes:
      '/flagz: --kubelet-client-certificate, --kubelet-client-key and --kubelet-certificate-authority are given\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) =>
      requireEach(server, [
        [
          'kubeletClientCertificate',
          '--kubelet-client-certificate',
          'give kube-apiserver a certificate that kubelets know',
        ],
        ['kubeletAuthority', '--kubelet-certificate-authority', 'let kube-apiserver verify kubelets'],
      ]),
    );
  },
});
