/**
 * Whoever runs a pod on a node may use the images that lie there, also private ones of others, unless the kubelet has to
 * ask the registry each time: the plugin writes that into every pod.
 *
 * Merlon's own policies do the same, and pass where they stand in every namespace, known by their text alone; what other
 * policies and webhooks do nobody can tell. Where one of those may take back what is set, and nothing refuses that, it is
 * unknown.
 *
 * Whether kubelets of 1.35 and later check credentials themselves (KubeletEnsureSecretPulledImages) their configuration
 * tells, which nobody reads here: it makes up for the plugin, and is no evidence.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/admission/alwayspullimages; off unless it is enabled.
 */
import { defineRule } from '../../core/rule.ts';
import { ENABLE, enablePlugin } from '../lib/admission-plugins.ts';
import { checkApiServers } from '../lib/api-servers.ts';
import type { JudgedServer } from '../lib/api-servers.ts';
import { findImagePullPolicies, findPullTakers } from '../lib/image-pull-policies.ts';
import { judgeWithoutPlugin, otherAdmissionFacts, reviewerSources } from '../lib/other-admission.ts';
import { imagePullPolicy } from '../pod/image-pull-policy.ts';

/** From which minor version kubelets check credentials for images that lie on the node, unless that was turned off. */
const KUBELETS_CHECK_SINCE = 35;

export const alwaysPullImages = defineRule({
  id: 'api-server-always-pull-images',
  title: 'The API server should have every image pulled with credentials, AlwaysPullImages',
  severity: 'low',
  severityReason: 'It matters where teams that do not trust one another share nodes and have private images.',
  subject: 'APIServer',
  reads: ['Evidence', ...reviewerSources],
  facts: ['alwaysPullImages', ...otherAdmissionFacts],
  controls: ['cis-1.12/1.2.11', 'nsa/pod-security'],
  rationale:
    'An image that was pulled to a node once can be started there by every pod that names it, without any credential for its registry.',
  remediation: `${enablePlugin('AlwaysPullImages')} A MutatingAdmissionPolicy or a webhook that sets imagePullPolicy to Always does the same. Pods then do not start where the registry does not answer. From Kubernetes 1.35 on kubelets check credentials for images on the node (KubeletEnsureSecretPulledImages, imagePullCredentialsVerificationPolicy in the kubelet's configuration), which makes up for much of it.`,
  repair: { enable: ['AlwaysPullImages'] },
  example: {
    fails: '/flagz: --enable-admission-plugins=NodeRestriction\n',
    passes: '/flagz: --enable-admission-plugins=AlwaysPullImages\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('alwaysPullImages');
      if (fact.value) return [];
      return judgeWithoutPlugin(fact, snapshot, server, {
        request: { operation: 'CREATE', resource: 'pods' },
        path: ENABLE,
        advice: `enable AlwaysPullImages, or set imagePullPolicy to Always by a MutatingAdmissionPolicy${aboutKubelets(server)}`,
        instead: 'set or demand the pull policy Always',
        isKnown: findImagePullPolicies(snapshot, imagePullPolicy),
        undoneBy: findPullTakers(snapshot),
      });
    });
  },
});

function aboutKubelets(server: JudgedServer): string {
  return server.fact('minorVersion').value < KUBELETS_CHECK_SINCE
    ? ''
    : '; whether kubelets check credentials instead (KubeletEnsureSecretPulledImages) is not known without their configuration';
}
