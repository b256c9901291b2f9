/**
 * That an API server takes a policy does not say that it does what is meant: fields and costs it finds out about when it is
 * asked. So what can be tried is tried first, word for word, in a namespace in which nothing can be made (config/probes).
 */
import { createHash } from 'node:crypto';

import { PROBE_LABEL, PROBE_NAMESPACE } from '../../api/v1alpha1/group.ts';
import type { SelectedRule } from '../../core/policy.ts';
import { IMAGE_PULLS_NAME } from './image-pulls.ts';
import { PULLS_KEEPER_NAME } from './image-pulls-keeper.ts';
import { podFamilyPolicies } from './pod-family.ts';
import { actionsOf } from './planned-policy.ts';
import type { Match, PlannedMutatingPolicy, PlannedPolicy, PlannedValidatingPolicy } from './planned-policy.ts';
import { predictorOf } from './predicted-pod.ts';
import type { Predict } from './predicted-pod.ts';
import { SERVICE_ACCOUNTS_NAME } from './service-accounts.ts';
import {
  buildCareless,
  buildHarmless,
  buildUntagged,
  harmless,
  outspoken,
  pulledSeldom,
  silent,
  withToken,
} from './trial-pods.ts';
import { toldOf } from './trial-values.ts';

/** What is tried has this name, whatever it is. */
export const CANARY_NAME = 'merlon-canary';

export type Trial = RefusalTrial | ChangeTrial;

export interface RefusalTrial {
  /** The text of the policy, in force in the one namespace alone. */
  readonly canary: PlannedValidatingPolicy;
  /** Pods of which the first must be let in, and the second refused. */
  readonly harmless: object;
  readonly careless: object;
  /** One that must be refused, too, and that others seldom refuse; undefined where no rule of the policy is for that. */
  readonly untagged: object | undefined;
}

export interface ChangeTrial {
  readonly canary: PlannedMutatingPolicy;
  /** One that has to come back changed, and one that says otherwise what would be set. */
  readonly pods: readonly [silent: object, outspoken: object];
  readonly predict: Predict;
}

/**
 * @param rules those in force
 * @returns undefined for what cannot be tried by a dry run
 */
export function planTrial(planned: PlannedPolicy, rules: readonly SelectedRule[]): Trial | undefined {
  return planned.kind === 'ValidatingAdmissionPolicy' ? planRefusal(planned, rules) : planChange(planned, rules);
}

function planRefusal(planned: PlannedValidatingPolicy, rules: readonly SelectedRule[]): RefusalTrial | undefined {
  const pods = podsOf(planned, rules);
  if (pods === undefined) return undefined;
  const mark = markOf(planned);
  const { spec } = planned;
  const inForce = { policyName: CANARY_NAME, validationActions: actionsOf.deny };
  return {
    canary: {
      ...planned,
      name: CANARY_NAME,
      spec: { ...spec, matchConstraints: onlyWhere(spec.matchConstraints, mark) },
      bindings: [{ mode: 'deny', where: PROBE_NAMESPACE, spec: inForce }],
    },
    harmless: podOf('harmless', pods.harmless, mark),
    careless: podOf('careless', pods.careless, mark),
    untagged: pods.untagged === undefined ? undefined : podOf('untagged', pods.untagged, mark),
  };
}

interface TrialPods {
  readonly harmless: object;
  readonly careless: object;
  readonly untagged?: object;
}

/** @returns undefined where it refuses what Merlon may not even try */
function podsOf({ name, rules: ids = [] }: PlannedPolicy, rules: readonly SelectedRule[]): TrialPods | undefined {
  if (name === IMAGE_PULLS_NAME || name === PULLS_KEEPER_NAME) return { harmless, careless: pulledSeldom };
  if (name === SERVICE_ACCOUNTS_NAME) return { harmless, careless: withToken };
  if (name !== podFamilyPolicies['pod-security']) return undefined;
  const told = toldOf(rules, ids);
  return {
    harmless: buildHarmless(told),
    careless: buildCareless(told),
    ...(ids.includes(TAG_RULE) ? { untagged: buildUntagged(told) } : {}),
  };
}

function planChange(planned: PlannedMutatingPolicy, rules: readonly SelectedRule[]): ChangeTrial | undefined {
  const predict = predictorOf(planned, rules);
  if (predict === undefined) return undefined;
  const mark = markOf(planned);
  const { spec } = planned;
  return {
    canary: {
      ...planned,
      name: CANARY_NAME,
      spec: { ...spec, matchConstraints: onlyWhere(spec.matchConstraints, mark) },
      bindings: [{ mode: 'on', where: PROBE_NAMESPACE, spec: { policyName: CANARY_NAME } }],
    },
    pods: [podOf('silent', silent, mark), podOf('outspoken', outspoken, mark)],
    predict,
  };
}

/** `pod-image-tag` accepts no image without a tag, whatever its parameters say. */
const TAG_RULE = 'pod-image-tag';

/** Of a text: a canary that was taken away acts a while longer, and must not be taken for the next. */
function markOf({ kind, name, spec }: PlannedPolicy): string {
  const text = JSON.stringify([kind, name, spec]);
  return `trial-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}

/** Other pods are tried there as well, to see what the API server does (src/evidence), and must be left alone by this. */
function onlyWhere<M extends Match>(match: M, mark: string): M {
  return {
    ...match,
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': PROBE_NAMESPACE } },
    objectSelector: { matchLabels: { [PROBE_LABEL]: mark } },
  };
}

function podOf(name: string, spec: object, mark: string): object {
  const metadata = { name: `merlon-${name}`, namespace: PROBE_NAMESPACE, labels: { [PROBE_LABEL]: mark } };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
}
