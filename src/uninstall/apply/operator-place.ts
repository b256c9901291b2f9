/** Whether the operator lives where the caller thinks: to take its rights away and leave it running would be half a job. */
import { OPERATOR_NAME } from '../../api/v1alpha1/group.ts';
import { hasStatusCode } from '../../kube/request-error.ts';
import type { Transport } from '../../kube/transport.ts';
import { isOperator } from '../plan/peoples-bindings.ts';
import type { Binding } from '../plan/peoples-bindings.ts';
import { isLabelledAsShipped } from '../plan/present-object.ts';
import { openObjectReader } from './object-reader.ts';

const clusterRoleBindings = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural: 'clusterrolebindings',
  kind: 'ClusterRoleBinding',
} as const;

/** @returns the namespace that its binding names instead; undefined where it names this one, or there is none to be read */
export async function findOperatorElsewhere(transport: Transport, namespace: string): Promise<string | undefined> {
  try {
    const binding = await openObjectReader(transport).getWhole<Binding>(clusterRoleBindings, { name: OPERATOR_NAME });
    if (binding === undefined || !isLabelledAsShipped(binding)) return undefined;
    const subjects = binding.subjects ?? [];
    if (subjects.some((subject) => isOperator(subject, namespace))) return undefined;
    return subjects.find(({ kind, name }) => kind === 'ServiceAccount' && name === OPERATOR_NAME)?.namespace;
  } catch (error) {
    // Whoever may not read it is told so where it is to be removed.
    if (hasStatusCode(error, 403)) return undefined;
    throw error;
  }
}
