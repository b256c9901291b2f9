/**
 * The plugin refuses objects in namespaces that are being deleted or were never made, and keeps the namespaces of
 * Kubernetes from being deleted.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/admission/plugin/namespace/lifecycle; on by default.
 */
import { defineRule } from '../../core/rule.ts';
import { DISABLE, keepPlugin } from '../lib/admission-plugins.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const namespaceLifecycle = defineRule({
  id: 'api-server-namespace-lifecycle',
  title: 'The API server must keep objects out of namespaces that end, NamespaceLifecycle',
  severity: 'high',
  severityReason: 'Objects without a namespace escape whatever is judged, limited and cleaned up by namespace.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['namespaceLifecycle'],
  controls: ['cis-1.12/1.2.13'],
  rationale:
    'Without the plugin objects are made in namespaces that are being deleted, or that do not exist, where no quota, no label and no policy of a namespace holds for them; and the namespaces default, kube-system and kube-public can be deleted.',
  remediation: keepPlugin('NamespaceLifecycle'),
  repair: { unlist: { 'disable-admission-plugins': 'NamespaceLifecycle' } },
  example: {
    fails: '/flagz: --disable-admission-plugins=NamespaceLifecycle\n',
    passes: '/flagz: --disable-admission-plugins=\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('namespaceLifecycle');
      return fact.value ? [] : [blame(fact, DISABLE, 'do not disable NamespaceLifecycle')];
    });
  },
});
