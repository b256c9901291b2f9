/**
 * Files that repair more than one rule about the API server.
 *
 * Source: references of AuthenticationConfiguration and AuthorizationConfiguration (apiserver.config.k8s.io/v1), kubernetes.io.
 */
import type { ConfigurationFile, ServerRepair } from '../../core/server-repair.ts';

/** In place of --authorization-mode=Node,RBAC. */
export const nodeAndRbac: ConfigurationFile = {
  kind: 'AuthorizationConfiguration',
  content: {
    authorizers: [
      { type: 'Node', name: 'node' },
      { type: 'RBAC', name: 'rbac' },
    ],
  },
};

/** In place of --oidc-issuer-url and --oidc-client-id. */
const externalIssuer: ConfigurationFile = {
  kind: 'AuthenticationConfiguration',
  content: {
    jwt: [
      {
        issuer: { url: 'https://issuer.example', audiences: ['kubernetes'] },
        claimMappings: {
          username: { claim: 'sub', prefix: 'oidc:' },
          groups: { claim: 'groups', prefix: 'oidc:' },
        },
      },
    ],
  },
};

/** People who come in by tokens of somebody else. */
export const trustIssuer = {
  file: externalIssuer,
  successorOf: ['oidc-issuer-url', 'oidc-client-id'],
  own: {
    kops: 'spec.kubeAPIServer.oidcIssuerURL and oidcClientID of the Cluster; of a field for --authentication-config this Merlon does not know.',
    managed:
      'People come in by identities of the provider; EKS also takes an OIDC issuer (aws eks associate-identity-provider-config).',
  },
} as const satisfies ServerRepair;
