/**
 * One finding for all who break a rule by the same: forty whom one careless role is granted are one finding on the role,
 * which names some of them and counts all. Whoever is exempt is none of them.
 */
import type { Finding, SharedViolation } from './finding.ts';
import type { AnyRule, Violation } from './rule.ts';
import { rankOf } from './severity.ts';
import { listSome } from './some-names.ts';
import { compareText } from './subject-ref.ts';
import type { SubjectRef } from './subject-ref.ts';

/** In one sentence. */
const mostNamed = 3;

/** All of one rule. */
interface Known {
  readonly parts: readonly Part[];
  /** By the key of the cause. */
  readonly findings: Map<string, Finding>;
}

/** What one of them breaks the rule by. */
type Part = readonly SharedViolation[];

/** Remembers them, because after a change most are as they were. */
export class SharedFindings {
  readonly #known = new Map<AnyRule, Known>();

  /** @param parts what each of those who break the rule breaks it by: the same list as before where that is the same */
  of(rule: AnyRule, parts: readonly Part[]): Iterable<Finding> {
    const { parts: before = [], findings = new Map<string, Finding>() } = this.#known.get(rule) ?? {};
    const changed = findChangedKeys(before, parts);
    if (changed.size > 0) {
      const byCause = groupByCause(parts, changed);
      for (const key of changed) {
        const violations = byCause.get(key);
        if (violations === undefined) findings.delete(key);
        else findings.set(key, toFinding(rule, violations));
      }
    }
    this.#known.set(rule, { parts, findings });
    return findings.values();
  }
}

/** The causes of which something came or went; the order of those who stayed is the same. */
function findChangedKeys(before: readonly Part[], now: readonly Part[]): ReadonlySet<string> {
  let start = 0;
  while (start < now.length && now[start] === before[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, now.length) - start;
  while (end < most && now[now.length - 1 - end] === before[before.length - 1 - end]) end += 1;
  const changed = new Set<string>();
  const went = before.slice(start, before.length - end);
  const came = now.slice(start, now.length - end);
  const [wentAs, cameAs] = [new Set(went), new Set(came)];
  for (const part of came) if (!wentAs.has(part)) for (const { key } of part) changed.add(key);
  for (const part of went) if (!cameAs.has(part)) for (const { key } of part) changed.add(key);
  return changed;
}

function groupByCause(
  parts: readonly Part[],
  keys: ReadonlySet<string>,
): ReadonlyMap<string, readonly SharedViolation[]> {
  const groups = new Map<string, SharedViolation[]>();
  for (const part of parts) {
    for (const one of part) {
      if (!keys.has(one.key)) continue;
      const known = groups.get(one.key);
      if (known === undefined) groups.set(one.key, [one]);
      else known.push(one);
    }
  }
  return groups;
}

/** @param violations by one cause, at least one */
function toFinding(rule: AnyRule, violations: readonly SharedViolation[]): Finding {
  const ways = [...Map.groupBy(violations, ({ cause }) => cause.what).values()].map(toWay).sort(compareWays);
  const told = ways.map(toViolation);
  const [{ cause, severity }] = ways as [Way];
  const who = new Set(violations.map(({ subject }) => subject));
  const message = told[0]?.message ?? '';
  return {
    rule,
    severity,
    outcome: 'fail',
    subject: cause.subject,
    ...(cause.origin === undefined ? {} : { origin: cause.origin }),
    ...(cause.subject.namespace === undefined ? {} : { posture: 'cluster' }),
    message: told.length === 1 ? message : `${message} (and ${told.length - 1} more; ${who.size} subjects in all)`,
    violations: told,
  };
}

/** What is true of some by one cause. */
interface Way extends SharedViolation {
  readonly who: readonly SubjectRef[];
  readonly by: readonly string[];
}

/** @param violations at least one; several of one subject where several bindings give it the same */
function toWay(violations: readonly SharedViolation[]): Way {
  const [first] = violations as readonly [SharedViolation];
  const who = [...new Set(violations.map(({ subject }) => subject))];
  return { ...first, who, by: [...new Set(violations.map(({ cause }) => cause.by))] };
}

/** Worst first, then what is true of most. */
function compareWays(a: Way, b: Way): number {
  return (
    rankOf(a.severity) - rankOf(b.severity) || b.who.length - a.who.length || compareText(a.cause.what, b.cause.what)
  );
}

function toViolation({ cause: { path, observed, what }, who, by }: Way): Violation {
  const names = listSome(who.slice(0, mostNamed).map(nameOf), mostNamed, who.length);
  return { path, observed, message: `${names} ${what}; take away ${listSome(by, mostNamed)}, or narrow the role` };
}

function nameOf({ kind, namespace, name }: SubjectRef): string {
  return `${kind} ${JSON.stringify(namespace === undefined ? name : `${namespace}/${name}`)}`;
}
