/** Who may do something: every subject of every binding that grants it, in one namespace or in all of them. */
import type { PolicyRule, RbacSubject } from '../core/rbac-shape.ts';
import { readOr } from '../core/shape.ts';
import { NotObserved } from '../core/snapshot.ts';
import type { BoundRole, Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';
import { authorizerOf, namespaceOf } from './authorizer.ts';
import type { Authorizer } from './authorizer.ts';
import { Changers, findChanger, findNamedCreates, isPlainCreate } from './create-by-name.ts';
import type { ReadBinding } from './create-by-name.ts';
import { explainDeadWeight } from './dead-weight.ts';
import type { IsNamespaced } from './dead-weight.ts';
import { findGrant } from './granted-names.ts';
import type { AccessRequest } from './request.ts';
import { principalOf } from './subject-matching.ts';

export interface Holder {
  readonly subject: RbacSubject;
  readonly bound: BoundRole;
  /** Index of the first rule of the role that grants it. */
  readonly rule: number;
  readonly granted: PolicyRule;
  /** Set where it is granted for objects of these names alone, and the question was about any. */
  readonly names?: readonly string[];
  /** How alone it can be made use of. */
  readonly note?: string;
  /** Why the grant is of no use, where the API server says yes and no such request can be made. */
  readonly deadWeight?: string;
}

export interface Holders {
  readonly holders: readonly Holder[];
  /** What could not be read and may grant it to others, in sentences. */
  readonly doubts: readonly string[];
}

/**
 * @param request without a name it is about any object; its namespace does not count
 * @param scope a namespace; or all of them, where only ClusterRoleBindings count everywhere
 * @throws {NotObserved} if bindings could not be read
 */
export function findHolders(
  snapshot: Snapshot,
  request: AccessRequest,
  scope: { readonly namespace: string } | 'everywhere',
  isNamespaced: IsNamespaced,
): Holders {
  const authorizer = authorizerOf(snapshot);
  const doubts = new Set<string>();
  const bindings = [...bindingsIn(snapshot, 'path' in request ? { namespace: '' } : scope)];
  // Whatever of a binding cannot be read does not keep others from being read.
  const readEach = <Of extends { readonly bound: BoundRole }, Found>(
    some: readonly Of[],
    read: (one: Of) => readonly Found[],
  ) =>
    some.flatMap((one) => {
      const { kind, binding } = one.bound;
      const problem = ({ message }: Error) =>
        `${kind} ${JSON.stringify(binding.metadata.name)} cannot be read: ${message}`;
      const found = readOr(() => read(one), problem);
      if (typeof found !== 'string') return found;
      doubts.add(found);
      return [];
    });
  const read = readEach(
    bindings.map((bound) => ({ bound })),
    ({ bound }): readonly ReadBinding[] => {
      const { rules, doubt } = readRules(authorizer, bound);
      if (doubt !== undefined) doubts.add(doubt);
      return [{ bound, rules }];
    },
  );
  const changers = isPlainCreate(request)
    ? new Changers(readEach(read, (binding) => findChanger(binding, request, isNamespaced)))
    : undefined;
  const holders = readEach(read, (binding) => holdersOf(binding, request, changers, isNamespaced));
  return { holders: holders.sort(compareHolders), doubts: [...doubts] };
}

function holdersOf(
  binding: ReadBinding,
  request: AccessRequest,
  changers: Changers | undefined,
  isNamespaced: IsNamespaced,
): readonly Holder[] {
  const { bound, rules } = binding;
  const grant = findGrant(rules, request);
  const explain = () => ('path' in request ? undefined : explainDeadWeight(bound, request, isNamespaced));
  if (grant === undefined) {
    if (changers === undefined || !isPlainCreate(request)) return [];
    return findNamedCreates(binding, request, changers, subjectsOf).map(({ note, ...found }) => {
      const deadWeight = explain();
      return { bound, ...found, ...(deadWeight === undefined ? { note } : { deadWeight }) };
    });
  }
  const { deadNames, ...found } = grant;
  const deadWeight = explain() ?? deadNames;
  const dead = deadWeight === undefined ? {} : { deadWeight };
  return subjectsOf(bound).map((subject) => ({ subject, bound, ...found, ...dead }));
}

function* bindingsIn(snapshot: Snapshot, scope: { readonly namespace: string } | 'everywhere'): Generator<BoundRole> {
  for (const binding of snapshot.list('ClusterRoleBinding')) yield { kind: 'ClusterRoleBinding', binding };
  if (scope !== 'everywhere' && scope.namespace === '') return;
  const namespaced =
    scope === 'everywhere' ? snapshot.list('RoleBinding') : snapshot.list('RoleBinding', scope.namespace);
  for (const binding of namespaced) yield { kind: 'RoleBinding', binding };
}

/** Where roles may not be read, what a binding grants is in doubt. */
export function readRules(
  authorizer: Authorizer,
  bound: BoundRole,
): { readonly rules: readonly PolicyRule[]; readonly doubt?: string } {
  try {
    return authorizer.rulesOfBinding(bound) ?? { rules: [] };
  } catch (error) {
    if (!(error instanceof NotObserved)) throw error;
    const { kind, name } = bound.binding.roleRef;
    return { rules: [], doubt: `the rules of ${kind} ${JSON.stringify(name)} are not known: ${error.message}` };
  }
}

/** Without those that are nobody, each once. */
function subjectsOf(bound: BoundRole): readonly RbacSubject[] {
  const namespace = namespaceOf(bound);
  const distinct = new Map<string, RbacSubject>();
  for (const subject of bound.binding.subjects ?? []) {
    if (principalOf(subject, namespace) === undefined) continue;
    const { kind, name } = subject;
    const own = kind === 'ServiceAccount' ? (subject.namespace ?? namespace) : '';
    const key = [kind, own, name].join('\0');
    if (!distinct.has(key)) distinct.set(key, own === '' ? { kind, name } : { kind, name, namespace: own });
  }
  return [...distinct.values()];
}

/** By subject; of each what holds everywhere first. */
function compareHolders(a: Holder, b: Holder): number {
  return (
    compareText(a.subject.kind, b.subject.kind) ||
    compareText(a.subject.namespace ?? '', b.subject.namespace ?? '') ||
    compareText(a.subject.name, b.subject.name) ||
    compareText(namespaceOf(a.bound), namespaceOf(b.bound)) ||
    compareText(a.bound.binding.metadata.name, b.bound.binding.metadata.name)
  );
}
