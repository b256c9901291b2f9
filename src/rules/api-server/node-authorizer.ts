/**
 * The authorizer Node gives a kubelet what the pods on its own node need. Without it kubelets need roles, which give them
 * what the pods of every node need.
 *
 * Source: the reason of a SubjectAccessReview for a node that is none; the decisions in /metrics; the flags.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { nodeAndRbac } from '../lib/configuration-files.ts';
import { startWith } from '../lib/start-with.ts';

export const nodeAuthorizer = defineRule({
  id: 'api-server-node-authorizer',
  title: 'The API server must authorize kubelets by the authorizer Node',
  severity: 'medium',
  severityReason: 'Whoever takes over one node reads the Secrets of all others.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['nodeAuthorizer'],
  controls: ['cis-1.12/1.2.7', 'nsa/authentication-and-authorization'],
  rationale:
    'No role can say that a kubelet may read only the Secrets of pods on its own node; the authorizer Node does.',
  remediation: `${startWith('--authorization-mode=Node,RBAC and --enable-admission-plugins=NodeRestriction')} In an AuthorizationConfiguration (apiserver.config.k8s.io/v1 from Kubernetes 1.32, v1beta1 before), list an authorizer of the type Node before that of the type RBAC.`,
  repair: { set: { 'authorization-mode': 'Node,RBAC' }, enable: ['NodeRestriction'], file: nodeAndRbac },
  example: {
    fails: '/flagz: --authorization-mode=RBAC\n',
    passes: '/flagz: --authorization-mode=Node,RBAC\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('nodeAuthorizer');
      return fact.value ? [] : [blame(fact, '--authorization-mode', 'add the authorizer Node before RBAC')];
    });
  },
});
