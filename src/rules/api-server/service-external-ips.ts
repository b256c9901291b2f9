/**
 * Who may write Services can give them external addresses of other hosts, and nodes then send what is meant for those to
 * pods of that Service (CVE-2020-8554). The plugin refuses new ones.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/admission/network/denyserviceexternalips; off unless it is enabled.
 */
import { defineRule } from '../../core/rule.ts';
import { ENABLE, enablePlugin } from '../lib/admission-plugins.ts';
import { checkApiServers } from '../lib/api-servers.ts';
import { judgeWithoutPlugin, otherAdmissionFacts, reviewerSources } from '../lib/other-admission.ts';

export const serviceExternalIps = defineRule({
  id: 'api-server-service-external-ips',
  title: 'The API server must refuse external addresses of Services, DenyServiceExternalIPs',
  severity: 'medium',
  severityReason: 'It takes a right to write Services, and gives traffic that is meant for others.',
  subject: 'APIServer',
  reads: ['Evidence', ...reviewerSources],
  facts: ['denyServiceExternalIPs', ...otherAdmissionFacts],
  controls: ['cis-1.12/1.2.3', 'nsa/network-separation-and-hardening'],
  rationale:
    'The field spec.externalIPs takes any address, of the resolver or of an API outside as well, and pods all over the cluster are redirected in silence.',
  remediation: `${enablePlugin('DenyServiceExternalIPs')} Where flags cannot be changed a ValidatingAdmissionPolicy that refuses spec.externalIPs does the same. The plugin leaves Services alone that have addresses already.`,
  repair: {
    enable: ['DenyServiceExternalIPs'],
    own: { managed: 'A ValidatingAdmissionPolicy that refuses spec.externalIPs takes no flag.' },
  },
  example: {
    fails: '/flagz: --enable-admission-plugins=NodeRestriction\n',
    passes: '/flagz: --enable-admission-plugins=DenyServiceExternalIPs\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('denyServiceExternalIPs');
      if (fact.value) return [];
      return judgeWithoutPlugin(fact, snapshot, server, {
        request: { operation: 'CREATE', resource: 'services' },
        path: ENABLE,
        advice: 'enable DenyServiceExternalIPs, or refuse spec.externalIPs by a ValidatingAdmissionPolicy',
        instead: 'refuse or remove spec.externalIPs',
      });
    });
  },
});
