/**
 * What is in force in a namespace, and by whom, as far as it is known again: admission policies by their text, whoever
 * applied them, and the labels of Pod Security. What nobody knows again is not claimed.
 */
import type { mutatingPolicyBindingSpec, validatingPolicyBindingSpec } from '../../core/admission-shape.ts';
import { MAX_ENFORCERS } from '../../api/v1alpha1/namespace-enforcement.ts';
import type { NamespaceEnforcer } from '../../api/v1alpha1/namespace-enforcement.ts';
import { findUnaskedPolicies } from '../../core/asked-policies.ts';
import { matchesSelector } from '../../core/label-selector.ts';
import type { LabelSelector } from '../../core/label-selector.ts';
import type { AnyRule, Source } from '../../core/rule.ts';
import type { Infer } from '../../core/shape.ts';
import { factIfKnown, isReadable, NotObserved } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { resolveAdmissionPolicy } from '../../pod-security/admission.ts';
import type { AdmissionMode } from '../../pod-security/admission.ts';
import { levelLabel } from '../../pod-security/enforced-level.ts';
import type { EnforcementMode, PlannedPolicy } from './planned-policy.ts';
import { bindsByLabel, bindsEveryPod, isLabelKeeper, recogniseExecGuard } from './recognised-guard.ts';
import type { StoredPolicySpec } from './recognised-guard.ts';
import { keepsPulls } from './recognised-image-pulls.ts';
import { recognisePlanned, recognisePodPolicy } from './recognised-pod-policy.ts';
import type { KnownTexts } from './recognised-pod-policy.ts';
import { recogniseSetter } from './recognised-setter.ts';
import { EXEC_GUARD_NAME } from './exec-guard.ts';
import { LABEL_KEEPER_NAME, LABEL_SETTER_NAME } from './exec-label.ts';
import { PULLS_KEEPER_NAME } from './image-pulls-keeper.ts';
import { podFamilyPolicies } from './pod-family.ts';

type Labels = Readonly<Record<string, string>>;
type Binding = Infer<typeof validatingPolicyBindingSpec>;
type SettingBinding = Infer<typeof mutatingPolicyBindingSpec>;

/** What it is found out from. */
export const enforcerSources = [
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'Evidence',
] as const satisfies readonly Source[];

/** A policy of a cluster that is known again, by one of its bindings. */
export interface KnownEnforcer {
  readonly kind: PlannedPolicy['kind'];
  /** As in the posture; `exec-label` is what keeps the label of pods that the guard spares, or sets it. */
  readonly what: string;
  readonly policy: string;
  readonly rules?: readonly string[];
  /** Whether it spares pods by that label. */
  readonly isByLabel?: true;
  /** Of the policy, and then of a binding. */
  readonly selectors: readonly (LabelSelector | undefined)[];
  readonly mode: EnforcementMode | 'on';
}

/** @returns none where they cannot be read, or where it is not known that every API server asks them */
export function findKnownEnforcers(
  snapshot: Snapshot,
  planned: readonly PlannedPolicy[],
  catalogue: readonly AnyRule[],
): readonly KnownEnforcer[] {
  const texts = { planned, catalogue, minor: readMinor(snapshot) };
  return [...findRefusing(snapshot, texts), ...findSetting(snapshot, texts)];
}

function findSetting(snapshot: Snapshot, texts: KnownTexts): readonly KnownEnforcer[] {
  const kind = 'MutatingAdmissionPolicy';
  if (!areRead(snapshot, kind) || !areAsked(snapshot, 'mutatingAdmissionPolicy')) return [];
  const bindings = [...snapshot.list(`${kind}Binding`)].flatMap(({ spec }) => spec ?? []);
  return [...snapshot.list(kind)].flatMap(({ metadata, spec }): readonly KnownEnforcer[] => {
    const known = recogniseSetter(spec, texts);
    if (known === undefined) return [];
    const { name, rules } = known;
    return bindings
      .filter((one) => one.policyName === metadata.name && bindsAll(one))
      .map(({ matchResources }) => ({
        ...{ kind, what: nameFamily(name), policy: metadata.name, mode: 'on' },
        ...(rules === undefined ? {} : { rules }),
        selectors: [spec?.matchConstraints?.namespaceSelector, matchResources?.namespaceSelector],
      }));
  });
}

function findRefusing(snapshot: Snapshot, texts: KnownTexts): readonly KnownEnforcer[] {
  const kind = 'ValidatingAdmissionPolicy';
  if (!areRead(snapshot, kind) || !areAsked(snapshot, 'validatingAdmissionPolicy')) return [];
  const bindings = [...snapshot.list(`${kind}Binding`)].flatMap(({ spec }) => spec ?? []);
  return [...snapshot.list(kind)].flatMap(({ metadata, spec }): readonly KnownEnforcer[] => {
    const known = recognise(spec, texts);
    if (known === undefined) return [];
    const isGuard = known.what === 'exec';
    return bindings
      .filter((one) => one.policyName === metadata.name)
      .flatMap((one): readonly KnownEnforcer[] => {
        const isByLabel = isGuard && bindsByLabel(one);
        const mode = modeOf(one, isGuard);
        if (mode === undefined || !(isByLabel || (isGuard ? bindsEveryPod(one) : bindsAll(one)))) return [];
        const selectors = [spec?.matchConstraints?.namespaceSelector, one.matchResources?.namespaceSelector];
        return [{ ...known, kind, policy: metadata.name, selectors, mode, ...(isByLabel ? { isByLabel } : {}) }];
      });
  });
}

type Recognised = Pick<KnownEnforcer, 'what' | 'rules'>;

function recognise(spec: StoredPolicySpec | undefined, texts: KnownTexts): Recognised | undefined {
  const planned = recognisePlanned(spec, texts.planned);
  if (planned !== undefined) {
    const { name, rules } = planned;
    return { what: nameFamily(name), ...(rules === undefined ? {} : { rules }) };
  }
  for (const family of ['pod-security', 'image-pulls'] as const) {
    const rules = recognisePodPolicy(spec, texts, family);
    if (rules !== undefined) return { what: nameFamily(podFamilyPolicies[family]), rules };
  }
  if (keepsPulls(spec)) return { what: nameFamily(PULLS_KEEPER_NAME) };
  if (recogniseExecGuard(spec) !== undefined) return { what: 'exec' };
  return isLabelKeeper(spec) ? { what: KEEPER } : undefined;
}

const KEEPER = 'exec-label';

function nameFamily(policy: string): string {
  if (policy === EXEC_GUARD_NAME) return 'exec';
  if (policy === PULLS_KEEPER_NAME) return nameFamily(podFamilyPolicies['image-pulls']);
  return policy === LABEL_KEEPER_NAME || policy === LABEL_SETTER_NAME ? KEEPER : policy.replace(/^merlon-/, '');
}

function areRead(snapshot: Snapshot, kind: PlannedPolicy['kind']): boolean {
  return [kind, `${kind}Binding` as const].every((one) => isReadable(snapshot.observation(one)));
}

/** @param known of the cluster. @returns always in the same order */
export function findEnforcers(
  namespace: string,
  labels: Labels,
  known: readonly KnownEnforcer[],
  snapshot: Snapshot,
): readonly NamespaceEnforcer[] {
  const all = { ...labels, 'kubernetes.io/metadata.name': namespace };
  const here = known.filter(({ selectors }) =>
    selectors.every((one) => one === undefined || matchesSelector(one, all)),
  );
  const isLabelHonest = here.some(({ what, mode }) => what === KEEPER && mode === 'deny');
  const isSparingRightly = (): boolean =>
    isReadable(snapshot.observation('PodAccess')) && !snapshot.podAccess().hasWronglySparedPods(namespace);
  const policies = here
    .filter(({ what, isByLabel = false }) => what !== KEEPER && (!isByLabel || (isLabelHonest && isSparingRightly())))
    .map(({ kind, what, mode, policy, rules }): NamespaceEnforcer => ({
      what,
      mode,
      by: `${kind}/${policy}`,
      ...(rules === undefined ? {} : { rules: [...rules] }),
    }));
  const found = [...policies, ...findLevels(labels, snapshot)];
  const unique = new Map(found.map((one) => [`${one.what} ${one.mode} ${one.by}`, one]));
  return [...unique]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one)
    .slice(0, MAX_ENFORCERS);
}

const modesOfLabels = { enforce: 'deny', warn: 'warn', audit: 'audit' } as const satisfies Record<
  AdmissionMode,
  EnforcementMode
>;

/** Of Pod Security, where every API server heeds its labels. */
function findLevels(labels: Labels, snapshot: Snapshot): readonly NamespaceEnforcer[] {
  if (!isReadable(snapshot.observation('Evidence'))) return [];
  if (!snapshot.apiServers().every((server) => factIfKnown(server, 'podSecurity')?.value === true)) return [];
  const { policy } = resolveAdmissionPolicy(labels);
  return (['enforce', 'warn', 'audit'] as const).flatMap((mode): readonly NamespaceEnforcer[] => {
    const label = levelLabel(mode);
    const { level } = policy[mode];
    return Object.hasOwn(labels, label) && level !== 'privileged'
      ? [{ what: `pss/${level}`, mode: modesOfLabels[mode], by: label }]
      : [];
  });
}

function areAsked(snapshot: Snapshot, plugin: `${'validating' | 'mutating'}AdmissionPolicy`): boolean {
  try {
    return findUnaskedPolicies(snapshot, plugin) === undefined;
  } catch (error) {
    if (error instanceof NotObserved) return false;
    throw error;
  }
}

function readMinor(snapshot: Snapshot): number | undefined {
  try {
    return snapshot.podSecurityVersion();
  } catch (error) {
    if (error instanceof NotObserved) return undefined;
    throw error;
  }
}

/** Whether it takes nothing from the policy but namespaces. */
function bindsAll({ paramRef, matchResources = {} }: Partial<Binding & SettingBinding>): boolean {
  const { objectSelector = {}, resourceRules = [], excludeResourceRules = [] } = matchResources;
  const { matchLabels = {}, matchExpressions = [] } = objectSelector;
  const selected = Object.keys(matchLabels).length + matchExpressions.length;
  return paramRef === undefined && selected + resourceRules.length + excludeResourceRules.length === 0;
}

/** Who connects to a pod is shown no warnings. */
function modeOf({ validationActions = [] }: Binding, isSilent: boolean): EnforcementMode | undefined {
  if (validationActions.includes('Deny')) return 'deny';
  if (!isSilent && validationActions.includes('Warn')) return 'warn';
  return validationActions.includes('Audit') ? 'audit' : undefined;
}
