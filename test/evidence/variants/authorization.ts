/** API servers that grant requests otherwise. */
import type { Variant } from './variant.ts';
import { A_HASH, UNKNOWN } from './variant.ts';
import { UNREACHABLE, webhookKubeconfig, WITHOUT_OPINION } from './webhook-kubeconfig.ts';

const nobody =
  '/livez 401, /version 401, /api 401, /api/v1/namespaces 401, /api/v1/namespaces/kube-public/configmaps/cluster-info 401, /metrics 401';
const everything =
  '/livez 200, /version 200, /api 200, /api/v1/namespaces 200, /api/v1/namespaces/kube-public/configmaps/cluster-info 404, /metrics 200';
const refused = everything.replaceAll(/(200|404)/g, '403');

function authorizationConfiguration(...authorizers: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthorizationConfiguration', authorizers });
}

function webhook(failurePolicy: 'Deny' | 'NoOpinion'): object {
  return {
    type: 'Webhook',
    name: 'policy.example.com',
    webhook: {
      timeout: '3s',
      subjectAccessReviewVersion: 'v1',
      matchConditionSubjectAccessReviewVersion: 'v1',
      failurePolicy,
      authorizedTTL: '30s',
      unauthorizedTTL: '30s',
      connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: '{dir}/webhook.kubeconfig' },
    },
  };
}

const undecided =
  '/livez 200, /version 200, /api 500, /api/v1/namespaces 500, /api/v1/namespaces/kube-public/configmaps/cluster-info 500, /metrics 500';

const node = { type: 'Node', name: 'node' };
const rbac = { type: 'RBAC', name: 'rbac' };

/** A policy of ABAC that grants everything. */
function abacPolicy(to: { readonly user: string } | { readonly group: string }): string {
  return `${JSON.stringify({
    apiVersion: 'abac.authorization.kubernetes.io/v1beta1',
    kind: 'Policy',
    spec: { ...to, namespace: '*', resource: '*', apiGroup: '*', nonResourcePath: '*' },
  })}\n`;
}

export const authorizationVariants: readonly Variant[] = [
  {
    name: '--authorization-mode=AlwaysAllow',
    start: { apiServerFlags: { 'authorization-mode': 'AlwaysAllow' } },
    facts: {
      anonymousRequests: nobody,
      anonymousAuthentication: 'off',
      unknownUserAllowed: true,
      alwaysAllowAuthorizer: true,
      rbacAuthorizer: false,
      nodeAuthorizer: false,
    },
  },
  {
    name: 'no authorization flag',
    start: { apiServerFlags: { 'authorization-mode': null } },
    facts: {
      anonymousRequests: nobody,
      anonymousAuthentication: 'off',
      unknownUserAllowed: true,
      alwaysAllowAuthorizer: true,
      rbacAuthorizer: false,
      nodeAuthorizer: false,
    },
  },
  {
    name: 'AlwaysAllow in an AuthorizationConfiguration',
    start: {
      apiServerFlags: { 'authorization-mode': null, 'authorization-config': '{dir}/authorization.yaml' },
      files: {
        'authorization.yaml': authorizationConfiguration({ type: 'AlwaysAllow', name: 'alwaysallow' }),
      },
    },
    facts: {
      authorizationConfiguration: A_HASH,
      anonymousRequests: everything,
      unknownUserAllowed: true,
      alwaysAllowAuthorizer: true,
      rbacAuthorizer: false,
      nodeAuthorizer: UNKNOWN,
      webhookAuthorizer: UNKNOWN,
      webhookAuthorizerFailsOpen: UNKNOWN,
    },
    sources: { alwaysAllowAuthorizer: '/metrics', rbacAuthorizer: '/readyz?verbose' },
  },
  {
    name: '--authorization-mode=RBAC',
    start: { apiServerFlags: { 'authorization-mode': 'RBAC' } },
    facts: { nodeAuthorizer: false },
  },
  {
    name: '--authorization-mode=Webhook,RBAC',
    start: {
      apiServerFlags: {
        'authorization-mode': 'Webhook,RBAC',
        'authorization-webhook-config-file': '{dir}/webhook.kubeconfig',
      },
      files: { 'webhook.kubeconfig': webhookKubeconfig(WITHOUT_OPINION) },
    },
    facts: { nodeAuthorizer: false, webhookAuthorizer: true, webhookAuthorizerFailsOpen: true },
    sources: { webhookAuthorizer: '/metrics', webhookAuthorizerFailsOpen: '/flagz' },
  },
  {
    name: '--authorization-mode=Webhook,RBAC with a webhook that does not answer',
    start: {
      apiServerFlags: {
        'authorization-mode': 'Webhook,RBAC',
        'authorization-webhook-config-file': '{dir}/webhook.kubeconfig',
      },
      files: { 'webhook.kubeconfig': webhookKubeconfig(UNREACHABLE) },
    },
    facts: {
      anonymousRequests: undecided,
      unknownUserAllowed: UNKNOWN,
      nodeAuthorizer: false,
      webhookAuthorizer: true,
      webhookAuthorizerFailsOpen: true,
    },
    sources: { webhookAuthorizerFailsOpen: '/metrics' },
  },
  {
    name: 'a webhook that fails closed in an AuthorizationConfiguration',
    start: {
      apiServerFlags: { 'authorization-mode': null, 'authorization-config': '{dir}/authorization.yaml' },
      files: {
        'authorization.yaml': authorizationConfiguration(webhook('Deny'), node, rbac),
        'webhook.kubeconfig': webhookKubeconfig(WITHOUT_OPINION),
      },
    },
    facts: { authorizationConfiguration: A_HASH, webhookAuthorizer: true, webhookAuthorizerFailsOpen: UNKNOWN },
    sources: { webhookAuthorizer: '/metrics', rbacAuthorizer: 'SelfSubjectAccessReview' },
  },
  {
    name: 'a webhook that fails open in an AuthorizationConfiguration',
    start: {
      apiServerFlags: { 'authorization-mode': null, 'authorization-config': '{dir}/authorization.yaml' },
      files: {
        'authorization.yaml': authorizationConfiguration(webhook('NoOpinion'), node, rbac),
        'webhook.kubeconfig': webhookKubeconfig(UNREACHABLE),
      },
    },
    facts: {
      authorizationConfiguration: A_HASH,
      anonymousRequests: undecided,
      unknownUserAllowed: UNKNOWN,
      alwaysAllowAuthorizer: UNKNOWN,
      webhookAuthorizer: true,
      webhookAuthorizerFailsOpen: true,
    },
    sources: { webhookAuthorizerFailsOpen: '/metrics' },
  },
  {
    name: '--authorization-mode=ABAC',
    start: {
      apiServerFlags: { 'authorization-mode': 'ABAC', 'authorization-policy-file': '{dir}/abac.jsonl' },
      files: { 'abac.jsonl': abacPolicy({ user: 'system:serviceaccount:merlon:merlon' }) },
    },
    facts: {
      anonymousRequests: refused,
      rbacAuthorizer: false,
      nodeAuthorizer: false,
      abacAuthorizer: true,
    },
  },
  {
    name: '--authorization-mode=Node,ABAC that allows everything to whoever is authenticated',
    start: {
      apiServerFlags: { 'authorization-mode': 'Node,ABAC', 'authorization-policy-file': '{dir}/abac.jsonl' },
      files: { 'abac.jsonl': abacPolicy({ group: 'system:authenticated' }) },
    },
    facts: {
      anonymousRequests: refused,
      unknownUserAllowed: true,
      rbacAuthorizer: false,
      abacAuthorizer: true,
    },
  },
];
