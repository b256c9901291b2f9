/**
 * What Merlon says of a cluster is worth something as long as nobody else can write it: an admission policy refuses that
 * to everybody, whatever RBAC grants, system:masters included.
 *
 * Merlon is known by the name of its account together with its right in the whole cluster, so that its namespace may be
 * called otherwise: who could give that right to an account of his own could take Merlon's as well.
 *
 * Every default of the API server is written out, so that what is stored can be compared with what is meant.
 */
import { GROUP, OPERATOR_NAME } from '../api/v1alpha1/group.ts';

export const OWN_OBJECT_GUARD_NAME = 'merlon-own-objects';

const isOperator = `request.userInfo.username.matches('^system:serviceaccount:[^:]+:${OPERATOR_NAME}$')`;
const mayReport = `authorizer.group('${GROUP}').resource('securitypostures').subresource('status').check('update').allowed()`;

const housekeepers = [
  'system:serviceaccount:kube-system:namespace-controller',
  'system:serviceaccount:kube-system:generic-garbage-collector',
  // One that has no accounts for its controllers.
  'system:kube-controller-manager',
]
  .map((name) => `'${name}'`)
  .join(', ');

/**
 * The controller manager may be called anything, and a namespace that is going must go. Not a condition of the match, where
 * the API server does not show the namespace; and what it shows may be some seconds old.
 */
const goesWithItsNamespace =
  "(request.operation == 'DELETE' && namespaceObject != null && has(namespaceObject.metadata.deletionTimestamp))";

/** The `spec` of the ValidatingAdmissionPolicy. */
export const ownObjectGuardSpec = {
  failurePolicy: 'Fail',
  matchConstraints: {
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    resourceRules: [
      {
        apiGroups: [GROUP],
        apiVersions: ['*'],
        operations: ['CREATE', 'UPDATE', 'DELETE'],
        resources: ['securitypostures', 'clustersecuritypostures'],
        scope: '*',
      },
      // People make policies and exemptions, and say what becomes of a repair; what came of it Merlon says alone.
      { apiGroups: [GROUP], apiVersions: ['*'], operations: ['UPDATE'], resources: ['*/status'], scope: '*' },
    ],
  },
  matchConditions: [
    // Who migrates what is stored writes each object as it is.
    { name: 'says-something-new', expression: "request.operation != 'UPDATE' || object != oldObject" },
    {
      name: 'not-housekeeping',
      expression: `request.operation != 'DELETE' || !(request.userInfo.username in [${housekeepers}])`,
    },
  ],
  validations: [
    {
      expression: `${goesWithItsNamespace} || (${isOperator} && ${mayReport})`,
      message: 'postures, and the status of what is of Merlon, are written by Merlon alone',
      reason: 'Forbidden',
    },
  ],
} as const;

/** The `spec` of its binding. */
export const ownObjectGuardBindingSpec = { policyName: OWN_OBJECT_GUARD_NAME, validationActions: ['Deny'] } as const;
