/** What the policies come to besides rules: the terms of exemptions and of repair. */
import type { ExemptionTerms } from './exemption-terms.ts';
import type { GeneralSettings } from './policy-layer.ts';
import type { Said } from './said.ts';
import type { RemediationMode, RemediationTerms } from './remediation-terms.ts';
import type { AnyRule } from './rule.ts';
import { selectRules } from './rule-selector.ts';

export function buildExemptionTerms(
  { maxLifetimeDays, never, exempt, exemptEnforced, exemptByAnnotation }: GeneralSettings,
  catalogue: readonly AnyRule[],
): ExemptionTerms {
  const [isNever, mayNamespaceExempt, ofEnforced] = [never, exempt, exemptEnforced].map((said) =>
    among(said?.value ?? [], catalogue),
  );
  return {
    ...(maxLifetimeDays === undefined ? {} : { maxLifetimeDays: maxLifetimeDays.value }),
    isNever: (rule) => isNever?.has(rule.id) ?? false,
    mayNamespaceExempt: (rule) => mayNamespaceExempt?.has(rule.id) ?? false,
    mayNamespaceExemptEnforced: ({ id }) => mayNamespaceExempt?.has(id) === true && ofEnforced?.has(id) === true,
    byAnnotation: exemptByAnnotation?.value ?? false,
  };
}

/** What the namespace's own policies ask for. */
export interface AskedRemediation {
  readonly mode: Said<RemediationMode> | undefined;
  /** The ids of the rules that all of them list; undefined where none lists any. */
  readonly repairable: ReadonlySet<string> | undefined;
}

export function buildRemediationTerms(
  { mode, repairable, allowInUse, delegatesRemediation }: GeneralSettings,
  asked: AskedRemediation | undefined,
  catalogue: readonly AnyRule[],
): RemediationTerms {
  const listed = among(repairable?.value ?? [], catalogue);
  return {
    ...(mode === undefined ? {} : { ceiling: mode.value }),
    mayRepair: ({ id }) => listed.has(id) && (asked?.repairable === undefined || asked.repairable.has(id)),
    allowInUse: allowInUse?.value ?? false,
    namespacesMaySwitchOn: delegatesRemediation?.value ?? true,
    ...(asked?.mode === undefined ? {} : { asked: asked.mode.value }),
    ...(asked?.mode?.source === undefined ? {} : { askedBy: asked.mode.source }),
  };
}

/** The ids of all rules that one of the selectors selects. */
export function among(selectors: readonly string[], catalogue: readonly AnyRule[]): ReadonlySet<string> {
  return new Set(selectors.flatMap((selector) => selectRules(selector, catalogue).map(({ id }) => id)));
}
