/**
 * With the authorization mode AlwaysAllow every request of every known or unknown user is granted; it is also what an
 * API server does that is started without any authorization flag.
 *
 * Source: SubjectAccessReview for a user that nobody knows; the decisions of the authorizer in /metrics; the flags.
 */
import { defineRule, unknown } from '../../core/rule.ts';
import type { CheckResult } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import type { JudgedServer } from '../lib/api-servers.ts';
import { nodeAndRbac } from '../lib/configuration-files.ts';
import { startWith } from '../lib/start-with.ts';

export const alwaysAllow = defineRule({
  id: 'api-server-always-allow',
  title: 'The API server must not allow every request',
  severity: 'critical',
  severityReason: 'Every authenticated user, every pod among them, is cluster administrator.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['unknownUserAllowed', 'alwaysAllowAuthorizer', 'webhookAuthorizer', 'abacAuthorizer'],
  controls: ['cis-1.12/1.2.6', 'nsa/authentication-and-authorization'],
  rationale:
    'An API server that allows everything makes cluster-admin of whoever it authenticates, each pod with a token included.',
  remediation: `${startWith('--authorization-mode=Node,RBAC')} Its successor is a file: list the authorizers Node and RBAC, and none of the type AlwaysAllow, in an AuthorizationConfiguration (apiserver.config.k8s.io/v1 from Kubernetes 1.32, v1beta1 before) that --authorization-config names.`,
  repair: { set: { 'authorization-mode': 'Node,RBAC' }, file: nodeAndRbac },
  example: {
    fails: 'SubjectAccessReview: a user that nobody knows may delete Secrets in kube-system.\n',
    passes: 'SubjectAccessReview: a user that nobody knows may not delete Secrets in kube-system.\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const known = [server.factIfKnown('unknownUserAllowed'), server.factIfKnown('alwaysAllowAuthorizer')];
      const open = known.find((fact) => fact?.value === true);
      const advice =
        'set the authorization mode to Node,RBAC, or take the type AlwaysAllow out of the AuthorizationConfiguration';
      if (open !== undefined) return [blame(open, '--authorization-mode', advice)];
      // Where a user that nobody knows is refused, no authorizer allows everything.
      if (server.factIfKnown('unknownUserAllowed')?.value === false) return [];
      return judgeByAuthorizers(server);
    });
  },
});

/** Without an answer: that AlwaysAllow is off is enough where nobody else may allow everything in its place. */
function judgeByAuthorizers(server: JudgedServer): CheckResult {
  const why = server.whyUnknown('unknownUserAllowed') ?? '';
  if (server.factIfKnown('alwaysAllowAuthorizer')?.value !== false) return unknown(why);
  for (const name of ['webhookAuthorizer', 'abacAuthorizer'] as const) {
    const { value, detail, source } = server.fact(name);
    if (value) return unknown(`${detail} (${source}), and what that allows is not known: ${why}`);
  }
  return [];
}
