/**
 * What every policy about pods has in common: it is asked about pods, debug containers and all that makes pods, and finds
 * the pod in each of them. Only what is new is looked at, so that what exists scales, is labelled and ends.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/apis/core/validation (`ValidatePodUpdate`: of the fields that a rule looks at, an
 * update of a pod can change nothing but images).
 */
import { podVariables } from '../../core/enforcement.ts';
import { celLiteral } from './cel.ts';
import { selectEnforced } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import type { NamedExpression, ResourceRule, ValidatingPolicySpec } from './planned-policy.ts';

/** What makes pods, but for what is in the group of pods. */
const workloadRules: readonly ResourceRule[] = [
  rule('apps', ['deployments', 'replicasets', 'statefulsets', 'daemonsets']),
  rule('batch', ['jobs', 'cronjobs']),
];

/** What makes pods, and the pods themselves: namespaced, and nothing that an API server makes as it starts. */
const resourceRules: readonly ResourceRule[] = [
  rule('', ['pods', 'pods/ephemeralcontainers', 'replicationcontrollers']),
  ...workloadRules,
];

/** All that makes pods. */
export const makersOfPods: readonly ResourceRule[] = [rule('', ['replicationcontrollers']), ...workloadRules];

function rule(group: string, resources: readonly string[]): ResourceRule {
  return {
    apiGroups: [group],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources,
    scope: 'Namespaced',
  };
}

export function matchPods(modes: NamespaceModes): ValidatingPolicySpec['matchConstraints'] {
  return {
    matchPolicy: 'Equivalent',
    namespaceSelector: selectEnforced(modes),
    objectSelector: {},
    resourceRules,
  };
}

/**
 * Variables are not known there. What it compares is all that the request could have changed to the worse.
 * @param annotationPrefixes with what the keys of annotations begin that decide, too
 */
export function isNew(annotationPrefixes: readonly string[]): NamedExpression {
  const images = (of: Version): string =>
    ['containers', 'initContainers', 'ephemeralContainers']
      .map((list) => `${of}.spec.?${list}.orValue([]).map(c, [c.name, c.image])`)
      .join(' + ');
  const decide = annotationPrefixes.map((prefix) => `k.startsWith(${celLiteral(prefix)})`).join(' || ');
  // In both directions: one that is gone may have been the one that confined a container.
  const differ = (one: Version, other: Version): string =>
    `${annotationsOf(one)}.exists(k, (${decide}) &&
  ${annotationsOf(one)}[k] != ${annotationsOf(other)}[?k].orValue(''))`;
  const annotations =
    annotationPrefixes.length === 0 ? '' : ` ||\n${differ('object', 'oldObject')} ||\n${differ('oldObject', 'object')}`;
  return {
    name: 'pod-spec-is-new',
    expression: `request.operation == 'CREATE' ||
(object.kind == 'Pod' ?
  ${images('object')} !=
  ${images('oldObject')} :
  ${templateOf('object')}.spec !=
  ${templateOf('oldObject')}.spec)${annotations}`,
  };
}

/** @param own of a policy. @returns them behind those of the frame that they ask for */
export function completeVariables(own: readonly NamedExpression[]): readonly NamedExpression[] {
  const asked = (variable: string): boolean =>
    [...own, ...frame].some(({ expression }) => expression.includes(variable));
  return [...frame.filter(({ name }) => name === SUBJECT || asked(`variables.${name}`)), ...own];
}

const SUBJECT = 'subject';

const frame: readonly NamedExpression[] = [
  { name: nameOf(podVariables.spec), expression: `${podOf('object')}.spec` },
  { name: nameOf(podVariables.annotations), expression: annotationsOf('object') },
  {
    name: nameOf(podVariables.containers),
    expression: `${podVariables.spec}.?initContainers.orValue([]) + ${podVariables.spec}.containers +
${podVariables.spec}.?ephemeralContainers.orValue([])`,
  },
  {
    name: SUBJECT,
    expression: `object.kind + ' "' + object.metadata.?name.orValue('') + '"'`,
  },
];

export type Version = 'object' | 'oldObject';

/** Untyped: the API server would hold each field against each of the kinds, and warn of those that the others have. */
export function podOf(object: Version): string {
  return `(object.kind == 'Pod' ? dyn(${object}) : ${templateOf(object)})`;
}

export function templateOf(object: Version): string {
  return `(object.kind == 'CronJob' ? dyn(${object}).spec.jobTemplate.spec.template : dyn(${object}).spec.template)`;
}

/** By what the pods of a workload are selected, where that may be anything but equality. */
export function selectorOf(object: Version): string {
  return `(object.kind == 'CronJob' ? dyn(${object}).spec.jobTemplate.spec : dyn(${object}).spec).?selector`;
}

function annotationsOf(object: Version): string {
  return `${podOf(object)}.?metadata.?annotations.orValue({})`;
}

function nameOf(variable: string): string {
  return variable.slice('variables.'.length);
}
