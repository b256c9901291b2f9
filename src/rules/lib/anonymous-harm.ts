/**
 * What may be done by whoever is taken for system:anonymous. Where the authorizer RBAC decides alone, bindings tell: nothing
 * is harmless but what Kubernetes itself grants to everybody. What a webhook or a policy of ABAC grants nobody sees.
 */
import type { Expected } from '../../core/expectation.ts';
import type { Fact, FactName } from '../../core/evidence.ts';
import type { Severity } from '../../core/severity.ts';
import { rankOf } from '../../core/severity.ts';
import { NotObserved } from '../../core/snapshot.ts';
import type { BoundRole, Snapshot } from '../../core/snapshot.ts';
import { compareText } from '../../core/subject-ref.ts';
import { authorizerOf, namespaceOf } from '../../rbac/authorizer.ts';
import { ANONYMOUS_USER, UNAUTHENTICATED } from '../../rbac/request.ts';
import { gradeAnonymousGrant } from './anonymous-grade.ts';
import type { JudgedServer } from './api-servers.ts';

/** What `findAnonymousHarm` reads. */
export const anonymousHarmReads = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'] as const;

/** What `findAnonymousHarm` asks of an API server. */
export const anonymousHarmFacts = [
  'rbacAuthorizer',
  'webhookAuthorizer',
  'abacAuthorizer',
] as const satisfies readonly FactName[];

export type AnonymousHarm =
  | { readonly standing: 'harmless' }
  /** Something is granted beyond the defaults. */
  | { readonly standing: 'granted'; readonly severity: Severity; readonly by: string }
  /** RBAC is off. */
  | { readonly standing: 'ungoverned'; readonly rbac: Fact<boolean> }
  | { readonly standing: 'unknown'; readonly reason: string };

/** More of them are counted. */
const MAX_BINDINGS = 3;

interface Context {
  readonly snapshot: Snapshot;
  readonly expected: Expected;
}

export function findAnonymousHarm(server: JudgedServer, context: Context): AnonymousHarm {
  try {
    const rbac = server.fact('rbacAuthorizer');
    if (!rbac.value) return { standing: 'ungoverned', rbac };
    const granted = findGrants(context);
    if (granted !== undefined) return granted;
    for (const name of ['webhookAuthorizer', 'abacAuthorizer'] as const) {
      const { value, detail, source } = server.fact(name);
      if (value)
        return { standing: 'unknown', reason: `${detail} (${source}), and what that grants to them is not seen` };
    }
    return { standing: 'harmless' };
  } catch (error) {
    if (error instanceof NotObserved) return { standing: 'unknown', reason: error.message };
    throw error;
  }
}

/** @throws {NotObserved} */
function findGrants({ snapshot, expected }: Context): AnonymousHarm | undefined {
  const authorizer = authorizerOf(snapshot);
  const bound = [
    authorizer.grantsTo({ name: ANONYMOUS_USER, isGroup: false }),
    authorizer.grantsTo({ name: UNAUTHENTICATED, isGroup: true }),
  ].flatMap((byNamespace) => [...byNamespace.values()].flat().map((grant) => grant.bound));
  const grades = new Map<string, Severity>();
  for (const one of bound) {
    const place = { isClusterWide: one.kind === 'ClusterRoleBinding', namespace: namespaceOf(one) };
    const grade = gradeAnonymousGrant(one.binding.roleRef, place, { snapshot, expected });
    if (grade !== undefined && grade.isOfKubeadm !== true) grades.set(nameOf(one), grade.severity);
  }
  if (grades.size === 0) {
    const [problem] = authorizer.unreadableIn();
    return problem === undefined ? undefined : { standing: 'unknown', reason: problem };
  }
  const worstFirst = [...grades].toSorted(([a, ofA], [b, ofB]) => rankOf(ofA) - rankOf(ofB) || compareText(a, b));
  return {
    standing: 'granted',
    severity: worstFirst[0]?.[1] ?? 'critical',
    by: listFirst(worstFirst.map(([name]) => name)),
  };
}

/** `ClusterRoleBinding "a"`, `RoleBinding "shop/a"` */
function nameOf(bound: BoundRole): string {
  const { name } = bound.binding.metadata;
  const namespace = namespaceOf(bound);
  return `${bound.kind} "${namespace === '' ? name : `${namespace}/${name}`}"`;
}

/** `a`, `a and b`, `a, b, c and 4 more` */
function listFirst(names: readonly string[]): string {
  const shown =
    names.length > MAX_BINDINGS ? [...names.slice(0, MAX_BINDINGS), `${names.length - MAX_BINDINGS} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}
