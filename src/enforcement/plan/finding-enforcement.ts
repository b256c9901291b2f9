/**
 * What the API server by itself makes of the next pod that breaks a rule as a finding says: whether that is written down,
 * told, or refused, and by whom. Told beside the finding, as whoever reads it asks next whether it can come back.
 *
 * Each enforcer is asked about what it looks at: policies about pods and what makes them about both, others and what enforces
 * a level about pods alone, as they are once all is set in them that is known to be set. What makes pods is refused, too,
 * where only its pods are: it comes to nothing.
 *
 * An admission policy is believed where it holds pods to the rule with the parameters that the finding was judged by; a
 * label of Pod Security where the check that the rule stands for refuses this very workload, at the version that it names.
 */
import { isDeepStrictEqual } from 'node:util';

import type { FindingEnforcement } from '../../api/v1alpha1/posture-status.ts';
import { toJudgement } from '../../core/judgement.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import type { SelectedRule } from '../../core/policy.ts';
import type { EnforcementOf } from '../../core/posture.ts';
import { SubjectContext } from '../../core/rule-contexts.ts';
import type { AnyRule, Rule, RuleContext, Violation } from '../../core/rule.ts';
import { MalformedField } from '../../core/shape.ts';
import { NotObserved } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { compareText } from '../../core/subject-ref.ts';
import { isRefusal, selectBranch } from '../../pod-security/check.ts';
import type { PodSecurityCheck } from '../../pod-security/check.ts';
import { podSecurityChecks } from '../../pod-security/registry.ts';
import { clampVersion } from '../../pod-security/version.ts';
import { nameEnforcer, selectHere } from './enforcers.ts';
import type { KnownEnforcer } from './enforcers.ts';
import { findLabelledLevels } from './labelled-levels.ts';
import type { LabelledLevel } from './labelled-levels.ts';
import { findMadeAnew } from './made-anew.ts';
import type { MadeAnew } from './made-anew.ts';
import { refusesNoted } from './pod-family.ts';
import { predictAll } from './predicted-pod.ts';
import type { Predict } from './predicted-pod.ts';

export interface EnforcedPlace {
  readonly namespace: string;
  /** Of the namespace. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of the cluster. */
  readonly known: readonly KnownEnforcer[];
  readonly snapshot: Snapshot;
  /** By which its findings were judged. */
  readonly judgedBy: readonly SelectedRule[];
}

/** Good until the snapshot shows something else. */
export function findingEnforcementOf(place: EnforcedPlace): EnforcementOf {
  const { namespace, labels, snapshot } = place;
  const here = selectHere(namespace, labels, place.known);
  const policies = here.flatMap((one) =>
    one.heldTo === undefined || one.mode === 'on' || one.mode === 'unknown' ? [] : [{ ...one, mode: one.mode }],
  );
  const levels = findLabelledLevels(labels, snapshot);
  if (policies.length + levels.length === 0) return () => undefined;
  const params = new Map(place.judgedBy.map((one) => [one.rule.id, one.params]));
  const madeAnew = findMadeAnew(snapshot, namespace, predictionsOf(here));
  return ({ rule, outcome, subject }) => {
    if (outcome !== 'fail' || rule.subject !== 'Workload') return undefined;
    const anew = madeAnew(subject);
    if (anew === undefined) return undefined;
    const judgedBy = params.get(rule.id);
    const isRefusedBy = (one: KnownEnforcer): boolean => {
      if (judgedBy === undefined || !isHeldTo(rule, judgedBy, one)) return false;
      const context = new SubjectContext(judgedBy, subject, snapshot);
      return shownTo(one.isOfPods === true, anew).some((forms) => forms.every((pod) => isBroken(rule, pod, context)));
    };
    return strictest([
      ...policies.filter(isRefusedBy).map((one) => ({ mode: one.mode, by: nameEnforcer(one) })),
      ...levels
        .filter((one) => isRefusedAt(one, rule, shownTo(one.mode === 'deny', anew), snapshot))
        .map(({ mode, label }) => ({ mode, by: label })),
    ]);
  };
}

/** Where nobody knows whether something is set, a pod is judged both ways. */
function predictionsOf(here: readonly KnownEnforcer[]): readonly Predict[] {
  const predictorsOf = (modes: readonly KnownEnforcer['mode'][]): readonly Predict[] =>
    here.flatMap(({ mode, predict }) => (predict === undefined || !modes.includes(mode) ? [] : [predict]));
  const [known, doubtful] = [predictorsOf(['on']), predictorsOf(['on', 'unknown'])];
  return (doubtful.length > known.length ? [known, doubtful] : [known]).map(predictAll);
}

/** @returns what is asked about one by one, and of each what it may come to be */
function shownTo(isOfPods: boolean, { templates, pods }: MadeAnew): readonly (readonly PodTemplate[])[] {
  return isOfPods ? pods : [...templates.map((one) => [one]), ...pods];
}

function isHeldTo({ id }: AnyRule, judgedBy: SelectedRule['params'], { heldTo = [] }: KnownEnforcer): boolean {
  const held = heldTo.find(({ rule }) => rule.id === id);
  return held !== undefined && isDeepStrictEqual(held.params, judgedBy);
}

/** As what enforces the rule sees it; not where nobody can tell. */
function isBroken(rule: Rule<'Workload'>, pod: PodTemplate, context: RuleContext): boolean {
  const isNotedOnly = ({ severity = rule.severity }: Violation): boolean => severity === 'info';
  return isKnownToHold(() => {
    const { violations } = toJudgement(rule.check(pod, context));
    return refusesNoted({ rule, params: context.params }) ? violations.length > 0 : !violations.every(isNotedOnly);
  });
}

/** Whether the check that the rule stands for, or the stricter one that a level has instead, refuses one of them. */
function isRefusedAt(
  { level, version }: LabelledLevel,
  { controls }: AnyRule,
  shown: readonly (readonly PodTemplate[])[],
  snapshot: Snapshot,
): boolean {
  const checks = podSecurityChecks.filter(
    (check) =>
      (check.level === 'baseline' || level === 'restricted') &&
      [check.id, ...(check.overrides ?? [])].some((id) => controls.some((control) => isControlOf(control, id))),
  );
  if (checks.length === 0) return false;
  return isKnownToHold(() => {
    const minor = clampVersion(version, snapshot.podSecurityVersion());
    const branches = checks.flatMap((check) => selectBranch(check, minor) ?? []);
    return shown.some((forms) => forms.every((pod) => branches.some((branch) => isRefusal(branch.check(pod)))));
  });
}

/** False where something that it takes is not known. */
function isKnownToHold(holds: () => boolean): boolean {
  try {
    return holds();
  } catch (error) {
    if (error instanceof NotObserved || error instanceof MalformedField) return false;
    throw error;
  }
}

function isControlOf(control: string, id: PodSecurityCheck['id']): boolean {
  return control === `pss/baseline/${id}` || control === `pss/restricted/${id}`;
}

const byStrictness: readonly FindingEnforcement['mode'][] = ['deny', 'warn', 'audit'];

/** The first by name of those that are as strict: the same for the same cluster. */
function strictest(found: readonly FindingEnforcement[]): FindingEnforcement | undefined {
  const [first] = found.toSorted(
    (a, b) => byStrictness.indexOf(a.mode) - byStrictness.indexOf(b.mode) || compareText(a.by, b.by),
  );
  return first;
}
