/** Takes away what config/ brought: objects of the very names that are shipped, where they carry Merlon's label. */
import { OPERATOR_NAMESPACE } from '../../api/v1alpha1/group.ts';
import { isLabelledAsShipped, printObject } from './present-object.ts';
import type { PresentObject, ServedKind } from './present-object.ts';
import { shippedObjects } from './shipped-objects.ts';
import type { ShippedObject } from './shipped-objects.ts';
import type { StepName, StepPlan } from './steps.ts';

interface Room {
  readonly step: StepName;
  readonly served: ServedKind;
}

const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' } as const;
const admission = { group: 'admissionregistration.k8s.io', version: 'v1' } as const;

/** In which step the objects of a kind go, and within it in this order: bindings before what they bind. */
const rooms: Readonly<Record<string, Room>> = {
  Deployment: { step: 'operator', served: { group: 'apps', version: 'v1', plural: 'deployments' } },
  ValidatingAdmissionPolicyBinding: {
    step: 'admission',
    served: { ...admission, plural: 'validatingadmissionpolicybindings' },
  },
  ValidatingAdmissionPolicy: { step: 'admission', served: { ...admission, plural: 'validatingadmissionpolicies' } },
  ClusterRoleBinding: { step: 'rights', served: { ...rbac, plural: 'clusterrolebindings' } },
  RoleBinding: { step: 'rights', served: { ...rbac, plural: 'rolebindings' } },
  ClusterRole: { step: 'rights', served: { ...rbac, plural: 'clusterroles' } },
  Role: { step: 'rights', served: { ...rbac, plural: 'roles' } },
  ServiceAccount: { step: 'rights', served: { group: '', version: 'v1', plural: 'serviceaccounts' } },
  CustomResourceDefinition: {
    step: 'kinds',
    served: { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' },
  },
  Namespace: { step: 'namespace', served: { group: '', version: 'v1', plural: 'namespaces' } },
};
const kindOrder = Object.keys(rooms);

/** Whoever calls Merlon's namespace otherwise has renamed it with all that is in it. @param own Merlon's namespace */
export function namespaceOf({ namespace }: ShippedObject, own: string): string | undefined {
  return namespace === OPERATOR_NAMESPACE ? own : namespace;
}

/** A namespace that is shipped is one, too. */
export function nameOf({ kind, name }: ShippedObject, own: string): string {
  return kind === 'Namespace' && name === OPERATOR_NAMESPACE ? own : name;
}

export interface ShippedPlace {
  readonly shipped: ShippedObject;
  readonly served: ServedKind;
}

/**
 * What a step looks for, in the order in which it goes. What is shipped without a label is nobody's to remove: it goes
 * with the namespace.
 */
export function shippedOf(step: StepName): readonly ShippedPlace[] {
  return shippedObjects
    .flatMap((shipped) => {
      const room = rooms[shipped.kind];
      return room?.step === step && shipped.isLabelled ? [{ shipped, served: room.served }] : [];
    })
    .toSorted((a, b) => kindOrder.indexOf(a.shipped.kind) - kindOrder.indexOf(b.shipped.kind));
}

export interface FoundPlace {
  readonly shipped: ShippedObject;
  readonly served: ServedKind;
  readonly object: PresentObject;
}

export function planShipped(found: readonly Omit<FoundPlace, 'shipped'>[]): StepPlan {
  const ours = found.filter(({ object }) => isLabelledAsShipped(object));
  const others = found.filter(({ object }) => !isLabelledAsShipped(object));
  return {
    tasks: ours.map(({ object, served }) => ({ kind: 'delete', object, served })),
    notes: others.map(({ object }) => ({ about: printObject(object), message: NOT_OURS })),
  };
}

export const NOT_OURS =
  'it has the name of an object that Merlon ships, but not the label app.kubernetes.io/part-of=merlon, so it is not taken for one of them';
