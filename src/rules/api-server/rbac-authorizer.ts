/**
 * Roles and bindings mean nothing to an API server whose authorizer RBAC is off.
 *
 * Source: the reason of a SelfSubjectAccessReview; the decisions of the authorizer in /metrics; the flags.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { nodeAndRbac } from '../lib/configuration-files.ts';
import { startWith } from '../lib/start-with.ts';

export const rbacAuthorizer = defineRule({
  id: 'api-server-rbac-authorizer',
  title: 'The API server must authorize by RBAC',
  severity: 'high',
  severityReason: 'What people grant and take away by roles and bindings then has no effect.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['rbacAuthorizer'],
  controls: ['cis-1.12/1.2.8', 'nsa/authentication-and-authorization'],
  rationale:
    'Only what stands in roles and bindings can be read, reviewed and judged in the cluster; other authorizers decide by files and services that nobody sees there.',
  remediation: `${startWith('--authorization-mode=Node,RBAC')} Its successor is a file: list the authorizers Node and RBAC in an AuthorizationConfiguration (apiserver.config.k8s.io/v1 from Kubernetes 1.32, v1beta1 before) that --authorization-config names.`,
  repair: { set: { 'authorization-mode': 'Node,RBAC' }, file: nodeAndRbac },
  example: {
    fails: '/flagz: --authorization-mode=ABAC\n',
    passes: '/flagz: --authorization-mode=Node,RBAC\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('rbacAuthorizer');
      return fact.value ? [] : [blame(fact, '--authorization-mode', 'add the authorizer RBAC')];
    });
  },
});
