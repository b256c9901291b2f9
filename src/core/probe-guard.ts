/**
 * To try a pod (dryRun=All) takes the right to create one: an admission policy refuses all that is not tried only, so that
 * nothing can come to be in that namespace. Merlon tries nothing where this very policy does not stand.
 *
 * A real pod must not be created to see whether it is refused. So the policy also refuses what is tried with a label of
 * its own, and says by that whom it guards, and how: whoever sees this refusal has seen the policy act.
 *
 * Every default of the API server is written out, so that what is stored can be compared with what is meant.
 */
import {
  GROUP,
  GUARD_PROBE,
  OPERATOR_NAME,
  OPERATOR_NAMESPACE,
  PROBE_GUARD_NAME,
  PROBE_LABEL,
  PROBE_NAMESPACE,
} from '../api/v1alpha1/group.ts';

export const WARN_LABEL = 'pod-security.kubernetes.io/warn';
/** What the guard says of the label that makes PodSecurity warn, after these words. */
export const GUARD_STANDS = 'this guard stands, and the namespace warns at ';

const operator = `system:serviceaccount:${OPERATOR_NAMESPACE}:${OPERATOR_NAME}`;

/** The `spec` of the ValidatingAdmissionPolicy. */
export const probeGuardSpec = {
  failurePolicy: 'Fail',
  matchConstraints: {
    matchPolicy: 'Equivalent',
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': PROBE_NAMESPACE } },
    objectSelector: {},
    resourceRules: [
      {
        apiGroups: ['*'],
        apiVersions: ['*'],
        operations: ['CREATE'],
        resources: ['*/*'],
        // What is in no namespace is asked about whatever the selector of namespaces says.
        scope: 'Namespaced',
      },
    ],
  },
  matchConditions: [
    // Pods of nobody, so that it does not matter what Merlon's account is called, nor who asks from a terminal.
    {
      name: 'a-pod-or-by-merlon',
      expression: `request.resource.resource == 'pods' || request.userInfo.username == '${operator}'`,
    },
    { name: 'no-posture', expression: `request.resource.group != '${GROUP}'` },
  ],
  validations: [
    {
      expression: 'request.dryRun == true',
      message: 'in this namespace nothing is created: things are tried there (dryRun=All), by Merlon',
      reason: 'Forbidden',
    },
    {
      expression: `object.?metadata.?labels[?'${PROBE_LABEL}'].orValue('') != '${GUARD_PROBE}'`,
      message: 'this guard stands',
      messageExpression: `'${GUARD_STANDS}' + namespaceObject.?metadata.?labels[?'${WARN_LABEL}'].orValue('nothing')`,
      reason: 'Forbidden',
    },
  ],
} as const;

/** The `spec` of its binding. */
export const probeGuardBindingSpec = { policyName: PROBE_GUARD_NAME, validationActions: ['Deny'] } as const;
