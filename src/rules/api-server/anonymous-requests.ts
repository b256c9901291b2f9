/**
 * What the API server answers to requests without any credential, whatever its flags and files say.
 *
 * Source: requests without credentials, observed. 401 means that anonymous requests are refused; 403 that they are
 * taken as system:anonymous and that the authorizer refused; 200 that they were served.
 */
import type { AnonymousAnswer } from '../../core/evidence.ts';
import { defineRule, unknown, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';

/** Load balancers and kubelets ask these without credentials; they tell nothing. */
const healthPaths = ['/livez', '/readyz', '/healthz'];

export const anonymousRequests = defineRule({
  id: 'api-server-anonymous-requests',
  title: 'The API server must not serve anonymous requests beyond its health endpoints',
  severity: 'critical',
  severityReason: 'Whoever reaches the port of the API server acts on the cluster without any credential.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['anonymousRequests'],
  controls: ['cis-1.12/1.2.1', 'nsa/authentication-and-authorization'],
  rationale:
    'Whatever is answered without a credential is answered to everybody who reaches the port, an attacker looking for a version with a known flaw included.',
  remediation:
    'In the AuthenticationConfiguration set anonymous.enabled with conditions for /livez, /readyz and /healthz (from Kubernetes 1.32), or start kube-apiserver with --anonymous-auth=false; remove grants to system:anonymous and system:unauthenticated.',
  example: {
    fails: 'GET /api/v1/namespaces without credentials is answered 200.\n',
    passes: 'GET /livez without credentials is answered 200, everything else 401.\n',
  },

  check(_apiServer, { snapshot }) {
    const answers = snapshot.fact('anonymousRequests').value.filter(({ path }) => !healthPaths.includes(path));
    if (answers.length === 0) return unknown('nothing but health endpoints was asked without credentials');
    const served = answers.filter(({ status }) => status === 200).map(toViolation);
    const unclear = answers.find((answer) => answer.status !== 200 && !isRefusal(answer));
    // What was not answered may be worse than what was, unless that is already the worst.
    if (unclear !== undefined && !served.some(({ severity }) => severity === 'critical')) {
      return unknown(
        `GET ${unclear.path} without credentials was answered ${unclear.status}, which neither grants nor refuses`,
      );
    }
    return served;
  },
});

function toViolation({ path, status }: AnonymousAnswer): Violation {
  const { severity, reason } = risks(path);
  return violation(`GET ${path}`, status, `GET ${path} without credentials is answered 200: ${reason}`, severity);
}

function isRefusal({ status }: AnonymousAnswer): boolean {
  return status === 401 || status === 403;
}

function risks(path: string): { readonly severity: Severity; readonly reason: string } {
  if (path === '/version') return { severity: 'low', reason: 'it tells which version runs' };
  if (path === '/api') return { severity: 'medium', reason: 'it tells which APIs are served' };
  if (path.includes('/configmaps/cluster-info')) {
    return {
      severity: 'info',
      reason: 'kubeadm join reads it; it holds no credential unless bootstrap tokens are alive',
    };
  }
  return { severity: 'critical', reason: 'it shows what is in the cluster' };
}
