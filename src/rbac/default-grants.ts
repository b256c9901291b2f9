/**
 * What Kubernetes grants to whoever has a credential, or to every service account, by itself. Told by content: a role of
 * such a name that grants more is no default.
 *
 * Source: k8s.io/kubernetes v1.37.2, bootstrappolicy/policy.go: system:basic-user, system:discovery,
 * system:public-info-viewer, system:service-account-issuer-discovery, system:cluster-trust-bundle-discovery.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';

export const defaultGrants: readonly PolicyRule[] = [
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  {
    verbs: ['get'],
    nonResourceURLs: [
      '/livez',
      '/readyz',
      '/healthz',
      '/version',
      '/version/',
      '/openapi',
      '/openapi/*',
      '/api',
      '/api/*',
      '/apis',
      '/apis/*',
      '/.well-known/openid-configuration',
      '/.well-known/openid-configuration/',
      '/openid/v1/jwks',
      '/openid/v1/jwks/',
    ],
  },
  {
    verbs: ['get', 'list', 'watch'],
    apiGroups: ['certificates.k8s.io'],
    resources: ['clustertrustbundles'],
  },
];
