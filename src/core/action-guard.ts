/**
 * Who may edit a HardeningRemediation must not make Merlon do what he may not do himself: an admission policy asks the
 * API server's authorizers about whoever writes Approve or Revert. Merlon counts such words only where this very policy
 * stands.
 *
 * Every default of the API server is written out, so that what is stored can be compared with what is meant.
 */
import { ACTION_GUARD_NAME } from '../api/v1alpha1/hardening-remediation.ts';
import { GROUP } from '../api/v1alpha1/group.ts';

const action = "object.?spec.?action.orValue('')";
const actionBefore = "(oldObject == null ? '' : oldObject.?spec.?action.orValue(''))";
const target = 'oldObject.status.target';

function mayPatch(kind: string, resource: string, namespace: string): string {
  const check = `authorizer.group('').resource('${resource}').namespace(${namespace}).name(${target}.name).check('patch').allowed()`;
  return `${target}.kind != '${kind}' || (${target}.apiVersion == 'v1' && ${check})`;
}

/** The `spec` of the ValidatingAdmissionPolicy. */
export const actionGuardSpec = {
  failurePolicy: 'Fail',
  matchConstraints: {
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    resourceRules: [
      {
        apiGroups: [GROUP],
        apiVersions: ['*'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['hardeningremediations'],
        scope: '*',
      },
    ],
  },
  matchConditions: [
    { name: 'asks-for-a-write', expression: `${action} in ['Approve', 'Revert']` },
    { name: 'says-so-now', expression: `${action} != ${actionBefore}` },
  ],
  validations: [
    {
      // The status is Merlon's alone, so what it names is what would be written to.
      expression: 'oldObject != null && oldObject.?status.?target.hasValue()',
      message: 'Approve and Revert are said to a record that Merlon has made, not to one of your own',
      reason: 'Forbidden',
    },
    {
      expression: `${target}.kind in ['ServiceAccount', 'Namespace']`,
      message: 'Merlon never writes to objects of this kind; the patch is for you to apply',
      reason: 'Forbidden',
    },
    {
      expression: mayPatch('ServiceAccount', 'serviceaccounts', `${target}.namespace`),
      message: 'to approve or revert this repair you must be allowed to patch the service account yourself',
      reason: 'Forbidden',
    },
    {
      expression: mayPatch('Namespace', 'namespaces', `${target}.name`),
      message: 'to approve or revert this repair you must be allowed to patch the namespace yourself',
      reason: 'Forbidden',
    },
  ],
} as const;

/** The `spec` of its binding. */
export const actionGuardBindingSpec = { policyName: ACTION_GUARD_NAME, validationActions: ['Deny'] } as const;

/** From its creation until every API server has it; longer than was ever measured. */
export const GUARD_SETTLING_MS = 5_000;
