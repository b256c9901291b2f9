/**
 * Labels of a namespace switch repairs and enforcement there, on and off. Whoever may change a namespace may change its
 * labels, and RBAC cannot tell one from another: an admission policy asks about whoever sets, changes or removes one of
 * Merlon's, with the namespace or later. All other labels, and these as they are, it lets pass.
 *
 * The verb is asked for in the whole cluster: who has every right in one namespace, and no more, does not hold it there.
 *
 * Every default of the API server is written out, so that what is stored can be compared with what is meant.
 */
import { GROUP } from '../api/v1alpha1/group.ts';

export const LABEL_GUARD_NAME = 'merlon-namespace-labels';
/** Of this resource, which no API server serves, one is called as each namespace. Who holds the verb on it may label that one. */
export const LABEL_GUARD_RESOURCE = 'namespacelabels';
export const LABEL_GUARD_VERB = 'set';

const labels = 'object.metadata.?labels.orValue({})';
const labelsBefore = '(oldObject == null ? {} : oldObject.metadata.?labels.orValue({}))';
const isOwn = `k.startsWith('${GROUP}/')`;

/** The `spec` of the ValidatingAdmissionPolicy. */
export const labelGuardSpec = {
  failurePolicy: 'Fail',
  matchConstraints: {
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    resourceRules: [
      {
        apiGroups: [''],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['namespaces', 'namespaces/status', 'namespaces/finalize'],
        scope: '*',
      },
    ],
  },
  matchConditions: [
    {
      name: 'changes-one',
      // Who writes its status, as it ends, is not kept waiting for a look through ten thousands of labels.
      expression: `${labels} != ${labelsBefore} && (${labels}.exists(k, ${isOwn} && ${labelsBefore}[?k] != optional.of(${labels}[k])) || ${labelsBefore}.exists(k, ${isOwn} && !(k in ${labels})))`,
    },
  ],
  validations: [
    {
      // A name that the API server makes up is not that of the request.
      expression: `authorizer.group('${GROUP}').resource('${LABEL_GUARD_RESOURCE}').name(object.metadata.name).check('${LABEL_GUARD_VERB}').allowed()`,
      message: `labels ${GROUP}/… of a namespace are set, changed and removed by who holds the verb ${LABEL_GUARD_VERB} on ${LABEL_GUARD_RESOURCE}.${GROUP}`,
      reason: 'Forbidden',
    },
  ],
} as const;

/** The `spec` of its binding. */
export const labelGuardBindingSpec = { policyName: LABEL_GUARD_NAME, validationActions: ['Deny'] } as const;
