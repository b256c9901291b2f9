/**
 * What would be refused where a namespace were set to deny: everything in it is judged as if it were made anew, by the rules
 * that the planned policies are made of and by the one evaluator, with the exemptions that came to be conditions of them.
 *
 * What is declared is judged, which is what is sent to the API server, and what runs, which is what admission has made of
 * it: the next pod may come out the same, with what would be set in it by then.
 */
import type { Evaluator } from '../../core/evaluate.ts';
import { ExemptionMatcher } from '../../core/exemption-matcher.ts';
import type { ExemptionTable } from '../../core/exemption-table.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../core/exemption-terms.ts';
import type { ExemptionTerms } from '../../core/exemption-terms.ts';
import { FindingCollector } from '../../core/finding-collector.ts';
import type { Finding } from '../../core/finding.ts';
import type { ObjectOf } from '../../core/kinds.ts';
import { matchesSelector } from '../../core/label-selector.ts';
import type { SelectedRule } from '../../core/policy.ts';
import { readOr } from '../../core/shape.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { SnapshotWithPods } from '../../core/snapshot-with-pods.ts';
import { compareSubjects, keyOf } from '../../core/subject-ref.ts';
import type { SubjectRef } from '../../core/subject-ref.ts';
import { isMirrorPod } from '../../core/token-mounts.ts';
import { workloadsOf } from '../../core/workload.ts';
import type { EnforcementCeiling } from '../../core/enforcement-terms.ts';
import { ENFORCE_LABEL } from './namespace-modes.ts';
import { isOfNamespaces } from './planned-policy.ts';
import type { EnforcementMode, PlannedPolicy, PlannedValidatingPolicy } from './planned-policy.ts';
import { LABEL_KEEPER_NAME } from './exec-label.ts';
import { previewExecLabel } from './exec-label-preview.ts';
import { findExecTargets } from './exec-targets.ts';
import type { ExecTarget } from './exec-targets.ts';
import { previewDefaultTokens } from './default-token-preview.ts';
import { refusesNoted } from './pod-family.ts';
import { predictAll, predictorOf } from './predicted-pod.ts';
import type { GuardFindings, PreviewedFinding } from './previewed-finding.ts';
import { findPullsWithoutSecrets } from './pull-secrets.ts';
import { CLUSTER_RBAC_GUARD_NAME, RBAC_GUARD_NAME } from './rbac-guard.ts';
import { previewRbac } from './rbac-preview.ts';
import { SERVICE_ACCOUNTS_NAME } from './service-accounts.ts';

export interface PreviewOptions {
  readonly policies: readonly PlannedPolicy[];
  /** With which parameters the policies hold objects to a rule; a rule that is missing here is not judged. */
  readonly rules: readonly SelectedRule[];
  /** Those that came to be conditions, for the rules that these are for; undefined where there are none. */
  readonly exemptions: PreviewedExemptions | undefined;
  readonly evaluator: Evaluator;
  readonly snapshot: Snapshot;
}

export interface PreviewedExemptions {
  readonly table: ExemptionTable;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export interface NamespacePreview {
  readonly namespace: string;
  /** What the label of the namespace asks for now, as far as it is planned. */
  readonly mode: EnforcementCeiling;
  /** One for each rule and workload: what would be refused, what a condition lets through, what nobody can tell. */
  readonly refused: readonly PreviewedFinding[];
  readonly exempt: readonly PreviewedFinding[];
  readonly undecided: readonly PreviewedFinding[];
  /** Names of policies that refuse something new of which nobody can tell what is there. */
  readonly notPreviewed: readonly string[];
  /** Into which exec would be refused; undefined where the guard is not planned. */
  readonly execTargets: readonly ExecTarget[] | undefined;
  /** Which may fail to pull once every pull needs credentials; undefined where that is not planned. */
  readonly withoutPullSecrets: readonly SubjectRef[] | undefined;
}

type Labels = Readonly<Record<string, string>>;

/** @returns undefined for a namespace in which nothing of it can ever be in force */
export function previewNamespace(
  namespace: string,
  labels: Labels,
  options: PreviewOptions,
): NamespacePreview | undefined {
  const { policies, snapshot } = options;
  const denied = { ...labels, [ENFORCE_LABEL]: 'deny' };
  const concerned = policies.filter((policy) => isOfNamespaces(policy) && modeIn(policy, namespace, denied) !== 'off');
  if (concerned.length === 0) return undefined;
  const isByLabel = (policy: PlannedPolicy): boolean =>
    modeIn(policy, namespace, { ...labels, [ENFORCE_LABEL]: 'off' }) === 'off';
  const findings = judge(namespace, concerned, options);
  const ofOutcome = (outcome: Finding['outcome']) => findings.filter(({ finding }) => finding.outcome === outcome);
  const guards = previewGuards(concerned, namespace, snapshot);
  return {
    namespace,
    mode: mostOf(concerned.filter(isByLabel).map((policy) => modeIn(policy, namespace, labels))),
    refused: [...ofOutcome('fail'), ...guards.flatMap(({ refused }) => refused)],
    exempt: ofOutcome('exempt'),
    undecided: [...ofOutcome('unknown'), ...guards.flatMap(({ undecided }) => undecided)],
    notPreviewed: findUnpreviewed(concerned),
    execTargets: findExecTargets(concerned, namespace, snapshot),
    withoutPullSecrets: findPullsWithoutSecrets(concerned, namespace, snapshot),
  };
}

/** Workloads, and roles and bindings, each once. */
export function countRefused({ refused }: Pick<NamespacePreview, 'refused'>): number {
  return new Set(refused.map(({ finding }) => keyOf(finding.subject))).size;
}

/** Guards that are made of no rule, each of which looks at what is there itself. */
const guardPreviews: Readonly<
  Record<string, (policy: PlannedValidatingPolicy, namespace: string, snapshot: Snapshot) => GuardFindings>
> = {
  [SERVICE_ACCOUNTS_NAME]: (_, namespace, snapshot) => previewDefaultTokens(namespace, snapshot),
  [RBAC_GUARD_NAME]: previewRbac,
  [LABEL_KEEPER_NAME]: (_, namespace, snapshot) => previewExecLabel(namespace, snapshot),
};

function previewGuards(
  policies: readonly PlannedPolicy[],
  namespace: string,
  snapshot: Snapshot,
): readonly GuardFindings[] {
  return policies.flatMap((policy) =>
    policy.kind === 'ValidatingAdmissionPolicy'
      ? (guardPreviews[policy.name]?.(policy, namespace, snapshot) ?? [])
      : [],
  );
}

/** What is in no namespace, which no label decides about. @returns undefined where nothing of it is planned */
export function previewCluster(policies: readonly PlannedPolicy[], snapshot: Snapshot): ClusterPreview | undefined {
  const policy = policies.find(({ name }) => name === CLUSTER_RBAC_GUARD_NAME);
  if (policy?.kind !== 'ValidatingAdmissionPolicy') return undefined;
  const { name, bindings } = policy;
  return { policy: name, mode: bindings[0]?.mode ?? 'off', ...previewRbac(policy, undefined, snapshot) };
}

export interface ClusterPreview extends GuardFindings {
  /** Which refuses it. */
  readonly policy: string;
  /** What is planned. */
  readonly mode: EnforcementCeiling;
}

/** Policies that refuse something new of which nobody can tell what is there: Merlon reads no Secrets. */
function findUnpreviewed(policies: readonly PlannedPolicy[]): readonly string[] {
  return policies
    .filter(
      ({ kind, name, rules }) =>
        kind === 'ValidatingAdmissionPolicy' &&
        rules === undefined &&
        !isGuard(name) &&
        !Object.hasOwn(guardPreviews, name),
    )
    .map(({ name }) => name);
}

/** What guards ways into what is there: nothing that exists would be refused but what `guardPreviews` finds. */
function isGuard(name: string): boolean {
  return name.startsWith('merlon-exec-');
}

const ranked: readonly EnforcementCeiling[] = ['off', 'audit', 'warn', 'deny'];

function mostOf(modes: readonly EnforcementCeiling[]): EnforcementCeiling {
  return ranked.findLast((mode) => modes.includes(mode)) ?? 'off';
}

/** As the API server asks: the policy's own selector, and then each binding's. What sets something is on, or off. */
export function modeIn(policy: PlannedPolicy, namespace: string, labels: Labels): EnforcementCeiling {
  const all = { ...labels, 'kubernetes.io/metadata.name': namespace };
  if (!matchesSelector(policy.spec.matchConstraints.namespaceSelector, all)) return 'off';
  const modes: readonly (EnforcementMode | 'on')[] = policy.bindings
    .filter(({ spec }) => matchesSelector(spec.matchResources?.namespaceSelector ?? {}, all))
    .map(({ mode }) => mode);
  return mostOf(modes.map((mode) => (mode === 'on' ? 'deny' : mode)));
}

function selectRules(policies: readonly PlannedPolicy[], rules: readonly SelectedRule[]): readonly SelectedRule[] {
  // What keeps a value is broken by no pod as it is set, which is how it comes there, and is not asked about templates.
  const refusing = policies.filter((one) => one.kind === 'ValidatingAdmissionPolicy' && one.keeps === undefined);
  const ids = new Set(refusing.flatMap((policy) => policy.rules ?? []));
  // Whatever a policy calls the rule: what of it is only noted is told by the places that break it.
  return rules.filter(({ rule }) => ids.has(rule.id)).map(({ rule, params }) => ({ rule, params }));
}

/** By rules. */
interface JudgedFinding extends PreviewedFinding {
  readonly finding: Finding;
}

function judge(
  namespace: string,
  concerned: readonly PlannedPolicy[],
  { evaluator, snapshot, exemptions, rules: inForce }: PreviewOptions,
): readonly JudgedFinding[] {
  const rules = selectRules(concerned, inForce);
  if (rules.length === 0) return [];
  const noted = new Set(rules.filter(refusesNoted).map(({ rule }) => rule.id));
  const scope = { namespace };
  const judgeIn = (one: Snapshot): readonly Finding[] => {
    const collector = new FindingCollector('open');
    collector.exemptBy(
      exemptions === undefined ? undefined : new ExemptionMatcher({ ...exemptions, scope, terms: permitted }),
    );
    evaluator.judge(scope, rules, one, collector);
    return collector
      .finish()
      .findings.filter(
        ({ rule, outcome, severity }) => outcome !== 'fail' || severity !== 'info' || noted.has(rule.id),
      );
  };
  const asTheyRun = judgeIn(makeAnew(snapshot, concerned, inForce));
  const declaring = new Map(
    workloadsOf(snapshot, namespace)
      .filter(({ template, running }) => template !== undefined && running.length > 0)
      .map(({ ref }) => [keyOf(ref), ref]),
  );
  if (declaring.size === 0) return asTheyRun.map((finding) => ({ finding }));
  const asDeclared = judgeIn(new SnapshotWithPods(snapshot)).filter(({ subject }) => declaring.has(keyOf(subject)));
  return merge(asTheyRun, asDeclared, (finding) => declaring.has(keyOf(finding.subject)));
}

/** What sets something does so before anything is refused, in pods and never in what makes them. */
function makeAnew(snapshot: Snapshot, policies: readonly PlannedPolicy[], rules: readonly SelectedRule[]): Snapshot {
  const predictors = policies.flatMap((policy) => predictorOf(policy, rules) ?? []);
  if (predictors.length === 0) return snapshot;
  const predict = predictAll(predictors);
  // Equal specs are one object, and are to stay one.
  const made = new WeakMap<object, ObjectOf<'Pod'>['spec']>();
  return new SnapshotWithPods(snapshot, (pod) =>
    readOr(
      () => {
        if (isMirrorPod(pod)) return pod;
        const spec = made.get(pod.spec) ?? predict(pod).spec;
        made.set(pod.spec, spec);
        return { ...pod, spec };
      },
      () => pod,
    ),
  );
}

/** @param isBoth whether the subject runs, and declares what is to run */
function merge(
  asTheyRun: readonly Finding[],
  asDeclared: readonly Finding[],
  isBoth: (finding: Finding) => boolean,
): readonly JudgedFinding[] {
  const declared = new Map(asDeclared.map((finding) => [nameFinding(finding), finding]));
  const merged = asTheyRun.map((finding): JudgedFinding => {
    const other = declared.get(nameFinding(finding));
    declared.delete(nameFinding(finding));
    if (other === undefined) return isBoth(finding) ? { finding, only: 'running' } : { finding };
    return worstFirst.indexOf(other.outcome) < worstFirst.indexOf(finding.outcome)
      ? { finding: other, only: 'declared' }
      : { finding };
  });
  const others = [...declared.values()].map((finding): JudgedFinding => ({ finding, only: 'declared' }));
  return [...merged, ...others].toSorted((a, b) => compareSubjects(a.finding.subject, b.finding.subject));
}

/** What is not permitted came to be no condition. */
const permitted: ExemptionTerms = {
  ...DEFAULT_EXEMPTION_TERMS,
  mayNamespaceExempt: () => true,
};

const worstFirst: readonly Finding['outcome'][] = ['fail', 'unknown', 'exempt'];

function nameFinding({ rule, subject }: Finding): string {
  return `${rule.id} ${keyOf(subject)}`;
}
