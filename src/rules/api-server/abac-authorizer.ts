/**
 * What the authorizer ABAC grants stands in a file on the machine of the API server: no role and no binding shows it.
 *
 * Source: the decisions of the authorizer in /metrics; the flags.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { nodeAndRbac } from '../lib/configuration-files.ts';
import { startWith } from '../lib/start-with.ts';

export const abacAuthorizer = defineRule({
  id: 'api-server-abac-authorizer',
  title: 'The API server must not authorize by ABAC',
  severity: 'medium',
  severityReason: 'It grants what nobody sees in the cluster, and takes nothing back without a restart.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['abacAuthorizer'],
  controls: ['cis-1.12/1.2.8', 'nsa/authentication-and-authorization'],
  rationale:
    'Whatever is found about roles and bindings is half of the truth where ABAC grants besides; its file is read at the start only, and often says that every service account may do everything.',
  remediation: `Grant by roles and bindings what the file of --authorization-policy-file grants. ${startWith('--authorization-mode=Node,RBAC')} In an AuthorizationConfiguration (apiserver.config.k8s.io/v1 from Kubernetes 1.32, v1beta1 before), list authorizers of the types Node and RBAC.`,
  repair: { set: { 'authorization-mode': 'Node,RBAC' }, drop: ['authorization-policy-file'], file: nodeAndRbac },
  example: {
    fails: '/flagz: --authorization-mode=Node,RBAC,ABAC\n',
    passes: '/flagz: --authorization-mode=Node,RBAC\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('abacAuthorizer');
      return fact.value ? [blame(fact, '--authorization-mode', 'take the authorizer ABAC out of it')] : [];
    });
  },
});
