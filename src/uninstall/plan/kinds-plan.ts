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
  readonly place: Omit<FoundPlace, 'shipped'>;
  /** Every object of the kind; undefined where the API server does not serve it, so that nobody knows what there is. */
  readonly objects: readonly PresentObject[] | undefined;
}

/** @param takesPeoples whether objects that people made may go with their kind */
export function planKinds(found: readonly FoundKind[], takesPeoples: boolean): StepPlan {
  return joinPlans(...found.map((kind) => planKind(kind, takesPeoples)));
}

function planKind({ place, objects }: FoundKind, takesPeoples: boolean): StepPlan {
  const plan = planShipped([place]);
  if (plan.tasks.length === 0) return plan;
  const { name } = place.object.metadata;
  const stay = (message: string): StepPlan => ({ tasks: [], notes: [{ about: printObject(place.object), message }] });
  if (objects === undefined) return takesPeoples ? plan : stay(NOT_SERVED);
  const isWritten = writtenKinds.some((definition) => crdNameOf(definition) === name);
  const peoples = isWritten ? objects.filter((object) => !isLabelledAsWritten(object)) : objects;
  if (peoples.length === 0) return plan;
  if (!takesPeoples) return stay(describePeoples(name, peoples));
  return { ...plan, tasks: plan.tasks.map((task) => ({ ...task, takes: peoples.map(printObject) })) };
}

const NOT_SERVED =
  'the API server does not serve this kind now, so whether people have made objects of it is not known; try again, or give --policies';

const MAX_NAMED = 3;

function describePeoples(crd: string, peoples: readonly PresentObject[]): string {
  const named = peoples.slice(0, MAX_NAMED).map(printObject).join(', ');
  const more = peoples.length > MAX_NAMED ? ` and ${peoples.length - MAX_NAMED} more` : '';
  const scope = peoples.some(({ metadata }) => metadata.namespace !== undefined) ? ' -A' : '';
  const save = `kubectl get ${crd}${scope} -o yaml > ${crd.split('.')[0] ?? crd}.yaml`;
  return `people have made objects of this kind, which would go with it (${named}${more}); save them with "${save}" and give --policies`;
}
