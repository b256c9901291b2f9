/**
 * What the API server answers to requests without any credential, whatever its flags and files say.
 *
 * They are off, or limited by conditions, or harmless: RBAC decides about them alone, and no binding grants them more than
 * Kubernetes does by itself. That the version or the list of APIs is told to everybody is found also where the rest is harmless.
 *
 * Source: requests without credentials, observed. 401 means that anonymous requests are refused; 403 that they are
 * taken as system:anonymous and that the authorizer refused; 200 that they were served. Where nobody may ask, --anonymous-auth.
 */
import type { AnonymousAnswer } from '../../core/evidence.ts';
import { defineRule, pass, unknown, violation } from '../../core/rule.ts';
import type { CheckResult, Violation } from '../../core/rule.ts';
import { isAtLeast } from '../../core/severity.ts';
import type { Severity } from '../../core/severity.ts';
import { anonymousHarmFacts, anonymousHarmReads, findAnonymousHarm } from '../lib/anonymous-harm.ts';
import type { AnonymousHarm } from '../lib/anonymous-harm.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';
import type { JudgedServer } from '../lib/api-servers.ts';
import { inFileOf } from '../lib/start-with.ts';

/** Load balancers and kubelets ask these without credentials; they tell nothing. */
const healthPaths = ['/livez', '/readyz', '/healthz'];

export const anonymousRequests = defineRule({
  id: 'api-server-anonymous-requests',
  title: 'The API server must not serve anonymous requests beyond its health endpoints',
  severity: 'critical',
  severityReason: 'Whoever reaches the port of the API server acts on the cluster without any credential.',
  subject: 'APIServer',
  reads: ['Evidence', ...anonymousHarmReads],
  facts: ['anonymousRequests', 'anonymousAuthentication', ...anonymousHarmFacts],
  controls: ['cis-1.12/1.2.1', 'nsa/authentication-and-authorization'],
  params: {
    type: 'object',
    properties: {
      allowHarmless: {
        type: 'boolean',
        description:
          'Whether anonymous requests may be taken at every path where they are harmless: RBAC alone decides about them, and nothing but the defaults is granted to them; otherwise they have to be off, or limited to the health endpoints.',
        default: true,
      },
    },
  },
  rationale:
    'Whatever is answered without a credential is answered to everybody who reaches the port, an attacker looking for a version with a known flaw included.',
  remediation: `In an AuthenticationConfiguration (apiserver.config.k8s.io/v1, v1beta1 before Kubernetes 1.34) set anonymous.enabled with conditions for /livez, /readyz and /healthz, from Kubernetes 1.32, in place of the flag --anonymous-auth, or start kube-apiserver with --anonymous-auth=false where no load balancer or kubelet asks for its health without a credential; not both. ${inFileOf('--authentication-config')} Remove grants to system:anonymous and system:unauthenticated: rule rbac-anonymous-grants names them. Where anonymous requests stay on they are harmless as long as RBAC alone decides about them and no binding grants them more than Kubernetes does by itself; beside a webhook or ABAC that is not known. That everybody is told the version is found all the same: the ClusterRoleBinding system:public-info-viewer grants it.`,
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

  check(_apiServer, { snapshot, expected, params: { allowHarmless } }) {
    return checkApiServers(snapshot, (server) => {
      const asked = server.factIfKnown('anonymousRequests');
      if (asked === undefined) return judgeWithoutAnswers(server);
      const answers = asked.value.filter(({ path }) => !healthPaths.includes(path));
      if (answers.length === 0) return unknown('nothing but health endpoints was asked without credentials');
      const served = answers.filter(({ status }) => status === 200);
      const unclear = answers.find((answer) => !isGrant(answer) && !isRefusal(answer) && isWorse(answer, served));
      if (unclear !== undefined) {
        return unknown(
          `GET ${unclear.path} without credentials was answered ${unclear.status}, which neither grants nor refuses`,
        );
      }
      if (answers.every(({ status }) => status === 401)) return pass(describeRefused(server));
      const harm = findAnonymousHarm(server, { snapshot, expected });
      const rest = describeRest(harm, served);
      const found = served.map((answer) =>
        toViolation(answer, `anonymous requests are ${describeTaken(server)}${rest}`),
      );
      const taken = judgeTaken(harm, server, allowHarmless);
      if (found.length === 0) return taken;
      return 'outcome' in taken ? found : [...found, ...taken];
    });
  },
});

/** What is off needs no answers; what is on may be harmless, and only answers tell. */
function judgeWithoutAnswers(server: JudgedServer): CheckResult {
  const authentication = server.factIfKnown('anonymousAuthentication');
  if (authentication?.value === 'off') return pass(`anonymous requests are off: ${authentication.detail}`);
  const why = server.whyUnknown('anonymousRequests') ?? '';
  if (authentication === undefined) return unknown(why);
  return unknown(
    `${authentication.detail} (${authentication.source}), and what is served to them is not known: ${why}`,
  );
}

/** Nothing is taken but at health endpoints. */
function describeRefused(server: JudgedServer): string {
  const authentication = server.factIfKnown('anonymousAuthentication');
  if (authentication?.value === 'conditional') {
    return `anonymous requests are limited by conditions: ${authentication.detail}`;
  }
  return `anonymous requests are ${authentication?.value === 'off' ? 'off' : 'refused'}: whatever was asked without credentials is answered 401`;
}

/** They are taken for system:anonymous, and what was not served was refused. */
function judgeTaken(harm: AnonymousHarm, server: JudgedServer, allowHarmless: boolean): CheckResult {
  const path = '--anonymous-auth';
  const taken = `anonymous requests are ${describeTaken(server)}`;
  switch (harm.standing) {
    case 'ungoverned': {
      const advice =
        'anonymous requests are taken, and without RBAC nobody sees what is granted to them; turn them off';
      return [blame(harm.rbac, path, advice, 'medium')];
    }
    case 'granted': {
      const advice = `take system:anonymous and system:unauthenticated out of them (rule rbac-anonymous-grants), or turn anonymous requests off`;
      const message = `${taken}, and more than Kubernetes grants by itself is granted to them by ${harm.by}; ${advice}`;
      return [violation(path, 'true', message, harm.severity)];
    }
    case 'unknown':
      return unknown(`${taken}, and whether they are harmless is not known: ${harm.reason}`);
    case 'harmless': {
      if (allowHarmless) return pass(`${taken}, and harmless: ${HARMLESS}`);
      const advice = 'limit them by conditions, or turn them off';
      return [violation(path, 'true', `${taken}, and harmless: ${HARMLESS}; ${advice}`, 'medium')];
    }
  }
}

const HARMLESS = 'RBAC alone decides about them, and nothing but the defaults of Kubernetes is granted to them';

/** What else may be done without credentials, to be read after what is served. */
function describeRest(harm: AnonymousHarm, served: readonly AnonymousAnswer[]): string {
  if (harm.standing === 'unknown') return `, and whether the rest is harmless is not known: ${harm.reason}`;
  if (harm.standing !== 'harmless') return '';
  return served.every(({ path }) => isGrantedByDefault(path))
    ? `, and the rest is harmless: ${HARMLESS}`
    : ', and no binding shows by what that is granted';
}

/** By Kubernetes, or by kubeadm. */
function isGrantedByDefault(path: string): boolean {
  return path === '/version' || path.includes('/configmaps/cluster-info');
}

/** As `taken at some paths only`. */
function describeTaken(server: JudgedServer): string {
  const authentication = server.factIfKnown('anonymousAuthentication');
  if (authentication === undefined) return 'taken';
  return `taken ${authentication.value === 'conditional' ? 'at some paths only' : 'at every path'}`;
}

function toViolation({ path, status }: AnonymousAnswer, rest: string): Violation {
  const { severity, reason } = risks(path);
  const message = `GET ${path} without credentials is answered 200: ${reason}; ${rest}`;
  return violation(`GET ${path}`, status, message, severity);
}

/** What was not answered may be worse than what was, unless that is as bad already. */
function isWorse({ path }: AnonymousAnswer, served: readonly AnonymousAnswer[]): boolean {
  return !served.some((one) => isAtLeast(risks(one.path).severity, risks(path).severity));
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
  if (path === '/api') return { severity: 'low', reason: 'it tells which APIs are served' };
  if (path.includes('/configmaps/cluster-info')) {
    return {
      severity: 'info',
      reason: 'kubeadm join reads it; it holds no credential unless bootstrap tokens are alive',
    };
  }
  return { severity: 'critical', reason: 'it shows what is in the cluster' };
}
