/** What the API server gives back of a new pod where Merlon's mutating policies are in force. */
import type { PodDefault } from '../../core/pod-default.ts';
import type { Container, Volume } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import type { SelectedRule } from '../../core/policy.ts';
import { readOr } from '../../core/shape.ts';
import { isMirrorPod } from '../../core/token-mounts.ts';
import { IMAGE_PULLS_NAME } from './image-pulls.ts';
import type { PlannedPolicy } from './planned-policy.ts';
import { defaultingRulesOf, isLeftAlone, POD_DEFAULTS_NAME } from './pod-defaults.ts';

/** What a policy makes of a pod. */
export type Predict = (pod: PodTemplate) => PodTemplate;

/**
 * @param rules those in force
 * @returns undefined for what sets nothing in pods
 */
export function predictorOf(
  { kind, name, rules: ids = [] }: Pick<PlannedPolicy, 'kind' | 'name' | 'rules'>,
  rules: readonly Pick<SelectedRule, 'rule'>[],
): Predict | undefined {
  if (kind !== 'MutatingAdmissionPolicy') return undefined;
  if (name === IMAGE_PULLS_NAME) return predictImagePulls;
  if (name !== POD_DEFAULTS_NAME) return undefined;
  const defaults = defaultingRulesOf(rules.map(({ rule }) => rule))
    .filter(({ id }) => ids.includes(id))
    .map(({ sets }) => sets);
  return (pod) => predictDefaults(pod, defaults);
}

/** What all of them make of a pod; one that cannot be read stays as it is. */
export function predictAll(predictors: readonly Predict[]): Predict {
  return (pod) =>
    readOr(
      () => predictors.reduce((made, predict) => predict(made), pod),
      () => pod,
    );
}

/** @param pod as the API server would have stored it without; whatever else is in it stays */
export function predictDefaults(pod: PodTemplate, defaults: readonly PodDefault[]): PodTemplate {
  if (isLeftAlone(pod)) return pod;
  const ofPod = defaults.filter((one) => one.of === 'pod');
  const ofContainers = defaults.filter((one) => one.of === 'container');
  const { containers, initContainers } = pod.spec;
  const setInEach = (list: readonly Container[]): readonly Container[] =>
    list.map((container) => setDefaults(container, container, ofContainers));
  const spec = {
    ...setDefaults(pod.spec, pod, ofPod),
    containers: setInEach(containers),
    ...(initContainers === undefined ? {} : { initContainers: setInEach(initContainers) }),
  };
  return { ...pod, spec };
}

/** @param pod as of `predictDefaults`, with the debug containers that are to be added to it again */
export function predictImagePulls(pod: PodTemplate): PodTemplate {
  if (isMirrorPod(pod)) return pod;
  const { containers, initContainers, ephemeralContainers, volumes } = pod.spec;
  const spec = {
    ...pod.spec,
    containers: containers.map(pullAlways),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(pullAlways) }),
    ...(ephemeralContainers === undefined ? {} : { ephemeralContainers: ephemeralContainers.map(pullAlways) }),
    ...(volumes === undefined ? {} : { volumes: volumes.map(pullVolumeAlways) }),
  };
  return { ...pod, spec };
}

function pullAlways(container: Container): Container {
  return { ...container, imagePullPolicy: 'Always' };
}

function pullVolumeAlways(volume: Volume): Volume {
  return volume.image === undefined ? volume : { ...volume, image: { ...volume.image, pullPolicy: 'Always' } };
}

type Settable<Subject> = Pick<PodDefault, 'field' | 'value'> & {
  readonly unless?: { readonly holds: (subject: Subject) => boolean };
};

/** @param subject that the conditions are of */
function setDefaults<Owner extends { readonly securityContext?: object }, Subject>(
  owner: Owner,
  subject: Subject,
  defaults: readonly Settable<Subject>[],
): Owner {
  const due = defaults.filter(({ unless }) => unless?.holds(subject) !== true);
  if (due.length === 0) return owner;
  const securityContext = due.reduce<object>(
    (context, { field, value }) => fill(context, field.split('.'), value),
    owner.securityContext ?? {},
  );
  return { ...owner, securityContext };
}

/** Sets what is not set, with what it is in. */
function fill(object: object, [key = '', ...rest]: readonly string[], value: unknown): object {
  const present: unknown = Object.entries(object).find(([name]) => name === key)?.[1];
  if (rest.length === 0) return present === undefined ? { ...object, [key]: value } : object;
  return { ...object, [key]: fill(typeof present === 'object' && present !== null ? present : {}, rest, value) };
}
