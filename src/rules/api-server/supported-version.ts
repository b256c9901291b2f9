/**
 * Kubernetes mends the three newest minor versions; what is found in older ones stays open.
 *
 * Source: /version. Which versions are mended is what was so when this Merlon was built (kubernetes.io/releases): no rule
 * knows the date.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

/** Kubernetes 1.37 is the newest, of August 2026. */
const OLDEST_SUPPORTED_MINOR = 35;

export const supportedVersion = defineRule({
  id: 'api-server-supported-version',
  title: 'The API server must be of a version that is still mended',
  severity: 'medium',
  severityReason: 'Known weaknesses stay open, and each of them is another way in.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['minorVersion'],
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
        minimum: 1,
        default: OLDEST_SUPPORTED_MINOR,
        description: 'The oldest minor version that is still mended, as 35 for Kubernetes 1.35.',
      },
    },
  },
  example: { fails: '/version: minor version 29\n', passes: '/version: minor version 37\n' },

  check(_apiServer, { snapshot, params: { oldestMinor } }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('minorVersion');
      const advice = `upgrade to Kubernetes 1.${oldestMinor} or newer`;
      return fact.value < oldestMinor ? [blame(fact, 'GET /version', advice)] : [];
    });
  },
});
