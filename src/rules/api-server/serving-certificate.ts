/**
 * An API server whose certificate has expired is refused by every client that verifies it.
 *
 * Source: the certificate that it shows, in a TLS handshake.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const servingCertificate = defineRule({
  id: 'api-server-serving-certificate',
  title: 'The certificate of the API server must hold for 30 days more',
  severity: 'medium',
  severityReason: 'The cluster cannot be managed any more from the day on which it ends.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['servingCertificate'],
  controls: ['nsa/upgrading-and-application-security'],
  rationale:
    'When the certificate ends, kubelets, controllers and people are cut off at once, and whoever then switches verification off opens the door to impostors.',
  remediation:
    'Renew it: kubeadm certs renew apiserver and a restart of kube-apiserver, k3s and RKE2 renew it at a restart within its last 120 days, Talos and kOps by themselves, managed clusters by their provider.',
  repair: {
    own: {
      kubeadm:
        'kubeadm certs renew apiserver on every control plane node, and a restart of kube-apiserver; an upgrade with kubeadm renews it as well.',
      k3s: 'k3s and RKE2 renew it at a restart of the service within its last 120 days.',
      talos: 'Talos renews it by itself.',
      kops: 'kOps renews it with every new machine: kops rolling-update cluster --yes.',
      managed: 'The provider renews it.',
    },
  },
  example: {
    fails: 'TLS handshake: its certificate holds until 2026-12-03T12:02:21Z, which is within 30 days\n',
    passes: 'TLS handshake: its certificate holds until 2027-11-26T12:02:21Z\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('servingCertificate');
      if (fact.value === 'valid') return [];
      return [blame(fact, 'certificate', 'renew it', fact.value === 'expired' ? 'medium' : 'low')];
    });
  },
});
