/**
 * A label that says of a pod, from its birth, whether the exec guard has to look at it: in a namespace of thousands an exec
 * then costs no more than in an empty one. A pod without the label is looked at as before.
 *
 * What makes it worth anything is the policy that validates: nobody gets a pod with a label that spares it although it is
 * privileged, nobody changes the label later, and nobody adds a privileged debug container to a pod that is spared. The one
 * that mutates does no more than set it, and may fail or be missing. Both are in force whatever the label of the namespace
 * says: it may be another tomorrow, and the pods are those of today.
 *
 * What the maker of a pod says of it is refused where it is not so, and never changed: a controller that selects its pods by
 * that label would find none of those that it makes, and make one more, without end; after a refusal it waits.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/registry/core/pod/storage (labels of a Binding come to be those of its pod),
 * pkg/controller/controller_ref_manager.go (who lets go of pods that he does not select), and k8s.io/apiserver v0.37.2,
 * pkg/endpoints/handlers/create.go (what a request says stands in managedFields before admission is asked).
 */
import { EXEC_LABEL, EXEC_SPARED as SPARED } from '../../api/v1alpha1/group.ts';
import { celLiteral } from './cel.ts';
import { knowMutating, knowValidating } from './known-policy.ts';
import type { KnownPolicy } from './known-policy.ts';
import { keepOut } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import { actionsOf } from './planned-policy.ts';
import { makersOfPods, podOf, selectorOf, templateOf } from './pod-frame.ts';
import type { Version } from './pod-frame.ts';
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
      what: `a label ${EXEC_LABEL} that is not so, or changes, selectors that no pod with it fits, and privileged debug containers in pods that are spared by it`,
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
function printEscalating(pod: string): string {
  return [
    ...['hostPID', 'hostIPC', 'hostNetwork'].map((field) => `${pod}.spec.?${field}.orValue(false)`),
    `${pod}.spec.containers.${privileged}`,
    `${pod}.spec.?initContainers.orValue([]).${privileged}`,
  ].join(' ||\n');
}

function labelIn(object: string): string {
  return `${object}.?metadata.?labels[?${celLiteral(EXEC_LABEL)}]`;
}

/** Not where this policy did itself, and is asked again. Where nobody notes who said what, it counts as said. */
const isSaidByMaker = `${labelIn('object')}.hasValue() && (object.metadata.?managedFields.orValue([]).size() == 0 ||
object.metadata.managedFields.exists(m,
  m.?fieldsV1[?'f:metadata'][?'f:labels'][?${celLiteral(`f:${EXEC_LABEL}`)}].hasValue()))`;

function buildSetter(modes: KeptOut): MutatingPolicySpec {
  const labels = `{${celLiteral(EXEC_LABEL)}: variables.escalating ? ${celLiteral(GUARDED)} : ${celLiteral(SPARED)}}`;
  return {
    // A pod without the label is looked at.
    failurePolicy: 'Ignore',
    // Whoever comes later may add a container.
    reinvocationPolicy: 'IfNeeded',
    matchConstraints: match(modes, [rule(['CREATE'], ['pods'])]),
    matchConditions: [{ name: 'not-said-by-its-maker', expression: `!(${isSaidByMaker})` }],
    variables: [{ name: 'escalating', expression: printEscalating('object') }],
    mutations: [
      {
        patchType: 'ApplyConfiguration',
        applyConfiguration: { expression: `Object{metadata: Object.metadata{labels: ${labels}}}` },
      },
    ],
  };
}

export function buildKeeper(modes: KeptOut): ValidatingPolicySpec {
  const isSpared = (pod: string): string => `${labelIn(pod)}.orValue('') == ${celLiteral(SPARED)}`;
  const ephemeral = `variables.pod.spec.?ephemeralContainers.orValue([]).${privileged}`;
  const only = (condition: string, expression: string): string => `!(${condition}) ||\n${expression}`;
  return {
    failurePolicy: 'Fail',
    matchConstraints: match(modes, [
      rule(['CREATE'], ['pods', 'pods/binding', 'bindings']),
      rule(['UPDATE'], ['pods', 'pods/status', 'pods/ephemeralcontainers', 'pods/resize']),
      ...makersOfPods,
    ]),
    variables: [
      { name: 'pod', expression: podOf('object') },
      { name: 'escalating', expression: printEscalating('variables.pod') },
    ],
    validations: [
      {
        // What makes pods has them from before: it scales and ends as ever.
        expression: only(
          `object.kind != 'Binding' && (request.operation == 'CREATE' ||
object.kind != 'Pod' && ${templateOf('object')} != ${templateOf('oldObject')})`,
          `!(${isSpared('variables.pod')}) || !variables.escalating`,
        ),
        message: `the label ${EXEC_LABEL} would spare a pod that is privileged or shares namespaces of its node; leave it out, as each pod gets it for what it is`,
        reason: 'Forbidden',
      },
      {
        expression: only(`object.kind == 'Binding'`, `!${labelIn('object')}.hasValue()`),
        message: `the label ${EXEC_LABEL} is set when a pod is made, and not when it is bound to a node`,
        reason: 'Forbidden',
      },
      {
        expression: only(
          `object.kind == 'Pod' && request.operation == 'UPDATE'`,
          `${labelIn('object')} == ${labelIn('oldObject')}`,
        ),
        message: `the label ${EXEC_LABEL} of a pod is not changed: the exec guard goes by it`,
        reason: 'Forbidden',
      },
      {
        expression: only(
          `request.subResource == 'ephemeralcontainers'`,
          `!(${isSpared('variables.pod')}) || !${ephemeral}`,
        ),
        message: `the exec guard spares this pod, so that it gets no privileged debug container`,
        reason: 'Forbidden',
      },
      {
        expression: only(
          `!(object.kind in ['Pod', 'Binding'])`,
          `!(${selectsUnlabelled('object')}) ||
(request.operation == 'UPDATE' ? ${selectsUnlabelled('oldObject')} : ${isMadeByDeployment})`,
        ),
        message: `its selector asks for pods without the label ${EXEC_LABEL}, or with another, and each pod gets that as it is made; leave it out of the selector`,
        reason: 'Forbidden',
      },
    ],
  };
}

/**
 * Whether a workload selects its pods as they are in its template, and not as they are with the label. A template with the
 * label gives its pods that one; and a ReplicationController selects by labels alone, whatever they are called.
 */
function selectsUnlabelled(version: Version): string {
  return `object.kind != 'ReplicationController' && !${labelIn(templateOf(version))}.hasValue() &&
${selectorOf(version)}.?matchExpressions.orValue([]).exists(e, e.key == ${celLiteral(EXEC_LABEL)})`;
}

/**
 * A ReplicaSet has the selector of its Deployment, which was asked about, or is older than the keeper: it rolls out as ever.
 * Other owners were not asked about. Who invents such an owner gets no more pods than he may ask for by a number.
 */
const isMadeByDeployment = `object.kind == 'ReplicaSet' && object.metadata.?ownerReferences.orValue([]).exists(o,
  o.?controller.orValue(false) && o.kind == 'Deployment' && o.apiVersion == 'apps/v1')`;

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
