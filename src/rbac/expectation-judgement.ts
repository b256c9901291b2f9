/**
 * Whether an expectation is met: what must be granted and is not, what is granted and must not be. The posture of a
 * namespace names what is in that namespace alone; what is granted cluster-wide counts there and is told without names,
 * and what is granted in other namespaces is judged in the cluster's posture.
 *
 * RBAC allows what any rule allows, so a grant that is found is certain. That there is none is certain only where nothing
 * but RBAC grants (`Authorization`), everything was read, and all groups of the subject are known.
 */
import { describePolicy } from '../core/expectation.ts';
import type { Expectation, Permission, ScopedExpectation } from '../core/expectation.ts';
import type { PolicyRule } from '../core/rbac-shape.ts';
import { notApplicable, unknown, violation } from '../core/rule.ts';
import type { CheckResult, Violation } from '../core/rule.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { authorizerOf } from './authorizer.ts';
import type { Authorizer } from './authorizer.ts';
import { defaultGrants } from './default-grants.ts';
import { describeSource, describeSubject, HIDDEN_SOURCE } from './expectation-text.ts';
import { heldGrantsOf, requesterOf } from './held-grants.ts';
import type { HeldGrant } from './held-grants.ts';
import { ANONYMOUS_USER, MASTERS } from './request.ts';
import { mergeRules } from './merge-rules.ts';
import { findMisnamed } from './misnamed-resources.ts';
import { findUncovered } from './rule-coverage.ts';
import { findOverlap } from './rule-overlap.ts';
import { describeRule, describeRules } from './permission-words.ts';

/** What the parts of an expectation come to. */
interface Findings {
  readonly violations: Violation[];
  /** Why something is neither. */
  readonly doubts: Set<string>;
  /** How many parts are this posture's to decide. */
  decided: number;
}

/** All that the judgement of one expectation needs. */
interface Case {
  readonly scoped: ScopedExpectation;
  readonly snapshot: Snapshot;
  readonly authorizer: Authorizer;
  readonly held: readonly HeldGrant[];
  readonly found: Findings;
}

/** @throws {NotObserved} if roles or bindings could not be read */
export function judgeExpectation(scoped: ScopedExpectation, snapshot: Snapshot): CheckResult {
  const { expectation } = scoped;
  const requester = requesterOf(expectation.subject);
  if (requester.groups.includes(MASTERS)) return judgeMasters(expectation);
  const authorizer = authorizerOf(snapshot);
  const held = heldGrantsOf(authorizer, requester).filter((grant) => isShown(grant, scoped));
  const found: Findings = { violations: [], doubts: new Set(), decided: 0 };
  const one: Case = { scoped, snapshot, authorizer, held, found };
  for (const permission of expectation.allow) judgeAllowed(permission, one);
  for (const permission of expectation.deny) judgeDenied(permission, one);
  if (expectation.isOnly) judgeOnly(one);
  if (found.violations.length > 0) return found.violations;
  if (found.decided === 0) return notApplicable('it is judged in another posture');
  return found.doubts.size === 0 ? [] : unknown([...found.doubts].join('; '));
}

/** Before any authorizer is asked. */
function judgeMasters({ subject, deny, isOnly, path, policy }: Expectation): CheckResult {
  const broken = [...deny.map((permission) => permission.path), ...(isOnly ? [`${path}.only`] : [])];
  return broken.map((field) =>
    violation(
      field,
      MASTERS,
      `${describeSubject(subject)} is in ${MASTERS}, which may do everything whatever RBAC grants; ${describePolicy(policy)} expects less`,
    ),
  );
}

/** In the cluster's posture a service account's own namespace is left to the posture of that. */
function isShown({ namespace }: HeldGrant, { expectation: { subject, policy }, scope }: ScopedExpectation): boolean {
  if (scope !== 'cluster') return namespace === '' || namespace === scope.namespace;
  if (policy.kind === 'HardeningPolicy') return namespace === '';
  return subject.namespace === undefined || namespace !== subject.namespace;
}

/** Whether it is for this posture to say that nothing is wrong. */
function isDecidedHere(namespace: string, { expectation: { subject, policy }, scope }: ScopedExpectation): boolean {
  if (scope !== 'cluster') return namespace === scope.namespace;
  return policy.kind !== 'HardeningPolicy' && (subject.namespace === undefined || namespace !== subject.namespace);
}

function judgeAllowed(
  { path, rule, namespace }: Permission,
  { scoped, snapshot, authorizer, held, found }: Case,
): void {
  if (!isDecidedHere(namespace, scoped)) return;
  found.decided += 1;
  const there = held.filter((grant) => grant.namespace === '' || grant.namespace === namespace);
  const missing = findUncovered(
    there.flatMap(({ rules }) => rules),
    [rule],
  );
  if (missing.length === 0) return;
  const { subject, policy } = scoped.expectation;
  const what = `${describeSubject(subject)} may not ${describeRules(mergeRules(missing))}${where(namespace, 'cluster-wide')}`;
  const doubts = doubtsOf(there, authorizer.unreadableIn(namespace), scoped, snapshot);
  if (doubts.length > 0) {
    found.doubts.add(`${what}, as far as is known: ${doubts.join('; ')}`);
    return;
  }
  const message = `${what}, and ${describePolicy(policy)} expects that it may: the grant is missing`;
  found.violations.push(violation(path, undefined, message));
}

function judgeDenied(permission: Permission, { scoped, snapshot, authorizer, held, found }: Case): void {
  const { path, rule, namespace } = permission;
  const { expectation, scope } = scoped;
  // Another namespace is none of this one's business.
  if (scope !== 'cluster' && namespace !== '' && namespace !== scope.namespace) return;
  const there = held.filter((grant) => namespace === '' || grant.namespace === '' || grant.namespace === namespace);
  const tooMuch = there.flatMap((grant) => {
    const rules = grant.rules.flatMap((granted) => findOverlap(rule, granted) ?? []);
    return rules.length === 0 ? [] : [{ grant, rules }];
  });
  const tail = `${describePolicy(expectation.policy)} expects that it may not`;
  pushTooMuch(tooMuch, path, tail, scoped, found);
  const place = scope === 'cluster' ? namespace : scope.namespace;
  if (tooMuch.length > 0 || !isDecidedHere(place, scoped)) return;
  found.decided += 1;
  const reasons = [...findMisnamed(rule), ...refusalDoubts(there, authorizer.unreadableIn(place), scoped, snapshot)];
  if (reasons.length === 0) return;
  const what = `${describeSubject(expectation.subject)} is not granted to ${describeRule(rule)}${where(place, 'anywhere')}`;
  found.doubts.add(`${what}, as far as is known: ${reasons.join('; ')}`);
}

function judgeOnly({ scoped, snapshot, authorizer, held, found }: Case): void {
  const { expectation, scope } = scoped;
  const isOwn = expectation.policy.kind === 'HardeningPolicy';
  const tooMuch = held.flatMap((grant) => {
    const listed = expectation.allow
      .filter(({ namespace }) => namespace === '' || namespace === grant.namespace || (isOwn && grant.namespace === ''))
      .map(({ rule }) => rule);
    // No URL is in a namespace, so that a namespace's own policy is not about them.
    const asked = isOwn ? grant.rules.filter((rule) => (rule.resources ?? []).length > 0) : grant.rules;
    const rules = mergeRules(findUncovered([...listed, ...defaultGrants], asked));
    return rules.length === 0 ? [] : [{ grant, rules }];
  });
  const tail = `${describePolicy(expectation.policy)} lists all that it may do, and that is not in it`;
  pushTooMuch(tooMuch, `${expectation.path}.only`, tail, scoped, found);
  if (tooMuch.length > 0 || (isOwn && scope === 'cluster')) return;
  found.decided += 1;
  const unreadable = authorizer.unreadableIn(scope === 'cluster' ? '' : scope.namespace);
  const reasons = refusalDoubts(held, unreadable, scoped, snapshot);
  if (reasons.length === 0) return;
  const what = `${describeSubject(expectation.subject)} is granted nothing beyond what is listed`;
  found.doubts.add(`${what}, as far as is known: ${reasons.join('; ')}`);
}

interface TooMuch {
  readonly grant: HeldGrant;
  readonly rules: readonly PolicyRule[];
}

/** One violation for each binding; in the posture of a namespace one for all that is granted cluster-wide. */
function pushTooMuch(
  tooMuch: readonly TooMuch[],
  path: string,
  tail: string,
  { expectation: { subject }, scope }: ScopedExpectation,
  { violations }: Findings,
): void {
  const who = describeSubject(subject);
  const isHidden = ({ grant }: TooMuch): boolean => scope !== 'cluster' && grant.namespace === '';
  for (const { grant, rules } of tooMuch.filter((one) => !isHidden(one))) {
    const source = describeSource(grant);
    const message = `${who} may ${describeRules(rules)}${where(grant.namespace, 'cluster-wide')} by ${source}; ${tail}`;
    violations.push(violation(path, source, message));
  }
  const hidden = tooMuch.filter(isHidden).flatMap(({ rules }) => rules);
  if (hidden.length > 0) {
    violations.push(
      violation(
        path,
        HIDDEN_SOURCE,
        `${who} may ${describeRules(hidden, true)}, granted cluster-wide; ${tail} (the cluster posture has the detail)`,
      ),
    );
  }
}

/** Why a refusal may be none: whatever lies beyond RBAC, and beyond what was read. */
function refusalDoubts(
  held: readonly HeldGrant[],
  unreadable: readonly string[],
  scoped: ScopedExpectation,
  snapshot: Snapshot,
): readonly string[] {
  const { authorization, expectation } = scoped;
  const { name, kind, groups = [] } = expectation.subject;
  const isNode = name.startsWith('system:node') || groups.includes('system:nodes');
  return [
    ...doubtsOf(held, unreadable, scoped, snapshot),
    ...(authorization.isFinal ? [] : [authorization.reason]),
    ...(kind !== 'ServiceAccount' && isNode ? ['the Node authorizer allows nodes what they need'] : []),
  ];
}

function doubtsOf(
  held: readonly HeldGrant[],
  unreadable: readonly string[],
  { expectation: { subject } }: ScopedExpectation,
  { isWholeCluster }: Snapshot,
): readonly string[] {
  const { kind, name, groups } = subject;
  const hasUnknownGroups = kind === 'User' && groups === undefined && name !== ANONYMOUS_USER;
  return [
    ...new Set([
      ...held.flatMap(({ doubt }) => doubt ?? []),
      ...unreadable,
      ...(isWholeCluster ? [] : ['a binding that is not among the files may grant it']),
      ...(hasUnknownGroups ? ['in which groups it comes is not known; state them in subject.groups'] : []),
    ]),
  ];
}

function where(namespace: string, otherwise: string): string {
  return namespace === '' ? ` ${otherwise}` : ` in namespace ${JSON.stringify(namespace)}`;
}
