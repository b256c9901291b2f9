/** Rules with parameters that the differential test holds new pods to: those of the product, and others at their edges. */
import { resolveParams } from '../../../src/core/params.ts';
import type { PodFamily } from '../../../src/core/enforcement.ts';
import type { Params } from '../../../src/core/params.ts';
import type { SelectedRule } from '../../../src/core/policy.ts';
import { rules } from '../../../src/rules/index.ts';

export interface RuleSet {
  readonly name: string;
  readonly family: PodFamily;
  readonly rules: readonly SelectedRule[];
  /** Whether it is also refused what a rule only notes, with severity info. */
  readonly refusesNoted: boolean;
}

/** Every rule of the family, those that a policy has to switch on, too. */
function selectWith(
  params: Readonly<Record<string, Params>>,
  family: PodFamily = 'pod-security',
): Omit<RuleSet, 'name'> {
  const ofFamily = rules
    .map((rule) => ({ rule, params: resolveParams(rule, params[rule.id]) }))
    .filter((one) => one.rule.enforce?.(one.params, { podSecurityVersion: undefined }).family === family);
  // Also with a digest: who has images pulled each time wants every image asked for.
  return { family, rules: ofFamily, refusesNoted: family === 'image-pulls' };
}

export const pulls: RuleSet = { name: 'pulls', ...selectWith({}, 'image-pulls') };
export const usual: RuleSet = { name: 'usual', ...selectWith({}) };

export const ruleSets: readonly RuleSet[] = [
  usual,
  {
    name: 'strict',
    ...selectWith({
      'pod-host-namespaces': { allowed: ['hostPID'] },
      // The token, which no manifest has yet, is one.
      'pod-volume-types': { allowed: ['projected'] },
      'pod-root-groups': { imageGroups: 'refuse' },
      'pod-run-as-group': { ranges: [{ min: 1000, max: 2000 }], mustBeSet: true },
      'pod-run-as-user': { ranges: [], mustBeSet: true },
      'pod-fs-group': { mustBeSet: true },
      'pod-supplemental-groups': { ranges: [{ min: 5, max: 5 }], mustBeSet: true },
      'pod-seccomp-profile': { allowed: ['Localhost/profiles/web.json', `Localhost/it's "ü" \\`, 'Unconfined', ''] },
      'pod-image-tag': { forbidden: ['1', 'v1.2', 'x_1'] },
    }),
  },
  {
    name: 'loose',
    ...selectWith({
      'pod-host-namespaces': { allowed: ['hostNetwork', 'hostPID', 'hostIPC'] },
      'pod-volume-types': { allowed: ['projected', 'hostPath', 'nfs', 'image', 'csi'] },
      'pod-root-groups': { imageGroups: 'ignore' },
      'pod-run-as-user': {
        ranges: [
          { min: 0, max: 0 },
          { min: 2, max: 2147483647 },
        ],
      },
      'pod-run-as-group': { ranges: [] },
      'pod-fs-group': { ranges: [] },
      'pod-supplemental-groups': { ranges: [{ min: 0, max: 0 }] },
      'pod-seccomp-profile': { allowed: ['Localhost', 'RuntimeDefault'] },
      'pod-image-tag': { forbidden: [] },
    }),
  },
];
