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
import { resolveParams } from '../../core/params.ts';
import type { SelectedRule } from '../../core/policy.ts';
import type { AnyRule } from '../../core/rule.ts';
import type { Source } from '../../core/source.ts';
import type { Infer } from '../../core/shape.ts';
import { factIfKnown, isReadable, NotObserved } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
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
import { findLabelledLevels } from './labelled-levels.ts';
import { podFamilyPolicies } from './pod-family.ts';
import { predictorOf } from './predicted-pod.ts';
import type { Predict } from './predicted-pod.ts';

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
  /** Of a family that is made of rules: the same, with the parameters that its text was printed with. */
  readonly heldTo?: readonly SelectedRule[];
  /** Whether it is asked about pods alone, and not about what makes them. */
  readonly isOfPods?: true;
  /** Of one that sets something in pods: what becomes of them. */
  readonly predict?: Predict;
  /** Whether it spares pods by that label. */
  readonly isByLabel?: true;
  /** Of the policy, and then of a binding. */
  readonly selectors: readonly (LabelSelector | undefined)[];
  /** `unknown` of one that sets something, where nobody knows whether it is asked by every API server, and about all. */
  readonly mode: EnforcementMode | 'on' | 'unknown';
}

/**
 * @param plannedBy the rules that planned policies are made of, with their parameters
 * @returns none where they cannot be read, and none that refuses where it is not known that every API server asks it
 */
export function findKnownEnforcers(
  snapshot: Snapshot,
  planned: readonly PlannedPolicy[],
  catalogue: readonly AnyRule[],
  plannedBy: readonly SelectedRule[] = [],
): readonly KnownEnforcer[] {
  const texts = { planned, catalogue, plannedBy, minor: readMinor(snapshot) };
  return [...findRefusing(snapshot, texts), ...findSetting(snapshot, texts)];
}

function findSetting(snapshot: Snapshot, texts: KnownTexts): readonly KnownEnforcer[] {
  const kind = 'MutatingAdmissionPolicy';
  if (!areRead(snapshot, kind) || isAskedNowhere(snapshot)) return [];
  const isAsked = areAsked(snapshot, 'mutatingAdmissionPolicy');
  const bindings = [...snapshot.list(`${kind}Binding`)].flatMap(({ spec }) => spec ?? []);
  return [...snapshot.list(kind)].flatMap(({ metadata, spec }): readonly KnownEnforcer[] => {
    const known = recogniseSetter(spec, texts);
    if (known === undefined) return [];
    const { name, rules } = known;
    const predict = predictorOf(known, asSelected(texts.catalogue));
    return bindings
      .filter((one) => one.policyName === metadata.name)
      .map((one) => ({
        ...{ kind, what: nameFamily(name), policy: metadata.name, mode: isAsked && bindsAll(one) ? 'on' : 'unknown' },
        ...(rules === undefined ? {} : { rules }),
        ...(predict === undefined ? {} : { predict }),
        selectors: [spec?.matchConstraints?.namespaceSelector, one.matchResources?.namespaceSelector],
      }));
  });
}

/** What policies that refuse are recognised by. */
interface RefusingTexts extends KnownTexts {
  readonly plannedBy: readonly SelectedRule[];
}

function findRefusing(snapshot: Snapshot, texts: RefusingTexts): readonly KnownEnforcer[] {
  const kind = 'ValidatingAdmissionPolicy';
  if (!areRead(snapshot, kind) || !areAsked(snapshot, 'validatingAdmissionPolicy')) return [];
  const bindings = [...snapshot.list(`${kind}Binding`)].flatMap(({ spec }) => spec ?? []);
  return [...snapshot.list(kind)].flatMap(({ metadata, spec }): readonly KnownEnforcer[] => {
    const known = recognise(spec, texts);
    if (known === undefined) return [];
    const isGuard = known.what === 'exec';
    const ofPods = isOfPods(spec) ? { isOfPods: true as const } : {};
    return bindings
      .filter((one) => one.policyName === metadata.name)
      .flatMap((one): readonly KnownEnforcer[] => {
        const isByLabel = isGuard && bindsByLabel(one);
        const mode = modeOf(one, isGuard);
        if (mode === undefined || !(isByLabel || (isGuard ? bindsEveryPod(one) : bindsAll(one)))) return [];
        const selectors = [spec?.matchConstraints?.namespaceSelector, one.matchResources?.namespaceSelector];
        const byLabel = isByLabel ? { isByLabel } : {};
        return [{ ...known, kind, policy: metadata.name, selectors, mode, ...ofPods, ...byLabel }];
      });
  });
}

type Recognised = Pick<KnownEnforcer, 'what' | 'rules' | 'heldTo'>;

function recognise(spec: StoredPolicySpec | undefined, texts: RefusingTexts): Recognised | undefined {
  const planned = recognisePlanned(spec, texts.planned);
  if (planned !== undefined) {
    const { name, rules } = planned;
    const what = nameFamily(name);
    if (rules === undefined) return { what };
    return { what, rules, heldTo: texts.plannedBy.filter(({ rule }) => rules.includes(rule.id)) };
  }
  for (const family of ['pod-security', 'image-pulls'] as const) {
    const rules = recognisePodPolicy(spec, texts, family);
    if (rules === undefined) continue;
    const heldTo = asSelected(texts.catalogue.filter(({ id }) => rules.includes(id)));
    return { what: nameFamily(podFamilyPolicies[family]), rules, heldTo };
  }
  if (keepsPulls(spec)) return { what: nameFamily(PULLS_KEEPER_NAME), heldTo: selectOfPulls(texts) };
  if (recogniseExecGuard(spec) !== undefined) return { what: 'exec' };
  return isLabelKeeper(spec) ? { what: KEEPER } : undefined;
}

/** What is kept is the same for whichever rule of the family says so, so that its text names none. */
function selectOfPulls({ catalogue, minor }: KnownTexts): readonly SelectedRule[] {
  return asSelected(catalogue).filter(
    ({ rule, params }) => rule.enforce?.(params, { podSecurityVersion: minor }).family === 'image-pulls',
  );
}

/** With the parameters that they have by default. */
function asSelected(rules: readonly AnyRule[]): readonly SelectedRule[] {
  return rules.map((rule) => ({ rule, params: resolveParams(rule) }));
}

function isOfPods(spec: StoredPolicySpec | undefined): boolean {
  const rules = spec?.matchConstraints?.resourceRules ?? [];
  return rules.flatMap(({ resources = [] }) => resources).every((resource) => /^pods(\/|$)/.test(resource));
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
  const here = selectHere(namespace, labels, known);
  const isLabelHonest = here.some(({ what, mode }) => what === KEEPER && mode === 'deny');
  const isSparingRightly = (): boolean =>
    isReadable(snapshot.observation('PodAccess')) && !snapshot.podAccess().hasWronglySparedPods(namespace);
  const policies = here
    .flatMap((one) => (one.mode === 'unknown' ? [] : [{ ...one, mode: one.mode }]))
    .filter(({ what, isByLabel = false }) => what !== KEEPER && (!isByLabel || (isLabelHonest && isSparingRightly())))
    .map((one): NamespaceEnforcer => ({
      what: one.what,
      mode: one.mode,
      by: nameEnforcer(one),
      ...(one.rules === undefined ? {} : { rules: [...one.rules] }),
    }));
  const levels = findLabelledLevels(labels, snapshot)
    .filter(({ follows }) => follows === undefined)
    .map(({ label, mode, level }): NamespaceEnforcer => ({
      what: `pss/${level}`,
      mode,
      by: label,
    }));
  const found = [...policies, ...levels];
  const unique = new Map(found.map((one) => [`${one.what} ${one.mode} ${one.by}`, one]));
  return [...unique]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one)
    .slice(0, MAX_ENFORCERS);
}

export function nameEnforcer({ kind, policy }: Pick<KnownEnforcer, 'kind' | 'policy'>): string {
  return `${kind}/${policy}`;
}

/** Those of the cluster that a namespace is asked about. */
export function selectHere(
  namespace: string,
  labels: Labels,
  known: readonly KnownEnforcer[],
): readonly KnownEnforcer[] {
  const all = { ...labels, 'kubernetes.io/metadata.name': namespace };
  return known.filter(({ selectors }) => selectors.every((one) => one === undefined || matchesSelector(one, all)));
}

function areAsked(snapshot: Snapshot, plugin: `${'validating' | 'mutating'}AdmissionPolicy`): boolean {
  try {
    return findUnaskedPolicies(snapshot, plugin) === undefined;
  } catch (error) {
    if (error instanceof NotObserved) return false;
    throw error;
  }
}

/** What sets something. */
function isAskedNowhere(snapshot: Snapshot): boolean {
  if (!isReadable(snapshot.observation('Evidence'))) return false;
  return snapshot.apiServers().every((server) => factIfKnown(server, 'mutatingAdmissionPolicy')?.value === false);
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
