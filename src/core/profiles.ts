/** The named selections of rules that a policy may start from. */
import type { ProfileName } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { AnyRule } from './rule.ts';

export const DEFAULT_PROFILE: ProfileName = 'baseline';

/** Whether a rule is in a profile. */
export const profiles: Readonly<Record<ProfileName, (rule: AnyRule) => boolean>> = {
  /** What is in force without any policy. */
  baseline: isInForce,
  /** Also what costs work or is a matter of taste, as far as it means something without parameters. */
  restricted: (rule) => isInForce(rule) || isMeaningful(rule),
  cis: (rule) => hasControl(rule, 'cis-') && (isInForce(rule) || isMeaningful(rule)),
  nsa: (rule) => hasControl(rule, 'nsa/') && (isInForce(rule) || isMeaningful(rule)),
  all: () => true,
  none: () => false,
};

function isInForce({ inForce }: AnyRule): boolean {
  return inForce !== 'whereEnabled';
}

/** With the defaults of its parameters it can pass and fail; the others wait for somebody who sets them. */
function isMeaningful({ example }: AnyRule): boolean {
  return example.params === undefined;
}

function hasControl({ controls }: AnyRule, prefix: string): boolean {
  return controls.some((control) => control.startsWith(prefix));
}
