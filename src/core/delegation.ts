/**
 * What a namespace's own policies may change of what the cluster policies say: to tighten and to loosen are delegated rule
 * by rule. What goes beyond is left out and reported, never followed by half.
 */
import { isDeepStrictEqual } from 'node:util';

import { IgnoredSettings } from './ignored-settings.ts';
import type { IgnoredSetting } from './ignored-settings.ts';
import type { AcceptedOwnPolicy } from './accepted-policy.ts';
import type { GeneralSettings, PolicyLayer } from './policy-layer.ts';
import type { Said } from './said.ts';
import { among } from './policy-terms.ts';
import type { AskedRemediation } from './policy-terms.ts';
import { remediationModes } from './remediation-terms.ts';
import type { RemediationMode } from './remediation-terms.ts';
import type { AnyRule } from './rule.ts';
import { rankOf } from './severity.ts';

interface OwnLayer {
  readonly policy: AcceptedOwnPolicy;
  readonly layer: PolicyLayer;
}

export interface DelegatedSettings {
  readonly settings: PolicyLayer;
  readonly ignored: ReadonlyMap<AcceptedOwnPolicy, readonly IgnoredSetting[]>;
  readonly asked: AskedRemediation;
}

/** @param own the strongest first */
export function delegateTo(
  base: PolicyLayer,
  own: readonly OwnLayer[],
  catalogue: readonly AnyRule[],
): DelegatedSettings {
  const ignored = new Map(own.map(({ policy }) => [policy, new IgnoredSettings()]));
  const report = (policy: AcceptedOwnPolicy): IgnoredSettings => ignored.get(policy) ?? new IgnoredSettings();
  const may = readDelegation(base.general, catalogue);
  const states = choose(
    own,
    ({ states: said }) => said,
    report,
    (rule, { value }) => {
      if (value === base.states.get(rule)?.value) return undefined;
      return value ? may.tighten(rule) : may.loosen(rule);
    },
  );
  /** Where the namespace itself enabled a rule, nothing that it sets of it can weaken anything. */
  const isOwn = (rule: AnyRule): boolean => states.get(rule)?.value === true && base.states.get(rule)?.value === false;
  const severities = choose(
    own,
    ({ severities: said }) => said,
    report,
    (rule, { value }) => {
      const before = base.severities.get(rule)?.value ?? rule.severity;
      if (isSame(base.severities.get(rule), value) || isOwn(rule)) return undefined;
      // Some places that break a rule are worth less than the rule: to state its own severity raises them.
      return rankOf(value) <= rankOf(before) ? may.tighten(rule) : may.loosen(rule);
    },
  );
  const params = chooseParams(own, base, report, (rule) => (isOwn(rule) ? undefined : may.change(rule)));
  const threshold = chooseThreshold(own, base.general, may, report);
  return {
    settings: {
      states: layOver(base.states, states, (before, { value }) => before?.value === value),
      severities: layOver(base.severities, severities, (before, { value }) => isSame(before, value)),
      params: layOver(base.params, params, () => false),
      general: threshold === undefined ? base.general : { ...base.general, threshold },
    },
    asked: chooseRemediation(own, base.general, report, catalogue),
    ignored: new Map([...ignored].map(([policy, settings]) => [policy, settings.list()])),
  };
}

/** Why not; undefined where nothing stands in the way. */
type Objection = string | undefined;

interface Delegation {
  tighten(rule: AnyRule): Objection;
  loosen(rule: AnyRule): Objection;
  change(rule: AnyRule): Objection;
  readonly lowerThreshold: Objection;
  readonly raiseThreshold: Objection;
}

function readDelegation({ tighten, loosen }: GeneralSettings, catalogue: readonly AnyRule[]): Delegation {
  const tightened = tighten?.value ?? [];
  const loosened = loosen?.value ?? [];
  const [mayTighten, mayLoosen] = [among(tightened, catalogue), among(loosened, catalogue)];
  const notIn = (what: string, field: string): string =>
    `${what} is not delegated to namespaces: no cluster policy lists it in spec.delegation.${field}`;
  return {
    tighten: ({ id }) => (mayTighten.has(id) ? undefined : notIn(`to tighten rule "${id}"`, 'tighten')),
    loosen: ({ id }) => (mayLoosen.has(id) ? undefined : notIn(`to loosen rule "${id}"`, 'loosen')),
    change: ({ id }) =>
      mayLoosen.has(id) ? undefined : notIn(`to change parameters of rule "${id}", which may loosen it,`, 'loosen'),
    lowerThreshold: tightened.includes('*') ? undefined : notIn('to lower the threshold ("*")', 'tighten'),
    raiseThreshold: loosened.includes('*') ? undefined : notIn('to raise the threshold ("*")', 'loosen'),
  };
}

type Report = (policy: AcceptedOwnPolicy) => IgnoredSettings;

/** Of each rule what the first policy says that may say it. */
function choose<T>(
  own: readonly OwnLayer[],
  saidBy: (layer: PolicyLayer) => ReadonlyMap<AnyRule, Said<T>>,
  report: Report,
  objectTo: (rule: AnyRule, said: Said<T>) => Objection,
): ReadonlyMap<AnyRule, Said<T>> {
  const chosen = new Map<AnyRule, Said<T>>();
  for (const { policy, layer } of own) {
    for (const [rule, said] of saidBy(layer)) {
      const objection = objectTo(rule, said);
      const before = chosen.get(rule);
      if (objection !== undefined) report(policy).notDelegated(said.path, objection);
      else if (before === undefined) chosen.set(rule, said);
      else if (!isDeepStrictEqual(before.value, said.value)) report(policy).overruled(said, before);
    }
  }
  return chosen;
}

/** Parameters are laid over each other one by one. */
function chooseParams(
  own: readonly OwnLayer[],
  base: PolicyLayer,
  report: Report,
  objectTo: (rule: AnyRule) => Objection,
): PolicyLayer['params'] {
  const chosen: PolicyLayer['params'] = new Map();
  for (const { policy, layer } of own) {
    for (const [rule, set] of layer.params) {
      for (const [name, said] of set) {
        const here = chosen.get(rule) ?? base.params.get(rule);
        const stands = here?.get(name);
        if (isDeepStrictEqual(stands?.value, said.value)) continue;
        const objection = objectTo(rule);
        if (objection !== undefined) report(policy).notDelegated(said.path, objection);
        else if (stands?.source?.kind === 'HardeningPolicy') report(policy).overruled(said, stands);
        else chosen.set(rule, new Map([...(here ?? []), [name, said]]));
      }
    }
  }
  return chosen;
}

function chooseThreshold(
  own: readonly OwnLayer[],
  { threshold: base }: GeneralSettings,
  { lowerThreshold, raiseThreshold }: Delegation,
  report: Report,
): GeneralSettings['threshold'] {
  let chosen: GeneralSettings['threshold'];
  for (const { policy, layer } of own) {
    const { threshold: said } = layer.general;
    if (said === undefined || base === undefined) continue;
    const isRaising = rankOf(said.value) < rankOf(base.value);
    const objection = said.value === base.value ? undefined : isRaising ? raiseThreshold : lowerThreshold;
    if (objection !== undefined) report(policy).notDelegated(said.path, objection);
    else if (chosen === undefined) chosen = said;
    else if (chosen.value !== said.value) report(policy).overruled(said, chosen);
  }
  return chosen;
}

/** Here the most restrictive counts, whoever says it. That the ceiling is lower is for repair to say. */
function chooseRemediation(
  own: readonly OwnLayer[],
  { repairable, delegatesRemediation }: GeneralSettings,
  report: Report,
  catalogue: readonly AnyRule[],
): AskedRemediation {
  const listed = among(repairable?.value ?? [], catalogue);
  let mode: Said<RemediationMode> | undefined;
  let rules: ReadonlySet<string> | undefined;
  for (const { policy, layer } of own) {
    const { mode: said, repairable: only } = layer.general;
    if (said !== undefined && said.value !== 'off' && delegatesRemediation?.value === false) {
      report(policy).notDelegated(said.path, 'to switch remediation on is not delegated: spec.delegation.remediation');
    }
    if (said !== undefined && (mode === undefined || isLess(said.value, mode.value))) mode = said;
    for (const [index, selector] of (only?.value ?? []).entries()) {
      if (![...among([selector], catalogue)].some((id) => listed.has(id))) {
        const objection = `no cluster policy lets "${selector}" be repaired: spec.remediation.rules`;
        report(policy).notDelegated(`spec.remediation.rules[${index}]`, objection);
      }
    }
    if (only === undefined) continue;
    const these = among(only.value, catalogue);
    rules = rules === undefined ? these : intersect(rules, these);
  }
  return { mode, repairable: rules };
}

function intersect(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a].filter((id) => b.has(id)));
}

function isLess(a: RemediationMode, b: RemediationMode): boolean {
  return remediationModes.indexOf(a) < remediationModes.indexOf(b);
}

/** Whether a policy says it already. */
function isSame<T>(before: Said<T> | undefined, value: T): boolean {
  return before?.source !== undefined && before.value === value;
}

/** @returns the map itself where nothing is laid over it */
function layOver<V>(
  base: Map<AnyRule, V>,
  chosen: ReadonlyMap<AnyRule, V>,
  isThere: (before: V | undefined, chosen: V) => boolean,
): Map<AnyRule, V> {
  const changes = [...chosen].filter(([rule, value]) => !isThere(base.get(rule), value));
  return changes.length === 0 ? base : new Map([...base, ...changes]);
}
