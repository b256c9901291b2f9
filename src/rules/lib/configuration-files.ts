/**
 * Files that repair more than one rule about the API server.
 *
 * Source: references of AuthenticationConfiguration and AuthorizationConfiguration (apiserver.config.k8s.io/v1), kubernetes.io.
 */
import type { ConfigurationFile } from '../../core/server-repair.ts';

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
export const externalIssuer: ConfigurationFile = {
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

/** What flags it stands in place of. */
export const oidcFlags = ['oidc-issuer-url', 'oidc-client-id'] as const;
