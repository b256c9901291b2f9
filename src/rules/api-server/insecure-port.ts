/**
 * Until Kubernetes 1.19 the API server served everything to everybody on a port of its own.
 *
 * Source: --insecure-port, gone since Kubernetes 1.24 and without effect since 1.20.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const insecurePort = defineRule({
  id: 'api-server-insecure-port',
  title: 'The API server must not serve a port without TLS',
  severity: 'critical',
  severityReason: 'Whoever reaches that port is cluster administrator, without any credential.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['insecurePort'],
  controls: ['nsa/network-separation-and-hardening'],
  rationale: 'Requests to the insecure port are neither authenticated nor authorized nor admitted.',
  remediation: 'Start kube-apiserver with --insecure-port=0, or upgrade: since Kubernetes 1.20 the port is gone.',
  repair: {
    anywhere:
      'Upgrade: since Kubernetes 1.20 there is no such port. Until 1.23 --insecure-port=0 closes it; with that flag kube-apiserver 1.24 and later does not start.',
    own: {
      kubeadm:
        'kubeadm upgrade apply, one minor version after the other. Until then put insecure-port: "0" in apiServer.extraArgs of the ClusterConfiguration, run kubeadm init phase control-plane apiserver on every control plane node, and take it out again before 1.24.',
      k3s: 'Install a newer version of k3s or RKE2 on servers first. Until then put insecure-port=0 under kube-apiserver-arg of config.yaml, and take it out again before 1.24.',
      talos:
        'talosctl upgrade-k8s, one minor version after the other. Until then put insecure-port: "0" in cluster.apiServer.extraArgs, and take it out again before 1.24.',
      kops: 'kops upgrade cluster --yes, kops update cluster --yes and kops rolling-update cluster --yes. Until then set spec.kubeAPIServer.insecurePort: 0, and take it out again before 1.24.',
      managed: 'Upgrade the control plane with the tools of the provider: what still has such a port nobody mends.',
    },
  },
  example: {
    fails: 'Kubernetes 1.18, mirror pod: --insecure-port is not given, and 8080 by default\n',
    passes: '/version: Kubernetes 1.37 serves no port without TLS\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('insecurePort');
      return fact.value ? [blame(fact, '--insecure-port', 'set it to 0')] : [];
    });
  },
});
