/**
 * Sets in new pods what they do not say, as PodSecurityPolicy did. Set values stay, and so do pods that exist: a policy
 * that changes pods as they are updated makes them immutable.
 *
 * Of Windows nothing is set, where these fields mean nothing; nor in the mirror of a static pod, which the kubelet runs as
 * its file says: then the API server would show what is not so.
 */
import { isMirrorPod } from '../../core/token-mounts.ts';
import { MIRROR_ANNOTATION } from '../../core/pod-shape.ts';
import type { ContainerContextDefault, DefaultValue, PodContextDefault, PodDefault } from '../../core/pod-default.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import type { AnyRule } from '../../core/rule.ts';
import type { Mutation } from '../../core/enforcement.ts';
import { celLiteral } from './cel.ts';
import { bindWhereDenied, selectDenied } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import type { NamedExpression, PlannedMutatingPolicy, ResourceRule } from './planned-policy.ts';

export const POD_DEFAULTS_NAME = 'merlon-pod-defaults';

/** A rule that a pod passes by what is set. */
export interface DefaultingRule {
  readonly id: string;
  readonly sets: PodDefault;
}

/** Of a catalogue. */
export function defaultingRulesOf(rules: readonly AnyRule[]): readonly DefaultingRule[] {
  return rules.flatMap(({ id, sets }) => (sets === undefined ? [] : [{ id, sets }]));
}

/** @returns nothing where no rule sets anything */
export function planPodDefaults(
  rules: readonly DefaultingRule[],
  modes: NamespaceModes,
): readonly PlannedMutatingPolicy[] {
  if (rules.length === 0) return [];
  const defaults = rules.map(({ sets }) => sets);
  return [
    {
      kind: 'MutatingAdmissionPolicy',
      name: POD_DEFAULTS_NAME,
      what: `what new pods leave open, by ${rules.length === 1 ? 'one rule' : `${rules.length} rules`}`,
      rules: rules.map(({ id }) => id),
      spec: {
        failurePolicy: 'Fail',
        reinvocationPolicy: 'IfNeeded',
        matchConstraints: {
          matchPolicy: 'Equivalent',
          namespaceSelector: selectDenied(modes),
          objectSelector: {},
          resourceRules: [newPods],
        },
        matchConditions: [
          isNoMirror,
          { name: 'not-windows', expression: "object.spec.?os.?name.orValue('') != 'windows'" },
        ],
        ...(defaults.some(setsList) ? { variables: placesOfContainers } : {}),
        mutations: printDefaults(defaults),
      },
      bindings: bindWhereDenied(POD_DEFAULTS_NAME, modes),
    },
  ];
}

export const newPods: ResourceRule = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE'],
  resources: ['pods'],
  scope: 'Namespaced',
};

export const isNoMirror: NamedExpression = {
  name: 'no-static-pod',
  expression: `!(${celLiteral(MIRROR_ANNOTATION)} in object.metadata.?annotations.orValue({}))`,
};

/** Whether the policy's conditions leave the pod as it is. */
export function isLeftAlone(pod: PodTemplate): boolean {
  return isMirrorPod(pod) || pod.spec.os?.name === 'windows';
}

/** One patch for all fields but lists, which no patch by structure may touch. */
function printDefaults(defaults: readonly PodDefault[]): readonly Mutation[] {
  const ofPod = defaults.filter((one) => one.of === 'pod');
  const ofContainers = defaults.filter((one) => one.of === 'container');
  const fields = ofContainers.filter(({ value }) => !isList(value));
  const lists = ofContainers.filter(({ value }) => isList(value));
  const parts = [
    ...(ofPod.length === 0 ? [] : [`securityContext: ${printPodContext(ofPod)}`]),
    ...(fields.length === 0 ? [] : [printContainers('containers', fields), printContainers('initContainers', fields)]),
  ];
  return [
    ...(parts.length === 0 ? [] : [applyConfiguration(`Object{spec: Object.spec{\n  ${parts.join(',\n  ')}\n}}`)]),
    ...lists.map((one) =>
      jsonPatch([...printList('containers', one), ...printList('initContainers', one)].join(' +\n')),
    ),
  ];
}

export function applyConfiguration(expression: string): Mutation {
  return { patchType: 'ApplyConfiguration', applyConfiguration: { expression } };
}

function jsonPatch(expression: string): Mutation {
  return { patchType: 'JSONPatch', jsonPatch: { expression } };
}

function printPodContext(defaults: readonly PodContextDefault[]): string {
  const type = 'Object.spec.securityContext';
  const fields = defaults.map((one) => printField(one, type, 'object.spec'));
  return `${type}{\n    ${fields.join(',\n    ')}\n  }`;
}

function printContainers(list: ContainerList, defaults: readonly ContainerContextDefault[]): string {
  const type = `Object.spec.${list}`;
  const fields = defaults.map((one) => printField(one, `${type}.securityContext`, 'c'));
  return `${list}: ${listOf(list)}.map(c, ${type}{name: c.name, securityContext: ${type}.securityContext{
    ${fields.join(',\n    ')}
  }})`;
}

type ContainerList = 'containers' | 'initContainers';

function listOf(list: ContainerList): string {
  return list === 'containers' ? 'object.spec.containers' : 'object.spec.?initContainers.orValue([])';
}

/** The whole path each time: an optional that is kept in a variable is misread in silence. */
function printField({ field, value, unless }: PodDefault, type: string, subject: string): string {
  const stays = [`${subject}.?securityContext.?${field}.hasValue()`, ...(unless === undefined ? [] : [unless.cel])];
  return `?${field}: ${stays.join(' ||\n      ')}
      ? optional.none() : optional.of(${printValue(value, `${type}.${field}`)})`;
}

function printValue(value: DefaultValue, type: string): string {
  return typeof value === 'object' && 'type' in value ? `${type}{type: ${celLiteral(value.type)}}` : celLiteral(value);
}

function setsList({ of, value }: PodDefault): boolean {
  return of === 'container' && isList(value);
}

/** A container is found by its name: to hold it against all others, whole, would be too much in a pod of two hundred. */
const placesOfContainers: readonly NamedExpression[] = (['containers', 'initContainers'] as const).map((list) => ({
  name: namesOf(list),
  expression: `${listOf(list)}.map(c, c.name)`,
}));

function namesOf(list: ContainerList): string {
  return list === 'containers' ? 'containerNames' : 'initContainerNames';
}

/** What the list is in has to be there before. */
function printList(list: ContainerList, { field, value, unless }: ContainerContextDefault): readonly string[] {
  const keys = ['securityContext', ...field.split('.')];
  const spared = unless === undefined ? '' : ` &&\n    !(${unless.cel})`;
  const place = `'/spec/${list}/' + string(variables.${namesOf(list)}.indexOf(c.name))`;
  return keys.map((_, depth) => {
    const path = keys.slice(0, depth + 1);
    const put = path.length === keys.length ? printValue(value, '') : `Object.spec.${list}.${path.join('.')}{}`;
    return `${listOf(list)}.map(c, !c${path.map((key) => `.?${key}`).join('')}.hasValue()${spared},
  JSONPatch{op: 'add', path: ${place} + '/${path.join('/')}', value: ${put}})`;
  });
}

function isList(value: DefaultValue): value is readonly string[] {
  return Array.isArray(value);
}
