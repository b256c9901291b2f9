/**
 * The one matcher: what of a finding somebody accepted, asked by operator, scan and repair alike. Pure: the present
 * moment is an argument.
 */
import { EXEMPT_ANNOTATION_PREFIX } from '../api/v1alpha1/group.ts';
import type { ContainersAt, ExemptedWorkload } from './exempted-workload.ts';
import { nameExemption } from './exemption.ts';
import type { ExemptedSubject, Exemption } from './exemption.ts';
import type { ExemptionTable } from './exemption-table.ts';
import type { ExemptionTerms } from './exemption-terms.ts';
import { isExemptByAnnotation } from './exemption-annotation.ts';
import type { Glob } from './glob.ts';
import type { Finding } from './finding.ts';
import { messageOf } from './judgement.ts';
import type { AnyRule, Violation } from './rule.ts';
import { MalformedField } from './shape.ts';
import type { SubjectRef } from './subject-ref.ts';
import { isReadable } from './snapshot.ts';
import type { Input, Observation } from './snapshot.ts';
import type { Scope } from './scope.ts';

const DAY_MS = 86_400_000;

/** What one exemption came to in one scope. */
export interface ExemptionUse {
  /** What it exempts, in whole or in part. */
  readonly matches: { readonly rule: string; readonly subject: SubjectRef }[];
  /** How many findings it describes without being allowed to exempt them. */
  refused: number;
}

/** Of what is no workload. */
const NO_WORKLOAD: ExemptedWorkload = { containersAt: () => [], accounts: () => [], isOwnerUnread: false };

/** Why an exemption counts for a rule or does not. */
export type Permission = 'permitted' | 'never' | 'notDelegated' | 'livesTooLong';

/** Whether policy lets it exempt that rule. @param nowMs stands for its creation where that is not known */
export function permissionOf(exemption: Exemption, rule: AnyRule, terms: ExemptionTerms, nowMs: number): Permission {
  if (livesTooLong(exemption, terms, nowMs)) return 'livesTooLong';
  if (terms.isNever(rule)) return 'never';
  return exemption.namespace === undefined || terms.mayNamespaceExempt(rule) ? 'permitted' : 'notDelegated';
}

function livesTooLong(
  { createdMs, expiresMs }: Exemption,
  { maxLifetimeDays }: ExemptionTerms,
  nowMs: number,
): boolean {
  return maxLifetimeDays !== undefined && !(expiresMs - (createdMs ?? nowMs) <= maxLifetimeDays * DAY_MS);
}

/** What is accepted, and when that is asked. */
export interface GivenExemptions {
  readonly table: ExemptionTable;
  /** How well either kind could be read. */
  readonly inputs: readonly Observation[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Undefined where nothing can be exempt, which then costs nothing. */
export function matchExemptions(
  exemptions: GivenExemptions | undefined,
  terms: ExemptionTerms,
  scope: Scope,
): ExemptionMatcher | undefined {
  if (exemptions === undefined || (exemptions.table.isEmpty && !terms.byAnnotation)) return undefined;
  const { table, nowMs, inputs } = exemptions;
  const unread = inputs.filter((input) => !isReadable(input)).map(({ source }) => source);
  return new ExemptionMatcher({ table, terms, scope, nowMs, unread });
}

export interface MatcherOptions {
  readonly table: ExemptionTable;
  readonly terms: ExemptionTerms;
  /** Whose posture is made. */
  readonly scope: Scope;
  /** The kinds that cannot be read any more: what was taken back there exempts nothing. By default none. */
  readonly unread?: readonly Input[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** The exemptions of one scope at one moment. */
export class ExemptionMatcher {
  readonly #options: MatcherOptions;
  readonly #unread: readonly Input[];
  readonly uses = new Map<Exemption, ExemptionUse>();

  constructor(options: MatcherOptions) {
    this.#options = options;
    this.#unread = options.unread ?? [];
  }

  /** @returns the finding as it was, or exempt, or with what is left of its violations */
  apply(finding: Finding, workload: ExemptedWorkload = NO_WORKLOAD): Finding {
    if (finding.outcome !== 'fail') return finding;
    const { table, terms, scope } = this.#options;
    const { containersAt } = workload;
    const posture = scope === 'cluster' ? undefined : scope.namespace;
    // A namespace is in its own posture, and is what is meant by its name.
    const namespace = finding.subject.kind === 'Namespace' ? finding.subject.name : finding.subject.namespace;
    const subject = namespace === undefined ? finding.subject : { ...finding.subject, namespace };
    let exemptedBy: Exemption | undefined;
    let left = finding.violations;
    let partly: Exemption | undefined;
    for (const candidates of table.candidates(subject, posture)) {
      for (const candidate of candidates) {
        if (!this.#describes(candidate, finding, namespace, workload)) continue;
        const { container, exemption } = candidate;
        if (container === undefined) {
          if (this.#mayExempt(exemption, finding)) exemptedBy ??= exemption;
          continue;
        }
        const isIn = (one: Violation): boolean => isInContainer(one, container, containersAt);
        if (!finding.violations.some(isIn) || !this.#mayExempt(exemption, finding)) continue;
        partly ??= exemption;
        left = left.filter((one) => !isIn(one));
      }
    }
    exemptedBy ??= left.length === 0 ? partly : undefined;
    if (exemptedBy !== undefined) return { ...finding, outcome: 'exempt', exemption: nameExemption(exemptedBy) };
    if (isExemptByAnnotation(finding, workload, terms)) {
      return { ...finding, outcome: 'exempt', exemption: `${EXEMPT_ANNOTATION_PREFIX}${finding.rule.id}` };
    }
    return partly === undefined ? finding : { ...finding, violations: left, message: messageOf(left) };
  }

  #describes(
    { exemption, kind, name, namespace: namespacePattern, labels, account }: ExemptedSubject,
    { rule, subject, origin }: Finding,
    namespace: string | undefined,
    workload: ExemptedWorkload,
  ): boolean {
    return (
      (kind === undefined || kind === subject.kind) &&
      name.matches(subject.name) &&
      exemption.rules.has(rule.id) &&
      !this.#unread.includes(exemption.kind) &&
      namespacePattern.matches(namespace ?? '') &&
      (labels.length === 0 || (!workload.isOwnerUnread && hasLabels(origin, labels))) &&
      (account === undefined || runsAs(workload, account)) &&
      exemption.expiresMs > this.#options.nowMs
    );
  }

  /** Takes note of what becomes of it, whichever exemption it is that decides. */
  #mayExempt(exemption: Exemption, { rule, subject }: Finding): boolean {
    const { terms, nowMs } = this.#options;
    let use = this.uses.get(exemption);
    if (use === undefined) this.uses.set(exemption, (use = { matches: [], refused: 0 }));
    if (permissionOf(exemption, rule, terms, nowMs) !== 'permitted') {
      use.refused += 1;
      return false;
    }
    // Several of its subjects may describe the same one, one after the other.
    const last = use.matches.at(-1);
    if (last?.rule !== rule.id || last.subject !== subject) use.matches.push({ rule: rule.id, subject });
    return true;
  }
}

/** Where revisions differ, in whichever it may be. */
function isInContainer({ path }: Violation, container: Glob, containersAt: ContainersAt): boolean {
  const names = containersAt(path);
  return names.length > 0 && names.every(container);
}

/** Whatever of it runs, or would next; what is no workload runs as nobody. */
function runsAs({ accounts }: ExemptedWorkload, account: Glob): boolean {
  const names = accounts();
  return names.length > 0 && names.every((name) => name !== undefined && account(name));
}

/** @param origin the `metadata` of the object; nothing of what has no object, or whose labels are not read or malformed */
function hasLabels(origin: object | undefined, labels: ExemptedSubject['labels']): boolean {
  try {
    const found = (origin as { readonly labels?: Readonly<Record<string, string>> } | undefined)?.labels;
    return found !== undefined && labels.every(([key, value]) => Object.hasOwn(found, key) && found[key] === value);
  } catch (error) {
    if (error instanceof MalformedField) return false;
    throw error;
  }
}
