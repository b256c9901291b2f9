/** Takes away a namespace of Merlon's, where nothing else is in it: a namespace goes with all that it holds. */
import { GROUP } from '../../api/v1alpha1/group.ts';
import { isLabelledAsShipped, isLabelledAsWritten, printObject } from './present-object.ts';
import type { PresentObject } from './present-object.ts';
import { shippedObjects } from './shipped-objects.ts';
import type { ShippedObject } from './shipped-objects.ts';
import { planShipped } from './shipped-plan.ts';
import type { FoundPlace } from './shipped-plan.ts';
import type { StepPlan } from './steps.ts';
import { isHeartbeat } from './written-plan.ts';

export interface NamespaceContents {
  readonly objects: readonly PresentObject[];
  /** Why it is not known whether there is more, a sentence each. */
  readonly doubts: readonly string[];
}

const MAX_NAMED = 5;

/** @param takesPeoples whether policies and exemptions that people made go with their kinds */
export function planNamespace(
  place: FoundPlace,
  { objects, doubts }: NamespaceContents,
  takesPeoples: boolean,
): StepPlan {
  const plan = planShipped([place]);
  if (plan.tasks.length === 0) return plan;
  const about = printObject(place.object);
  const present = new Set(objects.map(({ metadata }) => metadata.uid));
  const foreign = objects.filter(
    (object) =>
      !isOfMerlon(object, place.shipped) &&
      !isOfKubernetes(object) &&
      !(takesPeoples && object.apiVersion.startsWith(`${GROUP}/`)) &&
      !(object.metadata.ownerReferences ?? []).some(({ uid }) => present.has(uid)),
  );
  if (foreign.length > 0) {
    const named = foreign.slice(0, MAX_NAMED).map(printObject).join(', ');
    const more = foreign.length > MAX_NAMED ? ` and ${foreign.length - MAX_NAMED} more` : '';
    return { tasks: [], notes: [{ about, message: `it holds what is not Merlon's: ${named}${more}` }] };
  }
  const [doubt] = doubts;
  if (doubt === undefined) return plan;
  return { tasks: [], notes: [{ about, message: `whether it holds what is not Merlon's is not known: ${doubt}` }] };
}

function isOfMerlon(object: PresentObject, namespace: ShippedObject): boolean {
  if (isHeartbeat(object)) return true;
  if (object.apiVersion.startsWith(`${GROUP}/`)) return isLabelledAsWritten(object);
  const { kind, metadata } = object;
  const shipped = shippedObjects.find(
    (one) => one.namespace === namespace.name && one.kind === kind && one.name === metadata.name,
  );
  return shipped !== undefined && (!shipped.isLabelled || isLabelledAsShipped(object));
}

/** What the controller manager makes in every namespace. */
function isOfKubernetes({ kind, metadata: { name } }: PresentObject): boolean {
  return (kind === 'ConfigMap' && name === 'kube-root-ca.crt') || (kind === 'ServiceAccount' && name === 'default');
}
