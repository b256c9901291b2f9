/**
 * Whether a ValidatingAdmissionPolicy can refuse a request for what it is about. One whose validations hold whatever comes
 * refuses nothing; one that looks at nothing that tells such requests apart may refuse all of them or none, and guards
 * nothing either way, unless it says `false`.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/admission/plugin/policy/validating: of exec and attach `object` is the options of the
 * request; the pod shows in `request.name` and in parameters only.
 */
import type { Infer } from '../../core/shape.ts';
import type { validatingPolicySpec } from '../../core/admission-shape.ts';
import { weighExpression, weighVariables } from './cel-expression.ts';

/** What tells requests apart, by how they are made. */
const telling = {
  CONNECT: ['request.name', 'request.namespace', 'request.userInfo', 'namespaceObject', 'params', 'authorizer'],
  CREATE: ['object'],
} as const;

/** To be read after the policy. */
export type Idleness = 'refuses nothing, as its validations hold whatever comes' | `looks at nothing ${string}`;

/** Of a policy of which nobody knows whether it is idle. */
export const TOO_LONG = 'too long';

const lookAtNothing = {
  CONNECT: 'looks at nothing that tells which pod or who it is',
  CREATE: 'looks at nothing of what is created',
} as const;

type Spec = Infer<typeof validatingPolicySpec>;
type Operation = keyof typeof telling;

/** By identity: policies are judged again and again, and seldom change. */
const known = new WeakMap<Spec, Map<Operation, Idleness | typeof TOO_LONG | undefined>>();

/** @returns undefined for one that may refuse what it should */
export function findIdleness(spec: Spec, operation: Operation): Idleness | typeof TOO_LONG | undefined {
  const ofSpec = known.get(spec) ?? new Map<Operation, Idleness | typeof TOO_LONG | undefined>();
  known.set(spec, ofSpec);
  if (!ofSpec.has(operation)) ofSpec.set(operation, weighSpec(spec, operation));
  return ofSpec.get(operation);
}

function weighSpec(
  { validations = [], variables = [] }: Spec,
  operation: Operation,
): Idleness | typeof TOO_LONG | undefined {
  const weighed = weighVariables(variables);
  const undecided = validations
    .map(({ expression }) => weighExpression(expression, weighed))
    .filter(({ always }) => always !== true);
  if (undecided.length === 0) return 'refuses nothing, as its validations hold whatever comes';
  const isTelling = undecided.some(
    ({ always, mentions }) => always === false || telling[operation].some((name) => mentions.has(name)),
  );
  if (isTelling) return undefined;
  return [...undecided, ...weighed.values()].some(({ isTooLong }) => isTooLong === true)
    ? TOO_LONG
    : lookAtNothing[operation];
}
