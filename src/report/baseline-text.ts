/** Prints what fails today as exemptions of one namespace, one YAML document each, with what they are about in comments. */
import { BASELINE_NAME } from '../core/exemptions-of-today.ts';
import type { ExemptionOfToday } from '../core/exemptions-of-today.ts';
import { printStatedExemption } from './stated-exemption.ts';
import { comment } from './yaml-text.ts';

export interface BaselineTerms {
  readonly namespace: string;
  readonly reason: string;
  /** RFC 3339; absent for never. */
  readonly expiresAt?: string;
}

/** Tells what a baseline is made of from what somebody has thought about. */
export const BASELINE_LABEL = 'merlon.dev/baseline';

export function* printBaseline(
  exemptions: readonly ExemptionOfToday[],
  { namespace, reason, expiresAt }: BaselineTerms,
): Generator<string> {
  const failures = exemptions.reduce((sum, { rules, subjects }) => sum + rules.length * subjects.length, 0);
  yield comment(`What fails in namespace "${namespace}", as "merlon baseline" found it: ${failures} in all.`);
  yield comment('Take out what is repaired; what fails beyond this is a finding.');
  yield comment(
    'It counts for rules that spec.delegation.exempt of a ClusterHardeningPolicy lists, by default for none.',
  );
  const names = nameAll(exemptions);
  for (const [index, { rules, subjects }] of exemptions.entries()) {
    if (index > 0) yield '---\n';
    for (const { rule, severity } of rules) yield comment(`${severity}: ${rule.title}`);
    yield* printStatedExemption({
      name: names[index] ?? '',
      isOfCluster: false,
      namespace,
      labels: { [BASELINE_LABEL]: 'true' },
      spec: {
        rules: rules.map(({ rule }) => rule.id),
        subjects,
        reason,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      },
    });
  }
}

/** By the rule where it is one; otherwise by number. */
function nameAll(exemptions: readonly ExemptionOfToday[]): readonly string[] {
  const taken = new Map<string, number>();
  return exemptions.map(({ rules: [first, ...more] }) => {
    const name = first === undefined || more.length > 0 ? BASELINE_NAME : `${BASELINE_NAME}-${first.rule.id}`;
    const number = (taken.get(name) ?? 0) + 1;
    taken.set(name, number);
    return number === 1 ? name : `${name}-${number}`;
  });
}
