/** The exemptions that `merlon enforce` is given, as conditions; of what cannot be one it says why. */
import type { ExemptionTerms } from '../core/exemption-terms.ts';
import type { AnyRule } from '../core/rule.ts';
import { systemClock } from '../kube/system-clock.ts';
import { planExemptions } from '../enforcement/plan/exemption-conditions.ts';
import type { ExemptionConditions } from '../enforcement/plan/exemption-conditions.ts';
import { printable } from '../report/terminal.ts';
import { loadHardeningExemptions } from '../scan/hardening-exemptions.ts';
import { reportInput } from './input-report.ts';
import type { CommandStreams } from './output.ts';

/** What policies say of exemptions. */
export interface StatedTerms {
  /** All of them together. */
  readonly anywhere: ExemptionTerms;
  /** Undefined where no policy was read. */
  readonly inNamespace: ((namespace: string) => ExemptionTerms | undefined) | undefined;
}

/** @returns undefined where a file holds something that cannot be used, which is said */
export async function readEnforcedExemptions(
  files: readonly string[],
  { anywhere, inNamespace }: StatedTerms,
  rules: readonly AnyRule[],
  streams: CommandStreams,
): Promise<ExemptionConditions | undefined> {
  const loaded = await loadHardeningExemptions(files, streams, rules);
  reportInput(loaded, streams.stderr);
  if (loaded.problems.length > 0) return undefined;
  const conditions = planExemptions(loaded.exemptions, {
    rules: rules.filter((rule) => rule.enforce !== undefined),
    terms: anywhere,
    ...(inNamespace === undefined ? {} : { termsIn: inNamespace }),
    nowMs: systemClock.wallTimeMs(),
    isReplanned: false,
  });
  for (const { name, message } of conditions.refused) {
    streams.stderr.write(`counts for nothing here: ${printable(name)} ${message}\n`);
  }
  return conditions;
}
