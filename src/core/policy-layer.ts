/** What one policy says, setting by setting, each with the field that says it: the layers that are laid over each other. */
import type { ClusterHardeningPolicySpec, ProfileName } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { HardeningPolicySpec } from '../api/v1alpha1/hardening-policy.ts';
import { builtInEnforcement, readEnforcement } from './enforcement-terms.ts';
import type { EnforcementSettings } from './enforcement-terms.ts';
import { resolveParams } from './params.ts';
import { DEFAULT_THRESHOLD } from './policy.ts';
import type { AcceptedOwnPolicy, AcceptedPolicy, PolicySource } from './accepted-policy.ts';
import { DEFAULT_PROFILE, profiles } from './profiles.ts';
import type { Said } from './said.ts';
import type { RemediationMode } from './remediation-terms.ts';
import type { AnyRule } from './rule.ts';
import { isRuleId, precisionOf, selectRules } from './rule-selector.ts';
import type { Severity } from './severity.ts';

/** What is said besides rules. */
export interface GeneralSettings extends EnforcementSettings {
  profile?: Said<ProfileName>;
  threshold?: Said<Severity>;
  maxLifetimeDays?: Said<number>;
  never?: Said<readonly string[]>;
  tighten?: Said<readonly string[]>;
  loosen?: Said<readonly string[]>;
  exempt?: Said<readonly string[]>;
  exemptEnforced?: Said<readonly string[]>;
  exemptByAnnotation?: Said<boolean>;
  delegatesRemediation?: Said<boolean>;
  mode?: Said<RemediationMode>;
  repairable?: Said<readonly string[]>;
  allowInUse?: Said<boolean>;
}

export interface PolicyLayer {
  readonly states: Map<AnyRule, Said<boolean>>;
  readonly severities: Map<AnyRule, Said<Severity>>;
  readonly params: Map<AnyRule, ReadonlyMap<string, Said<unknown>>>;
  readonly general: Readonly<GeneralSettings>;
}

/** The rule whose repair nobody has to list. */
export const DEFAULT_REPAIRABLE: readonly string[] = ['service-account-default-token-mount'];

/** What Merlon says itself: it is below every policy. */
export function readBuiltInLayer(catalogue: readonly AnyRule[]): PolicyLayer {
  const byDefault = <T>(value: T): Said<T> => ({ value, source: undefined, path: '' });
  return {
    states: new Map(catalogue.map((rule) => [rule, byDefault(profiles[DEFAULT_PROFILE](rule))])),
    severities: new Map(catalogue.map((rule) => [rule, byDefault(rule.severity)])),
    params: new Map(
      catalogue.map((rule) => [
        rule,
        new Map(Object.entries(resolveParams(rule)).map(([name, value]) => [name, byDefault(value)])),
      ]),
    ),
    general: {
      profile: byDefault(DEFAULT_PROFILE),
      threshold: byDefault(DEFAULT_THRESHOLD),
      tighten: byDefault(['*']),
      loosen: byDefault([]),
      exempt: byDefault([]),
      exemptEnforced: byDefault([]),
      exemptByAnnotation: byDefault(false),
      delegatesRemediation: byDefault(true),
      repairable: byDefault(DEFAULT_REPAIRABLE),
      allowInUse: byDefault(false),
      ...(Object.fromEntries(
        Object.entries(builtInEnforcement).map(([name, value]) => [name, byDefault(value)]),
      ) as EnforcementSettings),
    },
  };
}

/** @param policy one without problems */
export function readClusterLayer(policy: AcceptedPolicy, catalogue: readonly AnyRule[]): PolicyLayer {
  const { spec } = policy;
  const source = sourceOf(policy);
  const { exemptions = {}, delegation = {}, remediation = {} } = spec;
  const layer: PolicyLayer = {
    states: new Map(),
    severities: new Map(),
    params: new Map(),
    general: pickSaid(source, {
      profile: ['spec.profile', spec.profile],
      threshold: ['spec.threshold', spec.threshold],
      maxLifetimeDays: ['spec.exemptions.maxLifetimeDays', exemptions.maxLifetimeDays],
      never: ['spec.exemptions.never', exemptions.never],
      tighten: ['spec.delegation.tighten', delegation.tighten],
      loosen: ['spec.delegation.loosen', delegation.loosen],
      exempt: ['spec.delegation.exempt', delegation.exempt],
      exemptEnforced: ['spec.delegation.exemptEnforced', delegation.exemptEnforced],
      exemptByAnnotation: ['spec.delegation.exemptByAnnotation', delegation.exemptByAnnotation],
      delegatesRemediation: ['spec.delegation.remediation', delegation.remediation],
      mode: ['spec.remediation.mode', remediation.mode],
      repairable: ['spec.remediation.rules', remediation.rules],
      allowInUse: ['spec.remediation.allowInUse', remediation.allowInUse],
      ...readEnforcement(policy),
    }),
  };
  readProfile(spec, source, catalogue, layer);
  readSettings(spec.rules, source, catalogue, layer);
  return layer;
}

/** @param policy one without problems */
export function readOwnLayer(policy: AcceptedOwnPolicy, catalogue: readonly AnyRule[]): PolicyLayer {
  const { spec } = policy;
  const source = sourceOf(policy);
  const layer: PolicyLayer = {
    states: new Map(),
    severities: new Map(),
    params: new Map(),
    general: pickSaid(source, {
      threshold: ['spec.threshold', spec.threshold],
      mode: ['spec.remediation.mode', spec.remediation?.mode],
      repairable: ['spec.remediation.rules', spec.remediation?.rules],
    }),
  };
  readSettings(spec.rules, source, catalogue, layer);
  return layer;
}

export function sourceOf(policy: AcceptedPolicy | AcceptedOwnPolicy): PolicySource {
  const { name, generation } = policy;
  return 'namespace' in policy
    ? { kind: 'HardeningPolicy', namespace: policy.namespace, name, generation }
    : { kind: 'ClusterHardeningPolicy', name, generation };
}

type ValueOf<S> = S extends Said<infer T> | undefined ? T : never;
/** What stands there may be absent. */
type Fields = {
  readonly [Name in keyof GeneralSettings]: readonly [string, ValueOf<GeneralSettings[Name]> | undefined];
};

/** Of each setting its field and what stands there. */
function pickSaid(source: PolicySource, fields: Fields): GeneralSettings {
  const said = Object.entries(fields).flatMap(([name, [path, value]]) =>
    value === undefined ? [] : [[name, { value, source, path }]],
  );
  return Object.fromEntries(said) as GeneralSettings;
}

/** A profile says of each rule whether it applies. Whoever states what they expect wants it judged. */
function readProfile(
  { profile, expectations = [] }: ClusterHardeningPolicySpec,
  source: PolicySource,
  catalogue: readonly AnyRule[],
  { states }: PolicyLayer,
): void {
  for (const rule of catalogue) {
    if (rule.subject === 'Expectation' && expectations.length > 0) {
      states.set(rule, { value: true, source, path: 'spec.expectations' });
    } else if (profile !== undefined) {
      states.set(rule, { value: profiles[profile](rule), source, path: 'spec.profile' });
    }
  }
}

/** Controls first, then patterns, then ids, each in order: what comes later goes before what came earlier. */
function readSettings(
  settings: HardeningPolicySpec['rules'] = [],
  source: PolicySource,
  catalogue: readonly AnyRule[],
  { states, severities, params }: PolicyLayer,
): void {
  const ordered = settings
    .map((setting, index) => ({ setting, path: `spec.rules[${index}]` }))
    .toSorted((a, b) => precisionOf(a.setting.rule) - precisionOf(b.setting.rule));
  for (const { setting, path } of ordered) {
    const { rule: selector, state, severity } = setting;
    const isEnabling = state === undefined && (isRuleId(selector) || severity === undefined);
    for (const rule of selectRules(selector, catalogue)) {
      if (state !== undefined) states.set(rule, { value: state === 'Enabled', source, path: `${path}.state` });
      else if (isEnabling) states.set(rule, { value: true, source, path });
      if (severity !== undefined) severities.set(rule, { value: severity, source, path: `${path}.severity` });
      if (setting.params === undefined) continue;
      const entries = Object.entries(setting.params);
      params.set(
        rule,
        new Map(entries.map(([name, value]) => [name, { value, source, path: `${path}.params.${name}` }])),
      );
    }
  }
}
