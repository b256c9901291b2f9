/**
 * What a service account may do beyond what Kubernetes grants to every account, as far as its own namespace and the
 * cluster-wide bindings say: what other namespaces grant it is not looked at, because whoever reads the posture of its
 * namespace may not know it.
 */
import type { PolicyRule } from '../../core/rbac-shape.ts';
import { NotObserved } from '../../core/snapshot.ts';
import type { BoundRole, Snapshot } from '../../core/snapshot.ts';
import { authorizerOf } from '../../rbac/authorizer.ts';
import type { Authorizer, Grant } from '../../rbac/authorizer.ts';
import { serviceAccount } from '../../rbac/request.ts';
import { findUncovered } from '../../rbac/rule-coverage.ts';

/**
 * - `own`: something is granted to the account by its name;
 * - `shared`: nothing is, but something to all accounts, or to all of its namespace;
 * - `none`: nothing is;
 * - `unknown`: the files name no grant, and may not be all that there is.
 */
export type AccountRights = 'own' | 'shared' | 'none' | 'unknown';

/** @throws {NotObserved} if bindings or roles could not be read */
export function rightsOf(snapshot: Snapshot, namespace: string, name: string): AccountRights {
  const authorizer = authorizerOf(snapshot);
  const requester = serviceAccount(namespace, name);
  const grants = authorizer.grantsOf(requester, namespace).filter((grant) => grantsMore(authorizer, grant));
  if (grants.some(({ subject }) => subject.kind !== 'Group')) return 'own';
  if (grants.length > 0) return 'shared';
  return snapshot.isWholeCluster ? 'none' : 'unknown';
}

/** As `rightsOf`; `unknown` also where bindings or roles could not be read. */
export function rightsIfKnown(snapshot: Snapshot, namespace: string, name: string): AccountRights {
  try {
    return rightsOf(snapshot, namespace, name);
  } catch (error) {
    if (error instanceof NotObserved) return 'unknown';
    throw error;
  }
}

/** In files a role that is not there, or not whole, may grant anything, and was bound on purpose. */
function grantsMore(authorizer: Authorizer, { bound }: Grant): boolean {
  const role = authorizer.rulesOfBinding(bound);
  if (role === undefined) return false;
  return role.doubt !== undefined || grantsBeyondDefaults(role.rules, bound.kind);
}

/** Whether rules grant more than every account has, by what they say, whatever their role is called. */
export function grantsBeyondDefaults(rules: readonly PolicyRule[], bound: BoundRole['kind']): boolean {
  const known = verdicts[bound].get(rules);
  if (known !== undefined) return known;
  // A request for a URL has no namespace, so that no RoleBinding grants it.
  const live = bound === 'RoleBinding' ? rules.map(({ nonResourceURLs, ...rule }) => rule) : rules;
  const verdict = live.some((rule) => findUncovered(everyAccountHas, [rule]).length > 0);
  verdicts[bound].set(rules, verdict);
  return verdict;
}

/** Every account has the roles of its groups, and rules do not change: a role that changes has new ones. */
const verdicts: { readonly [K in BoundRole['kind']]: WeakMap<readonly PolicyRule[], boolean> } = {
  RoleBinding: new WeakMap(),
  ClusterRoleBinding: new WeakMap(),
};

/**
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go: the ClusterRoles
 * system:discovery, system:public-info-viewer, system:basic-user, system:service-account-issuer-discovery and
 * system:cluster-trust-bundle-discovery.
 */
const everyAccountHas: readonly PolicyRule[] = [
  {
    verbs: ['get'],
    nonResourceURLs: [
      ...['/livez', '/readyz', '/healthz', '/version', '/version/', '/openapi', '/openapi/*', '/api', '/api/*'],
      ...['/apis', '/apis/*', '/.well-known/openid-configuration', '/.well-known/openid-configuration/'],
      ...['/openid/v1/jwks', '/openid/v1/jwks/'],
    ],
  },
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  { verbs: ['get', 'list', 'watch'], apiGroups: ['certificates.k8s.io'], resources: ['clustertrustbundles'] },
];
