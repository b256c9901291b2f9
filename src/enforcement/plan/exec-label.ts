/**
 * A label that says of a pod, from its birth, whether the exec guard has to look at it: in a namespace of thousands an exec
 * then costs no more than in an empty one. A pod without the label is looked at as before.
 *
 * What makes it worth anything is the policy that validates: nobody gets a pod with a label that spares it although it is
 * privileged, nobody changes the label later, and nobody adds a privileged debug container to a pod that is spared. The one
 * that mutates does no more than set it, and may fail or be missing. Both are in force whatever the label of the namespace
 * says: it may be another tomorrow, and the pods are those of today.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/registry/core/pod/storage (labels of a Binding come to be those of its pod).
 */
import { EXEC_LABEL, EXEC_SPARED as SPARED } from '../../api/v1alpha1/group.ts';
import { celLiteral } from './cel.ts';
import { knowMutating, knowValidating } from './known-policy.ts';
import type { KnownPolicy } from './known-policy.ts';
import { keepOut } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import { actionsOf } from './planned-policy.ts';
import type {
  Match,
  MutatingPolicySpec,
  PlannedMutatingPolicy,
  PlannedValidatingPolicy,
  ResourceRule,
  ValidatingPolicySpec,
} from './planned-policy.ts';

const GUARDED = 'guarded';

export const LABEL_SETTER_NAME = 'merlon-exec-label';
export const LABEL_KEEPER_NAME = 'merlon-exec-label-keeper';

/** Both, by name. */
export const labelPolicies: readonly KnownPolicy[] = [
  knowValidating(LABEL_KEEPER_NAME, ['deny']),
  knowMutating(LABEL_SETTER_NAME),
];

/** Of a binding of the exec guard: the pods that are looked at. */
export const lookedAt = { matchExpressions: [{ key: EXEC_LABEL, operator: 'NotIn', values: [SPARED] }] } as const;

type KeptOut = Pick<NamespaceModes, 'keptOut'>;

/** Before the guard that goes by it, what keeps it first. */
export function planExecLabel(modes: KeptOut): readonly [PlannedValidatingPolicy, PlannedMutatingPolicy] {
  const where = 'every namespace';
  return [
    {
      kind: 'ValidatingAdmissionPolicy',
      name: LABEL_KEEPER_NAME,
      what: `a label ${EXEC_LABEL} that is not so, or changes, and privileged debug containers in pods that are spared by it`,
      spec: buildKeeper(modes),
      bindings: [{ mode: 'deny', where, spec: { policyName: LABEL_KEEPER_NAME, validationActions: actionsOf.deny } }],
    },
    {
      kind: 'MutatingAdmissionPolicy',
      name: LABEL_SETTER_NAME,
      what: `the label ${EXEC_LABEL} of new pods, by which the exec guard spares those that need no guard`,
      spec: buildSetter(modes),
      bindings: [{ mode: 'on', where, spec: { policyName: LABEL_SETTER_NAME } }],
    },
  ];
}

/** Whatever the guard may be asked to look for: then it can be asked for more without another label. */
const privileged = 'exists(c, c.?securityContext.?privileged.orValue(false))';
const escalating = [
  ...['hostPID', 'hostIPC', 'hostNetwork'].map((field) => `object.spec.?${field}.orValue(false)`),
  `object.spec.containers.${privileged}`,
  `object.spec.?initContainers.orValue([]).${privileged}`,
].join(' ||\n');

function buildSetter(modes: KeptOut): MutatingPolicySpec {
  const labels = `{${celLiteral(EXEC_LABEL)}: variables.escalating ? ${celLiteral(GUARDED)} : ${celLiteral(SPARED)}}`;
  return {
    // A pod without the label is looked at.
    failurePolicy: 'Ignore',
    // Whoever comes later may add a container.
    reinvocationPolicy: 'IfNeeded',
    matchConstraints: match(modes, [rule(['CREATE'], ['pods'])]),
    variables: [{ name: 'escalating', expression: escalating }],
    mutations: [
      {
        patchType: 'ApplyConfiguration',
        applyConfiguration: { expression: `Object{metadata: Object.metadata{labels: ${labels}}}` },
      },
    ],
  };
}

export function buildKeeper(modes: KeptOut): ValidatingPolicySpec {
  const label = `object.metadata.?labels[?${celLiteral(EXEC_LABEL)}]`;
  const isSpared = `${label}.orValue('') == ${celLiteral(SPARED)}`;
  const ephemeral = `object.spec.?ephemeralContainers.orValue([]).${privileged}`;
  const only = (condition: string, expression: string): string => `!(${condition}) ||\n${expression}`;
  return {
    failurePolicy: 'Fail',
    matchConstraints: match(modes, [
      rule(['CREATE'], ['pods', 'pods/binding', 'bindings']),
      rule(['UPDATE'], ['pods', 'pods/status', 'pods/ephemeralcontainers', 'pods/resize']),
      ...makersOfPods,
    ]),
    validations: [
      {
        expression: only(`object.kind == 'Pod' && request.operation == 'CREATE'`, `!(${isSpared}) || !(${escalating})`),
        message: `the label ${EXEC_LABEL} would spare this pod, which is privileged or shares namespaces of its node`,
        reason: 'Forbidden',
      },
      {
        expression: only(`object.kind == 'Binding'`, `!${label}.hasValue()`),
        message: `the label ${EXEC_LABEL} is set when a pod is made, and not when it is bound to a node`,
        reason: 'Forbidden',
      },
      {
        expression: only(
          `object.kind == 'Pod' && request.operation == 'UPDATE'`,
          `${label} == ${label.replace('object', 'oldObject')}`,
        ),
        message: `the label ${EXEC_LABEL} of a pod is not changed: the exec guard goes by it`,
        reason: 'Forbidden',
      },
      {
        expression: only(`request.subResource == 'ephemeralcontainers'`, `!(${isSpared}) || !${ephemeral}`),
        message: `the exec guard spares this pod, so that it gets no privileged debug container`,
        reason: 'Forbidden',
      },
      {
        expression: only(
          `!(object.kind in ['Pod', 'Binding'])`,
          `!${labelOfTemplate('object')}.hasValue() && !${selectedBy('object')}.exists(e, e.key == ${celLiteral(EXEC_LABEL)}) ||
request.operation == 'UPDATE' && ${labelOfTemplate('object')} == ${labelOfTemplate('oldObject')} &&
${selectedBy('object')} == ${selectedBy('oldObject')}`,
        ),
        message: `the label ${EXEC_LABEL} is set in each pod as it is made: no template has it, and no selector asks for it`,
        reason: 'Forbidden',
      },
    ],
  };
}

/**
 * Whoever selects pods by a label that they then get otherwise finds none of those that he makes, and makes one more, without
 * end.
 */
function labelOfTemplate(version: 'object' | 'oldObject'): string {
  return `${specOfMaker(version)}.?template.?metadata.?labels[?${celLiteral(EXEC_LABEL)}]`;
}

/** What is selected by equality is in the template, too. */
function selectedBy(version: 'object' | 'oldObject'): string {
  return `${specOfMaker(version)}.?selector.?matchExpressions.orValue([])`;
}

function specOfMaker(version: 'object' | 'oldObject'): string {
  return `(object.kind == 'CronJob' ? dyn(${version}).spec.jobTemplate.spec : dyn(${version}).spec)`;
}

const makersOfPods: readonly ResourceRule[] = (
  [
    ['', ['replicationcontrollers']],
    ['apps', ['deployments', 'replicasets', 'statefulsets', 'daemonsets']],
    ['batch', ['jobs', 'cronjobs']],
  ] as const
).map(([group, resources]) => ({ ...rule(['CREATE', 'UPDATE'], resources), apiGroups: [group] }));

function match(
  { keptOut }: KeptOut,
  resourceRules: readonly ResourceRule[],
): Match & { readonly resourceRules: readonly ResourceRule[] } {
  const matchExpressions = keepOut(keptOut);
  return {
    matchPolicy: 'Equivalent',
    namespaceSelector: matchExpressions.length === 0 ? {} : { matchExpressions },
    objectSelector: {},
    resourceRules,
  };
}

function rule(operations: readonly string[], resources: readonly string[]): ResourceRule {
  return { apiGroups: [''], apiVersions: ['v1'], operations, resources, scope: 'Namespaced' };
}
