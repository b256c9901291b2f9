/** Where each setting of a merged policy comes from, in the order in which people look for it. */
import { attestationsInForce, describeAttestation, listAttestations } from './attestation.ts';
import { printFactValue } from './attested-value.ts';
import { keepOutBesides } from './enforcement-terms.ts';
import type { AcceptedPolicy } from './accepted-policy.ts';
import { sourceOf } from './policy-layer.ts';
import type { GeneralSettings } from './policy-layer.ts';
import type { Said } from './said.ts';
import type { MergedPolicy } from './policy-merge.ts';
import type { PolicyOrigin } from './remediation-terms.ts';
import type { AnyRule } from './rule.ts';
import type { Scope } from './scope.ts';

/** One setting, and who says it. */
export interface ExplainedSetting {
  /** `threshold`, `remediation.mode`, `rules.pod-host-ports.severity`. */
  readonly setting: string;
  readonly value: unknown;
  /** Undefined where nobody says anything, or Merlon itself does. */
  readonly source: PolicyOrigin | undefined;
  /** The field of the policy; empty where Merlon says it. */
  readonly path: string;
  /** What is to be known of it besides. */
  readonly remark?: string;
}

/** All that is decided of one rule. */
export function explainRuleSettings({ settings }: MergedPolicy, rule: AnyRule): readonly ExplainedSetting[] {
  const { states, severities, params } = settings;
  const name = `rules.${rule.id}`;
  return [
    ...explain(
      `${name}.state`,
      mapSaid(states.get(rule), (isEnabled) => (isEnabled ? 'Enabled' : 'Disabled')),
    ),
    ...explain(`${name}.severity`, severities.get(rule)),
    ...[...(params.get(rule) ?? [])].flatMap(([param, said]) => explain(`${name}.params.${param}`, said)),
  ];
}

/** What some policy says of rules. */
export function explainChangedRules(merged: MergedPolicy, catalogue: readonly AnyRule[]): readonly ExplainedSetting[] {
  return catalogue.flatMap((rule) =>
    explainRuleSettings(merged, rule).filter(({ source, path }) => source !== undefined && path !== 'spec.profile'),
  );
}

/** What is decided besides rules. */
export function explainGeneralSettings({ settings, policy }: MergedPolicy, scope: Scope): readonly ExplainedSetting[] {
  const modeByDefault = scope === 'cluster' ? 'off' : 'apply for default accounts, plan for all else';
  const { general } = settings;
  const nobody = (value: unknown): Said<unknown> => ({ value, source: undefined, path: '' });
  const { asked, askedBy } = policy.remediation;
  return [
    ...explain('profile', general.profile),
    ...explain('threshold', general.threshold),
    ...explain('exemptions.maxLifetimeDays', general.maxLifetimeDays ?? nobody('unlimited')),
    ...explain('exemptions.never', general.never ?? nobody([])),
    ...explain('delegation.tighten', general.tighten),
    ...explain('delegation.loosen', general.loosen),
    ...explain('delegation.exempt', general.exempt),
    ...explain('delegation.exemptEnforced', general.exemptEnforced),
    ...explain('delegation.exemptByAnnotation', general.exemptByAnnotation),
    ...explain('delegation.remediation', general.delegatesRemediation),
    ...explain('remediation.mode', general.mode ?? nobody(modeByDefault)),
    ...explain('remediation.rules', general.repairable),
    ...explain('remediation.allowInUse', general.allowInUse),
    ...(asked === undefined || askedBy === undefined
      ? []
      : [{ setting: 'remediation asked for', value: asked, source: askedBy, path: 'spec.remediation.mode' }]),
    // Of the whole cluster; a namespace is told what somebody says of it.
    ...explainEnforcement(general).filter(({ source }) => scope === 'cluster' || source !== undefined),
  ];
}

function explainEnforcement(general: GeneralSettings): readonly ExplainedSetting[] {
  const nobody = (value: unknown): Said<unknown> => ({ value, source: undefined, path: '' });
  return [
    ...explain('enforcement.mode', general.enforcementMode ?? nobody('off')),
    ...explain('enforcement.withoutLabel', general.enforcedWithoutLabel),
    ...explain('enforcement.families', general.enforcedFamilies),
    ...explain('enforcement.rules', general.enforcedRules ?? nobody('all in force that can be')),
    ...explain('enforcement.namespacesOut', {
      ...(general.namespacesOut ?? nobody([])),
      value: keepOutBesides(general.namespacesOut?.value ?? []),
    }),
    ...explain('enforcement.breakGlassGroups', general.breakGlassGroups),
    ...explain('enforcement.exec.connections', general.guardedConnections),
    ...explain('enforcement.exec.ephemeralContainers', general.guardsDebugContainers),
    ...explain('enforcement.exec.hostNetwork', general.guardsHostNetwork),
    ...explain('enforcement.exec.byLabel', general.guardsByLabel),
    ...explain('enforcement.podDefaults.rules', general.defaultingRules ?? nobody('all in force that set something')),
    ...explain('enforcement.serviceAccounts.tokenSecrets', general.refusesTokenSecrets),
    ...explain('enforcement.rbac.clusterAdmins', general.clusterAdmins ?? nobody('anybody')),
    ...explain('enforcement.cluster.nodesProxy', general.nodesProxyMode ?? nobody('off')),
    ...explain('enforcement.cluster.rbac', general.clusterRbacMode ?? nobody('off')),
  ];
}

/** What is attested of the API server, for where nobody observes it. @param nowMs milliseconds since 1970 */
export function explainAttestations(policies: readonly AcceptedPolicy[], nowMs: number): readonly ExplainedSetting[] {
  return attestationsInForce(listAttestations(policies), nowMs).flatMap((one) => {
    const policy = policies.find(({ name }) => name === one.policy);
    const { fact, value, path, evidence } = one;
    return policy === undefined
      ? []
      : [
          {
            setting: `attestations.${fact}`,
            value: printFactValue(value),
            source: sourceOf(policy),
            path,
            remark: `where it is not observed; ${describeAttestation(one)} (${evidence})`,
          },
        ];
  });
}

function explain(setting: string, said: Said<unknown> | undefined): readonly ExplainedSetting[] {
  return said === undefined ? [] : [{ setting, ...said }];
}

function mapSaid<T, U>(said: Said<T> | undefined, map: (value: T) => U): Said<U> | undefined {
  return said === undefined ? undefined : { ...said, value: map(said.value) };
}
