/**
 * What each step looks for, and what it waits for once that is deleted. Steps look anew each time, so that they can be
 * shown first and done later, and go on where an earlier try was interrupted.
 */
import { LEASE_NAME } from '../../api/v1alpha1/group.ts';
import { GUARD_SETTLING_MS } from '../../core/action-guard.ts';
import { OWN_OBJECT_GUARD_NAME } from '../../core/own-object-guard.ts';
import { pause } from '../../kube/system-clock.ts';
import { enforcedKinds, planEnforced } from '../plan/enforced-plan.ts';
import type { PresentObject } from '../plan/present-object.ts';
import { printObject } from '../plan/present-object.ts';
import { planKinds } from '../plan/kinds-plan.ts';
import { planNamespace } from '../plan/namespace-plan.ts';
import { notePeoplesBindings } from '../plan/peoples-bindings.ts';
import type { Binding } from '../plan/peoples-bindings.ts';
import { nameOf, namespaceOf, planShipped, shippedOf } from '../plan/shipped-plan.ts';
import type { FoundPlace } from '../plan/shipped-plan.ts';
import { joinPlans, stepNames } from '../plan/steps.ts';
import type { StepName, StepPlan } from '../plan/steps.ts';
import { leases, planWritten, servedAs, writtenKinds } from '../plan/written-plan.ts';
import { readMarks } from './marks-reader.ts';
import { readContents } from './namespace-contents.ts';
import { openObjectReader } from './object-reader.ts';
import type { ObjectReader, ReadKind } from './object-reader.ts';
import { waitForOperatorEnd } from './operator-end.ts';
import { planRepairs } from './repairs-step.ts';
import type { UninstallChoices } from './uninstall-choices.ts';
import { untilGone } from './waiting.ts';

export interface UninstallStep {
  readonly name: StepName;
  /** @throws {StatusError} with 403 where the caller may not look */
  find(): Promise<StepPlan>;
  /** Waits until what was asked for is so. @throws {NotSettled} */
  settle?(plan: StepPlan): Promise<void>;
}

const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' } as const;
const bindingKinds: readonly ReadKind[] = [
  { ...rbac, plural: 'clusterrolebindings', kind: 'ClusterRoleBinding' },
  { ...rbac, plural: 'rolebindings', kind: 'RoleBinding' },
];

/** In the order of `stepTitles`. */
export function buildUninstallSteps(choices: UninstallChoices): readonly UninstallStep[] {
  const { namespace, transport, takesPeoples } = choices;
  const reader = openObjectReader(transport);
  const settleDeleted = (plan: StepPlan) => waitUntilDeleted(plan, reader, choices);
  let seen: ReadonlySet<string> = new Set();
  const steps: Readonly<Record<StepName, Omit<UninstallStep, 'name'>>> = {
    enforced: {
      async find() {
        const found = await findEnforced(reader);
        seen = new Set(found.map(({ object }) => object.metadata.uid));
        return planEnforced(found);
      },
      settle: settleDeleted,
    },
    operator: {
      find: async () => planShipped(await findShipped('operator', reader, namespace)),
      settle: () => waitForOperatorEnd(choices),
    },
    repairs: { find: () => planRepairs(choices, reader) },
    admission: {
      async find() {
        const shipped = planShipped(await findShipped('admission', reader, namespace));
        // As long as the operator ran it could apply again what was taken away.
        const later = (await findEnforced(reader)).filter(({ object }) => !seen.has(object.metadata.uid));
        return joinPlans(planEnforced(later), shipped);
      },
      settle: (plan) => waitUntilUnguarded(plan, choices),
    },
    records: { find: () => findWritten(reader, namespace) },
    rights: { find: () => findRights(reader, namespace) },
    kinds: { find: () => findKinds(reader, choices), settle: settleDeleted },
    namespace: {
      async find() {
        const plans: StepPlan[] = [];
        for (const place of await findShipped('namespace', reader, namespace)) {
          const contents = await readContents(transport, place.object.metadata.name, reader);
          plans.push(planNamespace(place, contents, takesPeoples));
        }
        return joinPlans(...plans);
      },
      settle: settleDeleted,
    },
    marks: { find: async () => ({ tasks: [], notes: await readMarks(reader) }) },
  };
  return stepNames.map((name) => ({ name, ...steps[name] }));
}

async function findEnforced(reader: ObjectReader): Promise<readonly Omit<FoundPlace, 'shipped'>[]> {
  const found = enforcedKinds.map(async (kind) =>
    (await reader.list(kind)).map((object) => ({ object, served: kind })),
  );
  return (await Promise.all(found)).flat();
}

/** Of several API servers any may be the one that is asked to delete what was guarded. */
async function waitUntilUnguarded({ tasks }: StepPlan, { clock, onWait }: UninstallChoices): Promise<void> {
  const isGuard = tasks.some((task) => task.kind === 'delete' && task.object.metadata.name === OWN_OBJECT_GUARD_NAME);
  if (!isGuard) return;
  onWait("waiting until every API server lets Merlon's objects go");
  await pause(clock, GUARD_SETTLING_MS);
}

/** Those that are there, in the order in which they go. */
async function findShipped(step: StepName, reader: ObjectReader, namespace: string): Promise<FoundPlace[]> {
  const found = await Promise.all(
    shippedOf(step).map(async ({ shipped, served }) => {
      const { kind } = shipped;
      const address = { namespace: namespaceOf(shipped, namespace), name: nameOf(shipped, namespace) };
      const object = await reader.get({ ...served, kind }, address);
      return object === undefined ? [] : [{ shipped, served, object }];
    }),
  );
  return found.flat();
}

async function findRights(reader: ObjectReader, namespace: string): Promise<StepPlan> {
  const shipped = planShipped(await findShipped('rights', reader, namespace));
  const bindings = await Promise.all(bindingKinds.map((kind) => reader.listWhole<Binding>(kind)));
  return joinPlans(shipped, { tasks: [], notes: notePeoplesBindings(bindings.flat(), namespace) });
}

async function findWritten(reader: ObjectReader, namespace: string): Promise<StepPlan> {
  const [lease, ...found] = await Promise.all([
    reader.get({ ...leases, kind: 'Lease' }, { namespace, name: LEASE_NAME }),
    ...writtenKinds.map(async (definition) => ({
      definition,
      objects: await reader.list({ ...servedAs(definition), kind: definition.kind }),
    })),
  ]);
  return planWritten(found, lease);
}

interface Crd extends PresentObject {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string; readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

async function findKinds(reader: ObjectReader, { takesPeoples, namespace }: UninstallChoices): Promise<StepPlan> {
  const places = await findShipped('kinds', reader, namespace);
  const found = places.map(async (place) => {
    const { kind, metadata } = place.object;
    const crd = await reader.getWhole<Crd>({ ...place.served, kind }, { name: metadata.name });
    const version = crd?.spec.versions.find(({ served }) => served)?.name;
    if (crd === undefined) return { place, objects: [] };
    if (version === undefined) return { place, objects: undefined };
    const { group, names } = crd.spec;
    return { place, objects: await reader.listServed({ group, version, plural: names.plural, kind: names.kind }) };
  });
  return planKinds(await Promise.all(found), takesPeoples);
}

async function waitUntilDeleted({ tasks }: StepPlan, reader: ObjectReader, choices: UninstallChoices): Promise<void> {
  const deleted = tasks.flatMap((task) => (task.kind === 'delete' ? [task] : []));
  if (deleted.length === 0) return;
  await untilGone(choices, 'waiting until they are gone', async () => {
    const present = await Promise.all(
      deleted.map(async ({ object, served }) => {
        const { name, namespace, uid } = object.metadata;
        const now = await reader.get({ ...served, kind: object.kind }, { namespace, name });
        return now?.metadata.uid === uid ? [now] : [];
      }),
    );
    const [first] = present.flat();
    return first === undefined ? undefined : `${printObject(first)} is being deleted and still there`;
  });
}
