/**
 * An authorization webhook that refuses is no barrier where the API server goes on without it as soon as it fails.
 *
 * Source: requests that went on although it failed, in /metrics; the order of --authorization-mode.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { inFileOf } from '../lib/start-with.ts';

export const authorizationWebhook = defineRule({
  id: 'api-server-authorization-webhook',
  title: 'An authorization webhook that fails must refuse',
  severity: 'medium',
  severityReason: 'Whoever disturbs the webhook gets past it; where it only grants, nothing is lost.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['webhookAuthorizer', 'webhookAuthorizerFailsOpen'],
  controls: ['nsa/authentication-and-authorization'],
  rationale:
    'A webhook is asked before other authorizers so that it can refuse; given by --authorization-mode it has no opinion while it does not answer, and the next authorizer decides alone.',
  remediation: `In an AuthorizationConfiguration (apiserver.config.k8s.io/v1 from Kubernetes 1.32, v1beta1 before), which stands in place of --authorization-mode and --authorization-webhook-config-file, set failurePolicy: Deny for the webhook, and matchConditions so that it is asked for no more than it decides. ${inFileOf('--authorization-config')}`,
  repair: {
    file: {
      kind: 'AuthorizationConfiguration',
      content: {
        authorizers: [
          {
            type: 'Webhook',
            name: 'webhook',
            webhook: {
              timeout: '3s',
              authorizedTTL: '5m',
              unauthorizedTTL: '30s',
              subjectAccessReviewVersion: 'v1',
              matchConditionSubjectAccessReviewVersion: 'v1',
              failurePolicy: 'Deny',
              connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: '/etc/kubernetes/authorization-webhook.yaml' },
              matchConditions: [{ expression: 'has(request.resourceAttributes)' }],
            },
          },
          { type: 'Node', name: 'node' },
          { type: 'RBAC', name: 'rbac' },
        ],
      },
    },
    successorOf: ['authorization-mode', 'authorization-webhook-config-file'],
  },
  example: {
    fails: '/flagz: --authorization-mode=Webhook,RBAC\n',
    passes: '/flagz: --authorization-mode=Node,RBAC,Webhook\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const known = server.factIfKnown('webhookAuthorizerFailsOpen');
      if (known?.value !== true && server.factIfKnown('webhookAuthorizer')?.value === false) return [];
      const fact = known ?? server.fact('webhookAuthorizerFailsOpen');
      return fact.value ? [blame(fact, '--authorization-config', 'set failurePolicy: Deny for the webhook in it')] : [];
    });
  },
});
