/**
 * Takes away Merlon's kinds. Whatever is of a kind goes with it, so a kind of which people have objects stays, unless they
 * say that these may go, too.
 */
import { crdNameOf, writtenKinds } from './written-plan.ts';
import { isLabelledAsWritten, printObject } from './present-object.ts';
import type { PresentObject } from './present-object.ts';
import { planShipped } from './shipped-plan.ts';
import type { FoundPlace } from './shipped-plan.ts';
import { joinPlans } from './steps.ts';
import type { StepPlan } from './steps.ts';

export interface FoundKind {
  /** The CustomResourceDefinition. */
  readonly place: FoundPlace;
  /** Every object of the kind. */
  readonly objects: readonly PresentObject[];
}

/** @param takesPeoples whether objects that people made may go with their kind */
export function planKinds(found: readonly FoundKind[], takesPeoples: boolean): StepPlan {
  return joinPlans(...found.map((kind) => planKind(kind, takesPeoples)));
}

function planKind({ place, objects }: FoundKind, takesPeoples: boolean): StepPlan {
  const { name } = place.object.metadata;
  const isWritten = writtenKinds.some((definition) => crdNameOf(definition) === name);
  const peoples = isWritten ? objects.filter((object) => !isLabelledAsWritten(object)) : objects;
  const { tasks, notes } = planShipped([place]);
  if (peoples.length === 0 || tasks.length === 0) return { tasks, notes };
  if (takesPeoples) {
    return { tasks: tasks.map((task) => ({ ...task, takes: peoples.map(printObject) })), notes };
  }
  return { tasks: [], notes: [{ about: printObject(place.object), message: describePeoples(name, peoples) }] };
}

const MAX_NAMED = 3;

function describePeoples(crd: string, peoples: readonly PresentObject[]): string {
  const named = peoples.slice(0, MAX_NAMED).map(printObject).join(', ');
  const more = peoples.length > MAX_NAMED ? ` and ${peoples.length - MAX_NAMED} more` : '';
  const scope = peoples.some(({ metadata }) => metadata.namespace !== undefined) ? ' -A' : '';
  const save = `kubectl get ${crd}${scope} -o yaml > ${crd.split('.')[0] ?? crd}.yaml`;
  return `people have made objects of this kind, which would go with it (${named}${more}); save them with "${save}" and give --policies`;
}
