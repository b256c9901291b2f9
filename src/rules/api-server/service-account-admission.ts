/**
 * The plugin gives each pod its service account, and refuses a pod that names one that is not there, or mounts Secrets that
 * its service account may not.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/admission/serviceaccount; on by default.
 */
import { defineRule } from '../../core/rule.ts';
import { DISABLE, keepPlugin } from '../lib/admission-plugins.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const serviceAccountAdmission = defineRule({
  id: 'api-server-service-account-admission',
  title: 'The API server must decide about the service accounts of pods, ServiceAccount',
  severity: 'high',
  severityReason: 'Pods run under no identity of their own, and what limits service accounts limits nobody.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['serviceAccountAdmission'],
  controls: ['cis-1.12/1.2.12', 'nsa/authentication-and-authorization'],
  rationale:
    'Without the plugin pods are admitted with service accounts that do not exist, no token is mounted that ends with the pod, and automountServiceAccountToken and the list of mountable Secrets mean nothing.',
  remediation: keepPlugin('ServiceAccount'),
  repair: { unlist: { 'disable-admission-plugins': 'ServiceAccount' } },
  example: {
    fails: '/flagz: --disable-admission-plugins=ServiceAccount\n',
    passes: '/flagz: --disable-admission-plugins=\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('serviceAccountAdmission');
      return fact.value ? [] : [blame(fact, DISABLE, 'do not disable ServiceAccount')];
    });
  },
});
