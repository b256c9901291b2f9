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
import type { AnyRule, Source } from '../../core/rule.ts';
import type { Infer } from '../../core/shape.ts';
import { factIfKnown, isReadable, NotObserved } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { resolveAdmissionPolicy } from '../../pod-security/admission.ts';
import type { AdmissionMode } from '../../pod-security/admission.ts';
import { levelLabel } from '../../pod-security/enforced-level.ts';
import type { Level } from '../../pod-security/registry.ts';
import type { PolicyVersion } from '../../pod-security/version.ts';
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
  /** Of a family that is made of rules: the same, with the parameters that its text was printed with. */
  readonly heldTo?: readonly SelectedRule[];
  /** Whether it spares pods by that label. */
  readonly isByLabel?: true;
  /** Of the policy, and then of a binding. */
  readonly selectors: readonly (LabelSelector | undefined)[];
  readonly mode: EnforcementMode | 'on';
}

/**
 * @param plannedBy the rules that planned policies are made of, with their parameters
 * @returns none where they cannot be read, or where it is not known that every API server asks them
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
    const heldTo = texts.catalogue
      .filter(({ id }) => rules.includes(id))
      .map((rule) => ({ rule, params: resolveParams(rule) }));
    return { what: nameFamily(podFamilyPolicies[family]), rules, heldTo };
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
  const here = selectHere(namespace, labels, known);
  const isLabelHonest = here.some(({ what, mode }) => what === KEEPER && mode === 'deny');
  const isSparingRightly = (): boolean =>
    isReadable(snapshot.observation('PodAccess')) && !snapshot.podAccess().hasWronglySparedPods(namespace);
  const policies = here
    .filter(({ what, isByLabel = false }) => what !== KEEPER && (!isByLabel || (isLabelHonest && isSparingRightly())))
    .map((one): NamespaceEnforcer => ({
      what: one.what,
      mode: one.mode,
      by: nameEnforcer(one),
      ...(one.rules === undefined ? {} : { rules: [...one.rules] }),
    }));
  const levels = findLabelledLevels(labels, snapshot).map(({ label, mode, level }): NamespaceEnforcer => ({
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

const modesOfLabels = { enforce: 'deny', warn: 'warn', audit: 'audit' } as const satisfies Record<
  AdmissionMode,
  EnforcementMode
>;

/** A level of Pod Security that a label of a namespace asks for. */
export interface LabelledLevel {
  readonly label: string;
  readonly mode: EnforcementMode;
  readonly level: Exclude<Level, 'privileged'>;
  readonly version: PolicyVersion | 'latest';
}

/** @returns none where it is not known that every API server heeds labels of Pod Security */
export function findLabelledLevels(labels: Labels, snapshot: Snapshot): readonly LabelledLevel[] {
  if (!isReadable(snapshot.observation('Evidence'))) return [];
  if (!snapshot.apiServers().every((server) => factIfKnown(server, 'podSecurity')?.value === true)) return [];
  const { policy } = resolveAdmissionPolicy(labels);
  return (['enforce', 'warn', 'audit'] as const).flatMap((asked): readonly LabelledLevel[] => {
    const label = levelLabel(asked);
    const { level, version } = policy[asked];
    return Object.hasOwn(labels, label) && level !== 'privileged'
      ? [{ label, mode: modesOfLabels[asked], level, version }]
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
