/**
 * Pods show tokens of service accounts, and people need another way in: client certificates, tokens of an issuer, or a
 * webhook that knows whom a token belongs to.
 *
 * Source: what was let in so far, as /metrics shows it; the ConfigMap of client authorities; the flags.
 */
import type { FactName } from '../../core/evidence.ts';
import { defineRule, unknown, violation } from '../../core/rule.ts';
import { checkApiServers } from '../lib/api-servers.ts';
import { trustIssuer } from '../lib/configuration-files.ts';
import { inFileOf } from '../lib/start-with.ts';

const methods = {
  serviceAccountAuthentication: 'tokens of service accounts',
  certificateAuthentication: 'client certificates',
  tokenIssuerAuthentication: 'tokens of an external issuer',
  tokenWebhookAuthentication: 'a token webhook',
} as const satisfies Partial<Record<FactName, string>>;
const names = Object.keys(methods) as readonly (keyof typeof methods)[];

/** One for pods and one for people. */
const NEEDED = 2;

export const authenticationMethods = defineRule({
  id: 'api-server-authentication-methods',
  title: 'The API server must know people by another method than pods',
  severity: 'medium',
  severityReason: 'People who have no credential of their own share those of service accounts, which name nobody.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: names,
  controls: ['cis-1.12/3.1.2', 'nsa/authentication-and-authorization'],
  rationale:
    'Where tokens of service accounts are the only way in, people use them as well: such tokens are copied, shared and kept, and no audit log says who used one.',
  remediation: `List an issuer under jwt in an AuthenticationConfiguration (apiserver.config.k8s.io/v1, v1beta1 before Kubernetes 1.34), which stands in place of --oidc-issuer-url and --oidc-client-id, or name an authority of client certificates with --client-ca-file. ${inFileOf('--authentication-config')}`,
  repair: trustIssuer,
  example: {
    fails: '/flagz: --client-ca-file, --oidc-issuer-url and --authentication-config are not given.\n',
    passes: 'SelfSubjectReview: a service account is let in; /metrics: client certificates were looked at.\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const known = names.flatMap((name) => {
        const fact = server.factIfKnown(name);
        return fact === undefined ? [] : [{ name, fact }];
      });
      const accepted = known.filter(({ fact }) => fact.value).map(({ name }) => methods[name]);
      if (accepted.length >= NEEDED) return [];
      const open = names.filter((name) => !known.some((one) => one.name === name));
      const only = accepted.length === 0 ? 'no method is known to be accepted' : `${accepted.join(', ')}: accepted`;
      if (accepted.length + open.length >= NEEDED) {
        const reasons = open.map((name) => `${methods[name]}: ${server.whyUnknown(name) ?? ''}`);
        return unknown([only, ...reasons].join('; '));
      }
      const absent = known.filter(({ fact }) => !fact.value).map(({ fact }) => `${fact.detail} (${fact.source})`);
      return [
        violation(
          '--authentication-config',
          accepted.length === 0 ? undefined : accepted.join(', '),
          `${only}, and no other; ${[...new Set(absent)].join('; ')}; configure an issuer, or client certificates, for people`,
        ),
      ];
    });
  },
});
