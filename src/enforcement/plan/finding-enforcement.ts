/**
 * What the API server by itself makes of the next pod that breaks a rule as a finding says: whether that is written down,
 * told, or refused, and by whom. Told beside the finding, as whoever reads it asks next whether it can come back.
 *
 * An admission policy is believed where it holds pods to the rule with the parameters that the finding was judged by; a
 * label of Pod Security where the check that the rule stands for refuses this very workload, at the version that it names.
 */
import { isDeepStrictEqual } from 'node:util';

import type { FindingEnforcement } from '../../api/v1alpha1/posture-status.ts';
import type { Finding } from '../../core/finding.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import type { SelectedRule } from '../../core/policy.ts';
import type { EnforcementOf } from '../../core/posture.ts';
import type { AnyRule, Violation } from '../../core/rule.ts';
import { MalformedField } from '../../core/shape.ts';
import { NotObserved } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { compareText, keyOf } from '../../core/subject-ref.ts';
import { isMirrorPod } from '../../core/token-mounts.ts';
import { workloadsOf } from '../../core/workload.ts';
import { isRefusal, selectBranch } from '../../pod-security/check.ts';
import type { PodSecurityCheck } from '../../pod-security/check.ts';
import { podSecurityChecks } from '../../pod-security/registry.ts';
import { clampVersion } from '../../pod-security/version.ts';
import { findLabelledLevels, nameEnforcer, selectHere } from './enforcers.ts';
import type { KnownEnforcer, LabelledLevel } from './enforcers.ts';

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
    one.heldTo === undefined || one.mode === 'on' ? [] : [{ ...one, mode: one.mode }],
  );
  const set: ReadonlySet<string> = new Set(here.filter(({ mode }) => mode === 'on').flatMap(rulesSetBy));
  const levels = findLabelledLevels(labels, snapshot);
  if (policies.length + levels.length === 0) return () => undefined;
  const params = new Map(place.judgedBy.map((one) => [one.rule.id, one.params]));
  let templates: ReadonlyMap<string, readonly PodTemplate[]> | undefined;
  return (finding) => {
    const { rule, outcome, subject } = finding;
    // What is set in the next pod may well be what this one lacks: then it is taken.
    if (outcome !== 'fail' || rule.subject !== 'Workload' || set.has(rule.id)) return undefined;
    templates ??= listTemplates(snapshot, namespace);
    const ofSubject = templates.get(keyOf(subject)) ?? [];
    // A kubelet runs them from files, whatever the API server says.
    if (ofSubject.length === 0 || ofSubject.every(isMirrorPod)) return undefined;
    const judgedParams = params.get(rule.id);
    return strictest([
      ...policies
        .filter((one) => isHeldTo(finding, judgedParams, one))
        .map((one) => ({ mode: one.mode, by: nameEnforcer(one) })),
      ...levels
        .filter((one) => refusesAny(one, rule, ofSubject, snapshot))
        .map(({ mode, label }) => ({ mode, by: label })),
    ]);
  };
}

/** The policy that sets the pull policy is made of no rule, but of what one asks for. */
function rulesSetBy({ what, rules = [] }: KnownEnforcer): readonly string[] {
  return what === 'image-pulls' ? ['pod-image-pull-policy'] : rules;
}

/** What decides: what runs, or what would where nothing does. */
function listTemplates(snapshot: Snapshot, namespace: string): ReadonlyMap<string, readonly PodTemplate[]> {
  return new Map(
    workloadsOf(snapshot, namespace).map(({ ref, template, running }) => [
      keyOf(ref),
      running.length > 0 ? running.map((one) => one.template) : template === undefined ? [] : [template],
    ]),
  );
}

/** What is only noted is refused nowhere. */
function isHeldTo(
  { rule, violations }: Finding,
  judgedParams: SelectedRule['params'] | undefined,
  { heldTo = [] }: KnownEnforcer,
): boolean {
  const isMoreThanNoted = ({ severity = rule.severity }: Violation): boolean => severity !== 'info';
  const held = heldTo.find((one) => one.rule.id === rule.id);
  return held !== undefined && violations.some(isMoreThanNoted) && isDeepStrictEqual(held.params, judgedParams);
}

/** Whether the check that the rule stands for, or the stricter one that a level has instead, refuses one of them. */
function refusesAny(
  { level, version }: LabelledLevel,
  { controls }: AnyRule,
  templates: readonly PodTemplate[],
  snapshot: Snapshot,
): boolean {
  const checks = podSecurityChecks.filter(
    (check) =>
      (check.level === 'baseline' || level === 'restricted') &&
      [check.id, ...(check.overrides ?? [])].some((id) => controls.some((control) => isControlOf(control, id))),
  );
  if (checks.length === 0) return false;
  try {
    const minor = clampVersion(version, snapshot.podSecurityVersion());
    return checks.some((check) => {
      const branch = selectBranch(check, minor);
      return branch !== undefined && templates.some((template) => isRefusal(branch.check(template)));
    });
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
