/**
 * Everything that the cluster is lies in etcd.
 *
 * Source: --etcd-certfile, --etcd-keyfile and --etcd-cafile, of no use over http; a socket of the same machine needs neither.
 */
import { defineRule } from '../../core/rule.ts';
import { checkApiServers, requireEach } from '../lib/api-servers.ts';

export const etcdConnection = defineRule({
  id: 'api-server-etcd-connection',
  title: 'The API server and etcd must know one another',
  severity: 'medium',
  severityReason: 'Somebody must reach etcd, or stand between, past the API server.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['etcdClientCertificate', 'etcdAuthority'],
  controls: ['cis-1.12/1.2.23', 'cis-1.12/1.2.26', 'nsa/network-separation-and-hardening'],
  rationale:
    'Who can speak to etcd, or in its place, reads every Secret and is cluster administrator without being asked anything.',
  remediation:
    'Start kube-apiserver with --etcd-certfile, --etcd-keyfile and --etcd-cafile, every address of --etcd-servers with https, and etcd with --client-cert-auth: under apiServer.extraArgs in a kubeadm ClusterConfiguration, as kube-apiserver-arg in k3s and RKE2, under cluster.apiServer.extraArgs in Talos, under kubeAPIServer in kOps; on managed clusters the provider decides.',
  repair: {
    set: {
      'etcd-cafile': '/etc/kubernetes/pki/etcd/ca.crt',
      'etcd-certfile': '/etc/kubernetes/pki/apiserver-etcd-client.crt',
      'etcd-keyfile': '/etc/kubernetes/pki/apiserver-etcd-client.key',
    },
    own: {
      k3s: 'With a datastore of its own nothing is to be set; of one elsewhere config.yaml names datastore-cafile, datastore-certfile and datastore-keyfile, which become --etcd-cafile, --etcd-certfile and --etcd-keyfile.',
    },
  },
  example: {
    fails: '/flagz: --etcd-certfile is not given\n',
    passes: '/flagz: --etcd-certfile, --etcd-keyfile and --etcd-cafile are given\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) =>
      requireEach(server, [
        ['etcdClientCertificate', '--etcd-certfile', 'give kube-apiserver a certificate that etcd knows'],
        ['etcdAuthority', '--etcd-cafile', 'let kube-apiserver verify etcd'],
      ]),
    );
  },
});
