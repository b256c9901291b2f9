/**
 * The kubelet of a node may change its own Node and the pods on it, and those of every other node just as well: the
 * plugin is what keeps it to its own.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/admission/noderestriction; off unless it is enabled.
 */
import { defineRule } from '../../core/rule.ts';
import { ENABLE, enablePlugin } from '../lib/admission-plugins.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const nodeRestriction = defineRule({
  id: 'api-server-node-restriction',
  title: 'The API server must keep each kubelet to its own node, NodeRestriction',
  severity: 'high',
  severityReason:
    'It takes the credentials of one node to make use of it; then every node and what runs there can be reached.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['nodeRestriction'],
  controls: ['cis-1.12/1.2.14', 'nsa/authentication-and-authorization'],
  rationale:
    'Whoever gets onto one node has the credentials of its kubelet; without the plugin these change the labels of other nodes, and so which pods are scheduled to them with their Secrets, and the status of pods that run elsewhere.',
  remediation: enablePlugin('NodeRestriction'),
  repair: { enable: ['NodeRestriction'] },
  example: {
    fails: '/flagz: --enable-admission-plugins=\n',
    passes: '/flagz: --enable-admission-plugins=NodeRestriction\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('nodeRestriction');
      return fact.value ? [] : [blame(fact, ENABLE, 'enable NodeRestriction')];
    });
  },
});
