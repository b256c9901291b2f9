/** API servers that let people in otherwise. */
import { createCertificateAuthority } from '../../support/certificates.ts';
import type { Variant } from './variant.ts';
import { UNREACHABLE, webhookKubeconfig } from './webhook-kubeconfig.ts';
import { A_HASH, UNKNOWN } from './variant.ts';

const nobody =
  '/livez 401, /version 401, /api 401, /api/v1/namespaces 401, /api/v1/namespaces/kube-public/configmaps/cluster-info 401, /metrics 401';
const onlyHealth = nobody.replace('/livez 401', '/livez 200');
/** Not that of the clients: an API server with one for both does not start unless it names the front proxy. */
const { certificatePem: frontProxyAuthority } = await createCertificateAuthority({ name: 'front-proxy-ca' });
const tokenFile = 'token-of-the-administrator,admin,admin,"system:masters"\n';

function authenticationConfiguration(rest: object): string {
  return JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthenticationConfiguration', ...rest });
}

export const authenticationVariants: readonly Variant[] = [
  {
    name: '--anonymous-auth=false',
    start: { apiServerFlags: { 'anonymous-auth': 'false' } },
    facts: { anonymousRequests: nobody, anonymousAuthentication: 'off' },
  },
  {
    name: 'anonymous conditions in an AuthenticationConfiguration',
    start: {
      apiServerFlags: { 'authentication-config': '{dir}/authentication.yaml' },
      files: {
        'authentication.yaml': authenticationConfiguration({
          anonymous: { enabled: true, conditions: [{ path: '/livez' }, { path: '/readyz' }, { path: '/healthz' }] },
        }),
      },
    },
    facts: {
      authenticationConfiguration: A_HASH,
      anonymousRequests: onlyHealth,
      anonymousAuthentication: 'conditional',
      tokenIssuerAuthentication: UNKNOWN,
    },
    sources: { anonymousAuthentication: 'requests without credentials' },
  },
  {
    name: 'a static token file',
    start: { apiServerFlags: { 'token-auth-file': '{dir}/tokens.csv' }, files: { 'tokens.csv': tokenFile } },
    facts: { staticTokenFile: true },
  },
  {
    name: 'OIDC by flags',
    start: {
      apiServerFlags: { 'oidc-issuer-url': 'https://127.0.0.1:1/issuer', 'oidc-client-id': 'merlon-test' },
    },
    facts: { tokenIssuerAuthentication: true },
    sources: { tokenIssuerAuthentication: '/flagz' },
  },
  {
    name: 'a JWT issuer in an AuthenticationConfiguration',
    start: {
      apiServerFlags: { 'authentication-config': '{dir}/authentication.yaml' },
      files: {
        'authentication.yaml': authenticationConfiguration({
          jwt: [
            {
              issuer: { url: 'https://127.0.0.1:1/issuer', audiences: ['merlon-test'] },
              claimMappings: { username: { claim: 'sub', prefix: 'oidc:' } },
            },
          ],
        }),
      },
    },
    facts: { authenticationConfiguration: A_HASH, tokenIssuerAuthentication: UNKNOWN },
  },
  {
    name: 'no client CA, and never one',
    start: {
      apiServerFlags: { 'client-ca-file': null, 'token-auth-file': '{dir}/tokens.csv' },
      files: { 'tokens.csv': tokenFile },
    },
    adminToken: 'token-of-the-administrator',
    asksFor: [],
    facts: { certificateAuthentication: false, staticTokenFile: true },
  },
  {
    name: 'a front proxy, and no client CA',
    start: {
      apiServerFlags: {
        'client-ca-file': null,
        'token-auth-file': '{dir}/tokens.csv',
        // Of another authority it would refuse the certificate with which its start is waited for.
        'requestheader-client-ca-file': '{dir}/ca.crt',
      },
      files: { 'tokens.csv': tokenFile },
    },
    adminToken: 'token-of-the-administrator',
    facts: { certificateAuthentication: false, staticTokenFile: true, anyFrontProxyName: true },
  },
  {
    name: 'no client CA any more',
    start: {},
    restart: { 'client-ca-file': null },
    asksFor: [],
    facts: { certificateAuthentication: false },
    sources: { certificateAuthentication: '/flagz' },
  },
  {
    name: 'a front proxy that may have any name',
    start: {
      apiServerFlags: { 'requestheader-client-ca-file': '{dir}/front-proxy.crt' },
      files: { 'front-proxy.crt': frontProxyAuthority },
    },
    asksFor: ['merlon-test-ca', 'front-proxy-ca'],
    facts: { anyFrontProxyName: true },
  },
  {
    name: 'a front proxy with a name, and a webhook that tells who a token belongs to',
    start: {
      apiServerFlags: {
        'requestheader-client-ca-file': '{dir}/front-proxy.crt',
        'requestheader-allowed-names': 'front-proxy-client',
        'authentication-token-webhook-config-file': '{dir}/webhook.kubeconfig',
      },
      files: { 'front-proxy.crt': frontProxyAuthority, 'webhook.kubeconfig': webhookKubeconfig(UNREACHABLE) },
    },
    asksFor: ['merlon-test-ca', 'front-proxy-ca'],
    facts: { tokenWebhookAuthentication: true },
    sources: { anyFrontProxyName: '/flagz' },
  },
];
