/** The status of an exemption: whether it exempts anything, what, and if not why not. */
import type { Condition } from '../api/v1alpha1/conditions.ts';
import type { exemptionReasons } from '../api/v1alpha1/conditions.ts';
import { MAX_LISTED_MATCHES } from '../api/v1alpha1/exemption.ts';
import type { ExemptionStatus } from '../api/v1alpha1/exemption.ts';
import { matchesByLabelAlone, matchesEverything } from './exemption.ts';
import type { Exemption, JudgedExemption } from './exemption.ts';
import { permissionOf } from './exemption-matcher.ts';
import type { ExemptionUse, Permission } from './exemption-matcher.ts';
import { MAX_OWN_EXEMPTIONS } from './exemption-table.ts';
import type { ExemptionTerms } from './exemption-terms.ts';
import { shortenSubject } from './posture.ts';
import type { AnyRule } from './rule.ts';
import { compareSubjects, compareText } from './subject-ref.ts';

/** What an exemption came to in one scope or in several, within bounds. */
export interface ExemptionTally {
  readonly matched: number;
  readonly refused: number;
  /** The first of them, by rule and subject. */
  readonly matches: ExemptionUse['matches'];
}

export const NOTHING_MATCHED: ExemptionTally = { matched: 0, refused: 0, matches: [] };

export function tallyOf({ matches, refused }: ExemptionUse): ExemptionTally {
  return { matched: matches.length, refused, matches: firstMatches(matches) };
}

export function addTallies(tallies: readonly ExemptionTally[]): ExemptionTally {
  return {
    matched: tallies.reduce((sum, { matched }) => sum + matched, 0),
    refused: tallies.reduce((sum, { refused }) => sum + refused, 0),
    matches: firstMatches(tallies.flatMap(({ matches }) => matches)),
  };
}

function firstMatches(matches: ExemptionUse['matches']): ExemptionUse['matches'] {
  return matches
    .toSorted((a, b) => compareText(a.rule, b.rule) || compareSubjects(a.subject, b.subject))
    .slice(0, MAX_LISTED_MATCHES);
}

export interface ExemptionView {
  readonly tally: ExemptionTally;
  /** Whether it is one of those of its namespace that count. */
  readonly isCounted: boolean;
  /** What policy says of exemptions wherever it may match: each different answer once. */
  readonly terms: readonly ExemptionTerms[];
  readonly rules: readonly AnyRule[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

type Verdict = Pick<Condition, 'status' | 'message'> & { readonly reason: keyof typeof exemptionReasons.Active };

/** @param now RFC 3339, second precision; used where the status of a condition changes */
export function buildExemptionStatus(judged: JudgedExemption, view: ExemptionView, now: string): ExemptionStatus {
  const { object, problem, exemption } = judged;
  const { metadata, spec, status } = object;
  const verdict = judgeActivity(judged, view);
  const { matched, matches } = verdict.status === 'True' ? view.tally : NOTHING_MATCHED;
  const toCondition = (type: string, found: Pick<Condition, 'status' | 'reason' | 'message'>): Condition => {
    const before = status?.conditions?.find((condition) => condition.type === type);
    return {
      type,
      ...found,
      observedGeneration: metadata.generation ?? 0,
      lastTransitionTime:
        before?.status === found.status && before.reason !== 'Pending' ? before.lastTransitionTime : now,
    };
  };
  return {
    observedGeneration: metadata.generation ?? 0,
    matched,
    matches: matches.map(({ rule, subject }) => ({ rule, subject: shortenSubject(subject) })),
    ...(spec.expiresAt === undefined ? {} : { expiresAt: spec.expiresAt }),
    matchesByLabelAlone: exemption !== undefined && matchesByLabelAlone(exemption),
    conditions: [
      toCondition('Active', verdict),
      toCondition(
        'Ready',
        problem === undefined
          ? { status: 'True', reason: 'Read', message: 'Merlon has read it; Active says what comes of it' }
          : { status: 'False', reason: problem.reason, message: problem.message },
      ),
    ],
  };
}

/** Whether it exempts anything at the moment, and why not. */
export function judgeActivity({ object, problem, exemption }: JudgedExemption, view: ExemptionView): Verdict {
  const inactive = (reason: Verdict['reason'], message: string): Verdict => ({ status: 'False', reason, message });
  if (exemption === undefined) {
    return inactive(problem?.reason ?? 'Invalid', `${problem?.message ?? 'it cannot be read'}; it exempts nothing`);
  }
  const { tally, isCounted, nowMs } = view;
  if (exemption.expiresMs <= nowMs) {
    return inactive('Expired', `it ended at ${object.spec.expiresAt ?? ''} and exempts nothing`);
  }
  if (!isCounted) {
    return inactive(
      'TooMany',
      `only the ${MAX_OWN_EXEMPTIONS} oldest exemptions of a namespace count, and this is not one of them`,
    );
  }
  const permissions = view.terms.flatMap((terms) => permissionsUnder(exemption, terms, view));
  const refusals = [...new Set(permissions.filter((one) => one !== 'permitted'))].map((one) => refusalTexts[one]);
  const why = refusals.join('; ');
  if (permissions.length > 0 && !permissions.includes('permitted')) return inactive('NotPermitted', why);
  if (tally.matched === 0) {
    return tally.refused > 0
      ? inactive('NotPermitted', why)
      : inactive('NoMatch', 'nothing that fails is described by it, so it exempts nothing');
  }
  const more = tally.refused === 0 ? '' : `; ${countOf(tally.refused)} more may not be exempted: ${why}`;
  const wide = matchesEverything(exemption) ? '; its subjects are everything that there is' : '';
  return { status: 'True', reason: 'Active', message: `it exempts ${countOf(tally.matched)}${more}${wide}` };
}

function countOf(findings: number): string {
  return findings === 1 ? '1 finding' : `${findings} findings`;
}

function permissionsUnder(
  exemption: Exemption,
  terms: ExemptionTerms,
  { rules, nowMs }: ExemptionView,
): readonly Permission[] {
  return rules.filter(({ id }) => exemption.rules.has(id)).map((rule) => permissionOf(exemption, rule, terms, nowMs));
}

const refusalTexts: Readonly<Record<Exclude<Permission, 'permitted'>, string>> = {
  never: 'spec.exemptions.never of a ClusterHardeningPolicy names what nobody may exempt',
  notDelegated:
    'a namespace exempts by itself only what spec.delegation.exempt of its ClusterHardeningPolicy names; ask for a ClusterHardeningExemption',
  livesTooLong:
    'it lives longer, from its creation to spec.expiresAt, than spec.exemptions.maxLifetimeDays of a ClusterHardeningPolicy allows',
};
