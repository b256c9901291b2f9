/**
 * Kubernetes mends its newest minor versions, each for 14 months; what is found in older ones stays open.
 *
 * It is the program that is mended, whichever version it emulates.
 *
 * Source: /version, and until when each version is mended (core/kubernetes-releases.ts).
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

const path = 'GET /version';

export const supportedVersion = defineRule({
  id: 'api-server-supported-version',
  title: 'The API server must be of a version that is still mended',
  severity: 'medium',
  severityReason: 'Known weaknesses stay open, and each of them is another way in; in the last 60 days it is low.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['binaryMinor', 'versionSupport'],
  controls: ['nsa/upgrading-and-application-security'],
  rationale: 'What is found in a version that nobody mends any more is known to everybody, and stays as it is.',
  remediation:
    'Upgrade, one minor version after the other. Some vendors mend older versions for longer: exempt the rule, or set oldestMinor, where yours does.',
  repair: {
    own: {
      kubeadm: 'kubeadm upgrade apply on one control plane node, and kubeadm upgrade node on the others.',
      k3s: 'Install the newer version of k3s or RKE2 on servers first, one after the other, and then on agents.',
      talos: 'talosctl upgrade-k8s.',
      kops: 'kops upgrade cluster --yes, kops update cluster --yes, and kops rolling-update cluster --yes.',
      managed: 'Upgrade the control plane with the tools of the provider, or choose a release channel that does.',
    },
  },
  params: {
    type: 'object',
    properties: {
      oldestMinor: {
        type: 'integer',
        format: 'int32',
        minimum: 0,
        default: 0,
        description:
          'The oldest minor version that a vendor still mends, as 33 for Kubernetes 1.33; 0 for what Kubernetes itself mends at the time.',
      },
    },
  },
  example: {
    fails: '/version: minor version 29, which is not mended any more\n',
    passes: '/version: minor version 37, which is mended until 2027-10-28\n',
  },

  check(_apiServer, { snapshot, params: { oldestMinor } }) {
    return checkApiServers(snapshot, (server) => {
      if (oldestMinor > 0) {
        // Mended is the program, whichever version it emulates.
        const version = server.fact('binaryMinor');
        const advice = `upgrade to Kubernetes 1.${oldestMinor} or newer`;
        return version.value < oldestMinor ? [blame(version, path, advice)] : [];
      }
      const support = server.fact('versionSupport');
      if (support.value === 'mended') return [];
      const advice = 'upgrade, one minor version after the other';
      return [blame(support, path, advice, support.value === 'endsSoon' ? 'low' : undefined)];
    });
  },
});
