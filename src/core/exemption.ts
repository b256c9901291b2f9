/**
 * An exemption as it is in force: what people wrote, understood once for each version. Either kind, from a cluster or
 * from files. One that is not understood in full is not in force at all: a mistake never weakens.
 */
import type { ClusterHardeningExemption } from '../api/v1alpha1/cluster-hardening-exemption.ts';
import type { ClusterHardeningExemptionSpec } from '../api/v1alpha1/exemption.ts';
import type { HardeningExemption } from '../api/v1alpha1/hardening-exemption.ts';
import { compileGlob, isPattern, MAX_GLOB_LENGTH } from './glob.ts';
import type { Glob } from './glob.ts';
import { isMoment } from './moment.ts';
import { findSelectorProblem, selectRules } from './rule-selector.ts';
import type { AnyRule } from './rule.ts';
import { compareText } from './subject-ref.ts';

export type AnyExemption = HardeningExemption | ClusterHardeningExemption;

/** One that can be used. */
export interface Exemption {
  readonly kind: AnyExemption['kind'];
  /** Of a HardeningExemption: it is about nothing else. */
  readonly namespace?: string;
  readonly name: string;
  /** The ids of the rules that it is for. */
  readonly rules: ReadonlySet<string>;
  readonly subjects: readonly ExemptedSubject[];
  /** Milliseconds since 1970; undefined where it was not told: in files. */
  readonly createdMs: number | undefined;
  /** Milliseconds since 1970; Infinity where it does not end. */
  readonly expiresMs: number;
}

/** What one entry of `spec.subjects` describes; what it does not say it does not ask. */
export interface ExemptedSubject {
  readonly exemption: Exemption;
  readonly kind: string | undefined;
  readonly name: NamePattern;
  readonly namespace: NamePattern;
  readonly labels: readonly (readonly [string, string])[];
  readonly account: Glob | undefined;
  readonly container: Glob | undefined;
}

export interface NamePattern {
  /** Set where only one name will do. */
  readonly exact?: string;
  /** What every name starts with that will do. */
  readonly prefix: string;
  readonly matches: Glob;
}

export interface ExemptionProblem {
  readonly reason: 'UnknownRule' | 'Invalid';
  readonly message: string;
  /** The field that is wrong: `spec.rules[0]`. */
  readonly path: string;
}

export interface JudgedExemption {
  readonly object: AnyExemption;
  readonly problem: ExemptionProblem | undefined;
  /** Undefined where there is a problem. */
  readonly exemption: Exemption | undefined;
}

/** @param catalogue the rules of this Merlon */
export function judgeExemption(object: AnyExemption, catalogue: readonly AnyRule[]): JudgedExemption {
  const problem = findExemptionProblem(object.spec, catalogue);
  return { object, problem, exemption: problem === undefined ? buildExemption(object, catalogue) : undefined };
}

/** What is wrong with a spec that its schema admits; undefined if nothing is. */
export function findExemptionProblem(
  { rules, subjects, expiresAt }: ClusterHardeningExemptionSpec,
  catalogue: readonly AnyRule[],
): ExemptionProblem | undefined {
  for (const [index, selector] of rules.entries()) {
    const path = `spec.rules[${index}]`;
    if (selector.length > MAX_GLOB_LENGTH) return invalid(path, `is longer than ${MAX_GLOB_LENGTH} characters`);
    if (idsOf(selector, catalogue).length > 0) continue;
    const problem = findSelectorProblem(selector, catalogue);
    if (problem !== undefined) return { reason: 'UnknownRule', message: `${path} ${problem}`, path };
  }
  for (const [index, { name = '', namespace = '', serviceAccount = '', container = '' }] of subjects.entries()) {
    for (const [field, pattern] of Object.entries({ name, namespace, serviceAccount, container })) {
      const path = `spec.subjects[${index}].${field}`;
      // The API server counts characters, of which some are two for us.
      if (pattern.length > MAX_GLOB_LENGTH) return invalid(path, `is longer than ${MAX_GLOB_LENGTH} characters`);
    }
  }
  if (expiresAt !== undefined && !isMoment(expiresAt)) {
    return invalid('spec.expiresAt', `is "${expiresAt}", which is no time; write it as 2027-01-31T12:00:00Z`);
  }
  return undefined;
}

function invalid(path: string, what: string): ExemptionProblem {
  return { reason: 'Invalid', message: `${path} ${what}`, path };
}

function buildExemption({ kind, metadata, spec }: AnyExemption, catalogue: readonly AnyRule[]): Exemption {
  const { name, namespace, creationTimestamp } = metadata;
  const subjects: ExemptedSubject[] = [];
  const exemption: Exemption = {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    rules: new Set(spec.rules.flatMap((selector) => idsOf(selector, catalogue))),
    subjects,
    createdMs: creationTimestamp === undefined ? undefined : Date.parse(creationTimestamp),
    expiresMs: spec.expiresAt === undefined ? Infinity : Date.parse(spec.expiresAt),
  };
  for (const subject of spec.subjects as ClusterHardeningExemptionSpec['subjects']) {
    subjects.push({
      exemption,
      kind: subject.kind,
      name: toNamePattern(subject.name),
      // Of its own namespace, whatever a file says.
      namespace: toNamePattern(namespace ?? subject.namespace),
      labels: Object.entries(subject.labels ?? {}),
      account: subject.serviceAccount === undefined ? undefined : compileGlob(subject.serviceAccount),
      container: subject.container === undefined ? undefined : compileGlob(subject.container),
    });
  }
  return exemption;
}

function toNamePattern(pattern = '*'): NamePattern {
  const matches = compileGlob(pattern);
  return isPattern(pattern)
    ? { prefix: pattern.slice(0, pattern.indexOf('*')), matches }
    : { exact: pattern, prefix: pattern, matches };
}

const knownIds = new WeakMap<readonly AnyRule[], Map<string, readonly string[]>>();
/** Exemptions mostly name few selectors; beyond so many they are worked out anew. */
const MOST_SELECTORS = 1024;

/** Worked out once of each selector: ten thousand exemptions may say the same. */
function idsOf(selector: string, catalogue: readonly AnyRule[]): readonly string[] {
  const known = knownIds.get(catalogue) ?? new Map<string, readonly string[]>();
  knownIds.set(catalogue, known);
  let ids = known.get(selector);
  if (ids === undefined) {
    ids = selectRules(selector, catalogue).map(({ id }) => id);
    if (known.size >= MOST_SELECTORS) known.clear();
    known.set(selector, ids);
  }
  return ids;
}

/** `HardeningExemption/web`; within its namespace nothing else is called so. */
export function nameExemption({ kind, name }: Pick<Exemption, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

/** The oldest first, then by name; those of files, that have no age, last. */
export function compareExemptions(a: Exemption, b: Exemption): number {
  const byAge = (a.createdMs ?? Infinity) - (b.createdMs ?? Infinity);
  return Number.isNaN(byAge) || byAge === 0 ? compareText(a.name, b.name) : byAge;
}

/** Whether it may be about something in the posture of that namespace. */
export function concernsNamespace({ subjects }: Exemption, namespace: string): boolean {
  return subjects.some((subject) => subject.namespace.matches(namespace));
}

/** Whether some subject is told by nothing but labels, which whoever may set them can give to anything. */
export function matchesByLabelAlone({ subjects }: Exemption): boolean {
  return subjects.some(({ name, labels }) => labels.length > 0 && isAnything(name));
}

/** Whether it exempts its rules for everything that there is. */
export function matchesEverything({ subjects }: Exemption): boolean {
  return subjects.some(
    ({ exemption, kind, name, namespace, labels, account, container }) =>
      labels.length === 0 &&
      kind === undefined &&
      account === undefined &&
      container === undefined &&
      isAnything(name) &&
      (exemption.namespace !== undefined || isAnything(namespace)),
  );
}

/** `*`, or more stars. */
function isAnything({ matches }: NamePattern): boolean {
  return matches('');
}
