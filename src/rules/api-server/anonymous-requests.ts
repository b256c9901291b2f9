/**
 * What the API server answers to requests without any credential, whatever its flags and files say.
 *
 * Source: requests without credentials, observed. 401 means that anonymous requests are refused; 403 that they are
 * taken as system:anonymous and that the authorizer refused; 200 that they were served. Where nobody may ask, --anonymous-auth.
 */
import type { AnonymousAnswer } from '../../core/evidence.ts';
import { defineRule, unknown, violation } from '../../core/rule.ts';
import type { CheckResult, Violation } from '../../core/rule.ts';
import { isAtLeast } from '../../core/severity.ts';
import type { Severity } from '../../core/severity.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import type { JudgedServer } from '../lib/api-servers.ts';
import { inFileOf } from '../lib/start-with.ts';

/** Load balancers and kubelets ask these without credentials; they tell nothing. */
const healthPaths = ['/livez', '/readyz', '/healthz'];
const SEE_GRANTS = 'what is granted to them, rule rbac-anonymous-grants tells';

export const anonymousRequests = defineRule({
  id: 'api-server-anonymous-requests',
  title: 'The API server must not serve anonymous requests beyond its health endpoints',
  severity: 'critical',
  severityReason: 'Whoever reaches the port of the API server acts on the cluster without any credential.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['anonymousRequests', 'anonymousAuthentication', 'rbacAuthorizer'],
  controls: ['cis-1.12/1.2.1', 'nsa/authentication-and-authorization'],
  params: {
    type: 'object',
    properties: {
      allowHarmless: {
        type: 'boolean',
        description:
          'Whether anonymous requests may be taken at every path where RBAC refuses them; otherwise they have to be off, or limited to the health endpoints.',
        default: true,
      },
    },
  },
  rationale:
    'Whatever is answered without a credential is answered to everybody who reaches the port, an attacker looking for a version with a known flaw included.',
  remediation: `In an AuthenticationConfiguration (apiserver.config.k8s.io/v1, v1beta1 before Kubernetes 1.34) set anonymous.enabled with conditions for /livez, /readyz and /healthz, from Kubernetes 1.32, in place of the flag --anonymous-auth, or start kube-apiserver with --anonymous-auth=false where no load balancer or kubelet asks for its health without a credential; not both. ${inFileOf('--authentication-config')} Remove grants to system:anonymous and system:unauthenticated: rule rbac-anonymous-grants names them.`,
  repair: {
    set: { 'anonymous-auth': 'false' },
    file: {
      kind: 'AuthenticationConfiguration',
      content: { anonymous: { enabled: true, conditions: healthPaths.map((path) => ({ path })) } },
    },
    own: {
      managed:
        'EKS limits anonymous requests to the health endpoints from Kubernetes 1.32 on; GKE does where anonymousAuthenticationConfig.mode of the cluster is LIMITED.',
    },
  },
  example: {
    fails: 'GET /api/v1/namespaces without credentials is answered 200.\n',
    passes: 'GET /livez without credentials is answered 200, everything else 401.\n',
  },

  check(_apiServer, { snapshot, params: { allowHarmless } }) {
    return checkApiServers(snapshot, (server) => {
      const asked = server.factIfKnown('anonymousRequests');
      if (asked === undefined) return judgeWithoutAnswers(server);
      const answers = asked.value.filter(({ path }) => !healthPaths.includes(path));
      if (answers.length === 0) return unknown('nothing but health endpoints was asked without credentials');
      const served = answers.filter(({ status }) => status === 200).map((answer) => toViolation(answer, server));
      const unclear = answers.find((answer) => !isGrant(answer) && !isRefusal(answer) && isWorse(answer, served));
      if (unclear !== undefined) {
        return unknown(
          `GET ${unclear.path} without credentials was answered ${unclear.status}, which neither grants nor refuses`,
        );
      }
      if (served.length > 0 || answers.every(({ status }) => status === 401)) return served;
      return judgeRefused(server, allowHarmless);
    });
  },
});

/** What is off needs no answers; what is on may be harmless, and only answers tell. */
function judgeWithoutAnswers(server: JudgedServer): CheckResult {
  const authentication = server.factIfKnown('anonymousAuthentication');
  if (authentication?.value === 'off') return [];
  const why = server.whyUnknown('anonymousRequests') ?? '';
  if (authentication === undefined) return unknown(why);
  return unknown(
    `${authentication.detail} (${authentication.source}), and what is served to them is not known: ${why}`,
  );
}

/** They are taken for system:anonymous, and whatever was asked was refused: harmless where RBAC is what refuses. */
function judgeRefused(server: JudgedServer, allowHarmless: boolean): CheckResult {
  const path = '--anonymous-auth';
  const rbac = server.fact('rbacAuthorizer');
  if (!rbac.value) {
    const advice = 'anonymous requests are taken, and without RBAC nobody sees what is granted to them; turn them off';
    return [blame(rbac, path, advice, 'medium')];
  }
  if (allowHarmless) return [];
  const advice = `anonymous requests are ${describeTaken(server)}, and RBAC refuses them; limit them by conditions, or turn them off`;
  return [violation(path, 'true', `${advice}; ${SEE_GRANTS}`, 'medium')];
}

/** As `taken at some paths only`. */
function describeTaken(server: JudgedServer): string {
  const authentication = server.factIfKnown('anonymousAuthentication');
  if (authentication === undefined) return 'taken';
  return `taken ${authentication.value === 'conditional' ? 'at some paths only' : 'at every path'}`;
}

function toViolation({ path, status }: AnonymousAnswer, server: JudgedServer): Violation {
  const { severity, reason } = risks(path);
  const rest = `anonymous requests are ${describeTaken(server)}, and ${SEE_GRANTS}`;
  return violation(
    `GET ${path}`,
    status,
    `GET ${path} without credentials is answered 200: ${reason}; ${rest}`,
    severity,
  );
}

/** What was not answered may be worse than what was, unless that is as bad already. */
function isWorse({ path }: AnonymousAnswer, served: readonly Violation[]): boolean {
  return !served.some(({ severity }) => severity !== undefined && isAtLeast(severity, risks(path).severity));
}

function isGrant({ status }: AnonymousAnswer): boolean {
  return status === 200;
}

/** A 403 that does not name the anonymous user is not the API server's own: somebody stands before it. */
function isRefusal({ status, namesAnonymousUser }: AnonymousAnswer): boolean {
  return status === 401 || (status === 403 && namesAnonymousUser);
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
