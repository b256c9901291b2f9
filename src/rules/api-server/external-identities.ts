/**
 * People are best known by an issuer outside of the cluster: it knows who has left, and what it signs ends by itself.
 *
 * Source: tokens of an issuer that were looked at, in /metrics; the flags --oidc-issuer-url, --authentication-config and
 * --authentication-token-webhook-config-file.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import { trustIssuer } from '../lib/configuration-files.ts';
import { inFileOf } from '../lib/start-with.ts';

export const externalIdentities = defineRule({
  id: 'api-server-external-identities',
  title: 'The API server must let people in by an external issuer',
  severity: 'low',
  severityReason: 'It opens nothing by itself, but who has left keeps access until his certificate ends.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['tokenIssuerAuthentication', 'tokenWebhookAuthentication'],
  controls: ['cis-1.12/3.1.1', 'cis-1.12/3.1.2', 'cis-1.12/3.1.3', 'nsa/authentication-and-authorization'],
  rationale:
    'A client certificate cannot be taken back, and nobody asks a second factor of whoever holds it; tokens of an issuer end within minutes, and the issuer knows who has left.',
  remediation: `List the issuer under jwt in an AuthenticationConfiguration (apiserver.config.k8s.io/v1, v1beta1 before Kubernetes 1.34), which stands in place of --oidc-issuer-url and --oidc-client-id and cannot be given with them. ${inFileOf('--authentication-config')}`,
  repair: trustIssuer,
  example: {
    fails: '/flagz: neither --oidc-issuer-url nor --authentication-config is given.\n',
    passes: '/flagz: --oidc-issuer-url is given.\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      if (server.factIfKnown('tokenWebhookAuthentication')?.value === true) return [];
      const issuer = server.fact('tokenIssuerAuthentication');
      if (issuer.value) return [];
      server.fact('tokenWebhookAuthentication');
      return [blame(issuer, '--authentication-config', 'list an issuer under jwt in its AuthenticationConfiguration')];
    });
  },
});
