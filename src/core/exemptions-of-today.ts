/** What fails today, as exemptions of as few objects as say it: rules, and the subjects that break each of them. */
import { OWN_EXEMPTION_KIND } from '../api/v1alpha1/hardening-exemption.ts';
import { nameExemption } from './exemption.ts';
import type { Finding } from './finding.ts';
import type { AnyRule } from './rule.ts';
import { rankOf, severities } from './severity.ts';
import type { Severity } from './severity.ts';
import { compareText } from './subject-ref.ts';

export interface ExemptionOfToday {
  /** Every one of them fails on every one of the subjects; worst first. */
  readonly rules: readonly FailedRule[];
  readonly subjects: readonly { readonly kind: string; readonly name: string }[];
}

export interface FailedRule {
  readonly rule: AnyRule;
  /** The worst that it finds in the namespace: mostly the rule's own, unless a policy or a finding knows better. */
  readonly severity: Severity;
}

export interface Limits {
  /** In one exemption. */
  readonly rules: number;
  readonly subjects: number;
  /** How many exemptions count. */
  readonly exemptions: number;
}

interface Cell {
  readonly rule: FailedRule;
  readonly subject: string;
}

/**
 * One exemption of each rule, worst first: whoever repairs something takes out a line, and a new failure is a new line.
 * Only where that are more than count, one of all subjects that break the same rules.
 *
 * @param findings of one namespace; only those are asked that fail, or would if it were not for an earlier baseline
 * @returns undefined where even that are more than count
 */
export function buildExemptionsOfToday(
  findings: readonly Finding[],
  limits: Limits,
): readonly ExemptionOfToday[] | undefined {
  const failures = findings.filter((finding) => finding.outcome === 'fail' || isOfBaseline(finding));
  const rules = new Map(
    [...Map.groupBy(failures, ({ rule }) => rule)].map(([rule, some]) => [rule, failed(rule, some)]),
  );
  const cells = failures.flatMap(({ rule: found, subject: { kind, name } }): readonly Cell[] => {
    const rule = rules.get(found);
    return rule === undefined ? [] : [{ rule, subject: JSON.stringify([kind, name]) }];
  });
  const ways = [groupByRule, groupByRules].map((group) => group(cells).flatMap((one) => cut(one, limits)));
  return ways.find(({ length }) => length <= limits.exemptions);
}

/** What such an exemption is called, before what tells it from others: by that it is known again. */
export const BASELINE_NAME = 'baseline';

function isOfBaseline({ outcome, exemption = '' }: Finding): boolean {
  const name = nameExemption({ kind: OWN_EXEMPTION_KIND, name: BASELINE_NAME });
  return outcome === 'exempt' && (exemption === name || exemption.startsWith(`${name}-`));
}

function failed(rule: AnyRule, findings: readonly Finding[]): FailedRule {
  const worst = Math.min(...new Set(findings.map(({ severity }) => rankOf(severity))));
  return { rule, severity: severities[worst] ?? rule.severity };
}

function groupByRule(cells: readonly Cell[]): readonly ExemptionOfToday[] {
  return [...Map.groupBy(cells, ({ rule }) => rule)]
    .toSorted(([a], [b]) => compareRules(a, b))
    .map(([rule, some]) => ({ rules: [rule], subjects: toSubjects(some.map(({ subject }) => subject)) }));
}

function groupByRules(cells: readonly Cell[]): readonly ExemptionOfToday[] {
  const broken = [...Map.groupBy(cells, ({ subject }) => subject)].map(([subject, some]) => {
    const rules = [...new Set(some.map(({ rule }) => rule))].toSorted(compareRules);
    return { subject, rules, key: rules.map(({ rule }) => rule.id).join(' ') };
  });
  return [...Map.groupBy(broken, ({ key }) => key)]
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([, some]) => ({
      rules: some[0]?.rules ?? [],
      subjects: toSubjects(some.map(({ subject }) => subject)),
    }));
}

function cut({ rules, subjects }: ExemptionOfToday, limits: Limits): readonly ExemptionOfToday[] {
  return chunk(rules, limits.rules).flatMap((someRules) =>
    chunk(subjects, limits.subjects).map((someSubjects) => ({ rules: someRules, subjects: someSubjects })),
  );
}

function chunk<T>(all: readonly T[], length: number): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / length);
  return Array.from({ length: count }, (_, index) => all.slice(index * length, (index + 1) * length));
}

/** Each once, in the order of their kinds and names. */
function toSubjects(keys: readonly string[]): ExemptionOfToday['subjects'] {
  return [...new Set(keys)]
    .map((key) => JSON.parse(key) as readonly [string, string])
    .map(([kind, name]) => ({ kind, name }))
    .toSorted((a, b) => compareText(a.kind, b.kind) || compareText(a.name, b.name));
}

function compareRules(a: FailedRule, b: FailedRule): number {
  return rankOf(a.severity) - rankOf(b.severity) || compareText(a.rule.id, b.rule.id);
}
