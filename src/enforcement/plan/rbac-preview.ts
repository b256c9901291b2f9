/**
 * Which roles and bindings that are there the guard of RBAC would refuse, were they made anew by anybody but the control
 * plane. What it looks for is said twice, here and in CEL by `rbac-guard.ts`; that both say the same is held against a real
 * API server by test/enforcement/preview-rbac.integration.test.ts.
 */
import { isDeepStrictEqual } from 'node:util';

import type { ClusterAdmin } from '../../core/cluster-admin.ts';
import { apiVersionOf, kinds } from '../../core/kinds.ts';
import type { ObjectOf } from '../../core/kinds.ts';
import type { PolicyRule } from '../../core/rbac-shape.ts';
import type { BindingKind, RoleKind } from '../../core/rbac-kinds.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { MalformedField } from '../../core/shape.ts';
import { isReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { compareSubjects } from '../../core/subject-ref.ts';
import type { SubjectRef } from '../../core/subject-ref.ts';
import { leafSources } from '../../rbac/aggregation.ts';
import { isPredefinedRole } from '../../rbac/predefined.ts';
import type { PlannedValidatingPolicy } from './planned-policy.ts';
import { undecidedKind } from './previewed-finding.ts';
import type { GuardFindings, PreviewedFinding } from './previewed-finding.ts';
import {
  isOpenedByKubernetes,
  isWithoutCredentials,
  MOST_ENTRIES,
  MOST_WORDS,
  nameAdmin,
  nameAdmins,
  TOO_LONG,
} from './rbac-guard.ts';
import { letsActAsAnybody } from './unnamed-impersonation.ts';

const FAMILY = 'rbac';

/**
 * @param policy the guard of Roles and RoleBindings, or of what is in no namespace
 * @param namespace undefined for what is in none
 */
export function previewRbac(
  { clusterAdmins }: PlannedValidatingPolicy,
  namespace: string | undefined,
  snapshot: Snapshot,
): GuardFindings {
  const [roleKind, bindingKind] =
    namespace === undefined ? (['ClusterRole', 'ClusterRoleBinding'] as const) : (['Role', 'RoleBinding'] as const);
  const refused: PreviewedFinding[] = [];
  const undecided: PreviewedFinding[] = [];
  const judge = <K extends RoleKind | BindingKind>(
    kind: K,
    look: (object: ObjectOf<K>) => readonly Violation[],
  ): void => {
    if (!isReadable(snapshot.observation(kind))) {
      undecided.push(undecidedKind(FAMILY, kind, namespace, snapshot));
      return;
    }
    for (const object of snapshot.list(kind, namespace)) {
      const subject = refOf(kind, object.metadata.name, namespace);
      try {
        const tooLong = findTooLong(object);
        const violations = tooLong.length > 0 ? tooLong : look(object);
        const [first] = violations;
        if (first !== undefined) refused.push(toPreviewed(subject, first.message, violations));
      } catch (error) {
        if (!(error instanceof MalformedField)) throw error;
        undecided.push(toPreviewed(subject, error.message, []));
      }
    }
  };
  judge(roleKind, (role) => findUnnamed(roleKind, role, snapshot));
  judge(bindingKind, (binding) => findGrants(binding, clusterAdmins));
  return { refused: sort(refused), undecided: sort(undecided) };
}

type Listed = Partial<Pick<ObjectOf<'Role'>, 'rules'> & Pick<ObjectOf<'RoleBinding'>, 'subjects'>>;

/** Such an object is refused whatever it grants. */
function findTooLong({ rules = [], subjects = [] }: Listed): readonly Violation[] {
  if (subjects.length > MOST_ENTRIES) return [violation('subjects', subjects.length, `it ${TOO_LONG}`)];
  const isWordy = ({ verbs, apiGroups = [], resources = [] }: PolicyRule): boolean =>
    [verbs, apiGroups, resources].some((words) => words.length > MOST_WORDS);
  return rules.length > MOST_ENTRIES || rules.some(isWordy) ? [violation('rules', rules.length, `it ${TOO_LONG}`)] : [];
}

/** What the API server itself makes is let through. */
function findUnnamed(kind: RoleKind, role: ObjectOf<'ClusterRole'>, snapshot: Snapshot): readonly Violation[] {
  const rules = role.rules ?? [];
  const isFound = (rule: PolicyRule): boolean => letsActAsAnybody(rule, kind === 'ClusterRole');
  if (!rules.some(isFound) || isPredefinedRole({ kind, role })) return [];
  const gathered = findGathered(role, snapshot);
  return rules.flatMap((rule, index) =>
    isFound(rule) && !gathered.some((one) => isDeepStrictEqual(one, rule))
      ? [
          violation(
            `rules[${index}]`,
            `${rule.verbs.join(', ')} on ${(rule.resources ?? []).join(', ')}`,
            'it lets act as just anybody; list in resourceNames who is meant',
          ),
        ]
      : [],
  );
}

/**
 * The rules that the controller of aggregated roles fills in, which is let through: nobody sends them, and they are found in
 * the roles that they come from. Those that stand in a file are sent, wherever they came from.
 */
function findGathered(role: ObjectOf<'ClusterRole'>, snapshot: Snapshot): readonly PolicyRule[] {
  if (role.aggregationRule === undefined || !snapshot.isWholeCluster) return [];
  return leafSources(role, snapshot.list('ClusterRole')).flatMap(({ rules }) => rules);
}

function findGrants(
  binding: ObjectOf<'RoleBinding'>,
  clusterAdmins: readonly ClusterAdmin[] | undefined,
): readonly Violation[] {
  const { roleRef, subjects = [] } = binding;
  const named = clusterAdmins === undefined ? undefined : nameAdmins(clusterAdmins);
  const isOfAdmin = roleRef.kind === 'ClusterRole' && roleRef.name === 'cluster-admin';
  return subjects.flatMap((subject, index): readonly Violation[] => {
    const path = `subjects[${index}]`;
    const who = nameAdmin(subject);
    if (isWithoutCredentials(subject) && !isOpenedByKubernetes(binding)) {
      return [violation(path, who, `it grants ${roleRef.kind} "${roleRef.name}" to everybody without credentials`)];
    }
    return isOfAdmin && named?.includes(who) === false
      ? [violation(path, who, `it grants cluster-admin to ${who}, whom nobody named`)]
      : [];
  });
}

function toPreviewed(subject: SubjectRef, message: string, violations: readonly Violation[]): PreviewedFinding {
  return { finding: { rule: { id: FAMILY }, subject, message, violations } };
}

function refOf(kind: RoleKind | BindingKind, name: string, namespace: string | undefined): SubjectRef {
  const apiVersion = apiVersionOf(kinds[kind]);
  return namespace === undefined ? { apiVersion, kind, name } : { apiVersion, kind, namespace, name };
}

function sort(found: readonly PreviewedFinding[]): readonly PreviewedFinding[] {
  return found.toSorted((a, b) => compareSubjects(a.finding.subject, b.finding.subject));
}
