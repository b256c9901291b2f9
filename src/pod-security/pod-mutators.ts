/**
 * Whether something changes a pod between its template and Pod Security admission, which sees it last: then the template
 * says nothing, and only pods that were admitted show what becomes of it.
 *
 * Whoever may match counts as matching: conditions in CEL, names and exclusions are not weighed.
 *
 * Source: k8s.io/apiserver v0.37.2, admission/plugin/webhook/predicates (rules, namespace, object) and
 * admission/plugin/policy/matching.
 */
import type { ValidatedResources, ValidatedRule, Webhook } from '../core/admission-shape.ts';
import { matchesSelector } from '../core/label-selector.ts';
import type { LabelSelector } from '../core/label-selector.ts';
import type { ObjectOf } from '../core/kinds.ts';
import type { OwnerKind } from '../core/owners.ts';
import { readOr } from '../core/shape.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** What `findMutation` reads. */
export const mutatorKinds = [
  'MutatingWebhookConfiguration',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
] as const;

type Labels = Readonly<Record<string, string>>;
export type MutatedResource = 'pods' | 'serviceaccounts';

/** Pods that are still to be created. */
export interface NextPods {
  /** Of the namespace; undefined where they are not known. */
  readonly namespaceLabels: Labels | undefined;
  readonly makerKind: OwnerKind;
  /** Undefined where they are not known. */
  readonly labels: Labels | undefined;
}

type Asked = Omit<NextPods, 'makerKind'> &
  Partial<NextPods> & {
    readonly resource: MutatedResource;
    /** Whether debug containers count that pods get later. */
    readonly isLater?: boolean;
  };

/** Somebody who is asked about new objects, and may change them. */
export interface Mutator {
  readonly kind: 'MutatingWebhookConfiguration' | 'MutatingAdmissionPolicy';
  readonly name: string;
  /** Whether it is asked once more where others changed what it has seen. */
  readonly isAskedAgain: boolean;
  /** In a namespace with these labels. */
  readonly mayBeAskedIn: (namespaceLabels: Labels) => boolean;
}

/**
 * Each webhook by itself, and each policy; of pods also those that are asked about nothing but debug containers.
 * @throws {NotObserved}
 */
export function mutatorsOf(snapshot: Snapshot, resource: MutatedResource): readonly Mutator[] {
  const asked = (namespaceLabels: Labels): Asked => ({
    ...{ resource, namespaceLabels, labels: undefined },
    isLater: resource === 'pods',
  });
  const webhooks = [...snapshot.list('MutatingWebhookConfiguration')].flatMap((configuration): readonly Mutator[] => {
    const named = { kind: 'MutatingWebhookConfiguration', name: configuration.metadata.name } as const;
    return readOr(
      () =>
        (configuration.webhooks ?? []).map((webhook) => ({
          ...named,
          isAskedAgain: readOr(
            () => webhook.reinvocationPolicy === 'IfNeeded',
            () => true,
          ),
          mayBeAskedIn: (labels) => mayMutate(() => mayMatch(matchOf(webhook), asked(labels))),
        })),
      () => [{ ...named, isAskedAgain: true, mayBeAskedIn: () => true }],
    );
  });
  const policies = [...snapshot.list('MutatingAdmissionPolicy')].map((policy): Mutator => ({
    kind: 'MutatingAdmissionPolicy',
    name: policy.metadata.name,
    isAskedAgain: readOr(
      () => policy.spec?.reinvocationPolicy === 'IfNeeded',
      () => true,
    ),
    mayBeAskedIn: (labels) => mayMutate(() => matchesByPolicy(policy, asked(labels), snapshot)),
  }));
  return [...webhooks, ...policies];
}

/** @returns why it cannot be told what becomes of such pods; undefined where nothing changes them */
export function findMutation(snapshot: Snapshot, next: NextPods): string | undefined {
  const pods: Asked = { ...next, resource: 'pods' };
  for (const kind of mutatorKinds) {
    const observation = snapshot.observation(kind);
    if (!isReadable(observation))
      return `whether anything changes pods when they are created is not known (${observation.message})`;
  }
  for (const configuration of snapshot.list('MutatingWebhookConfiguration')) {
    if (mayMutate(() => matchesByWebhook(configuration, pods))) {
      return 'a mutating webhook may change such pods when they are created';
    }
  }
  for (const policy of snapshot.list('MutatingAdmissionPolicy')) {
    if (mayMutate(() => matchesByPolicy(policy, pods, snapshot))) {
      return 'a MutatingAdmissionPolicy may change such pods when they are created';
    }
  }
  return undefined;
}

/** What cannot be read may say anything. */
function mayMutate(matches: () => boolean): boolean {
  return readOr(matches, () => true);
}

function matchesByWebhook({ webhooks }: ObjectOf<'MutatingWebhookConfiguration'>, pods: Asked): boolean {
  return webhooks?.some((webhook) => mayMatch(matchOf(webhook), pods)) === true;
}

/** Its other fields are of no matter here, readable or not. */
function matchOf({ namespaceSelector, objectSelector, rules = [] }: Webhook): Match {
  return {
    rules,
    ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
    ...(objectSelector === undefined ? {} : { objectSelector }),
  };
}

function matchesByPolicy(
  { metadata, spec }: ObjectOf<'MutatingAdmissionPolicy'>,
  pods: Asked,
  snapshot: Snapshot,
): boolean {
  if (!mayMatch(toMatch(spec?.matchConstraints), pods)) return false;
  for (const binding of snapshot.list('MutatingAdmissionPolicyBinding')) {
    if (binding.spec?.policyName === metadata.name && mayMatch(toMatch(binding.spec.matchResources), pods)) return true;
  }
  return false;
}

interface Match {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  /** Undefined where anything is matched. */
  readonly rules: readonly ValidatedRule[] | undefined;
}

function toMatch(resources: ValidatedResources | undefined): Match {
  return { ...resources, rules: resources?.resourceRules };
}

function mayMatch({ namespaceSelector, objectSelector, rules }: Match, pods: Asked): boolean {
  if (!maySelect(namespaceSelector, pods.namespaceLabels)) return false;
  const isConcerned = (one: ValidatedRule): boolean =>
    isAbout(one, '', pods.resource) || (pods.isLater === true && isAboutDebugContainers(one));
  if (rules === undefined || rules.some(isConcerned)) {
    if (maySelect(withoutControllerKeys(objectSelector), pods.labels)) return true;
  }
  const between = pods.makerKind === undefined ? undefined : madeBetween[pods.makerKind];
  return between !== undefined && rules?.some((one) => isAbout(one, ...between)) === true;
}

/** What makers make before there are pods, which is changed on its way in just as well; its labels are not known. */
const madeBetween: { readonly [K in OwnerKind]?: readonly [group: string, resource: string] } = {
  Deployment: ['apps', 'replicasets'],
  CronJob: ['batch', 'jobs'],
};

function isAboutDebugContainers({ operations, apiGroups, resources }: ValidatedRule): boolean {
  return (
    holds(operations, '*', 'UPDATE') &&
    holds(apiGroups, '*', '') &&
    holds(resources, '*/*', 'pods/*', '*/ephemeralcontainers', 'pods/ephemeralcontainers')
  );
}

function holds(list: readonly string[] | undefined, ...some: readonly string[]): boolean {
  return list?.some((one) => some.includes(one)) === true;
}

function isAbout({ operations, apiGroups, resources }: ValidatedRule, group: string, resource: string): boolean {
  return (
    holds(operations, '*', 'CREATE') &&
    holds(apiGroups, '*', group) &&
    holds(resources, '*', '*/*', resource, `${resource}/*`)
  );
}

function maySelect(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  return selector === undefined || labels === undefined || matchesSelector(selector, labels);
}

/** Controllers add labels to the pods that they make: what is asked about those may come out either way. */
function withoutControllerKeys(selector: LabelSelector | undefined): LabelSelector | undefined {
  if (selector === undefined) return undefined;
  return {
    matchLabels: Object.fromEntries(Object.entries(selector.matchLabels ?? {}).filter(([key]) => !isAdded(key))),
    matchExpressions: (selector.matchExpressions ?? []).filter(({ key }) => !isAdded(key)),
  };
}

/**
 * Source: k8s.io/kubernetes v1.37.2, pkg/controller (deployment, daemon, statefulset, job): labels of pods that are not
 * those of the template.
 */
const addedLabels = [
  'pod-template-hash',
  'pod-template-generation',
  'controller-revision-hash',
  'controller-uid',
  'job-name',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
];

function isAdded(key: string): boolean {
  return addedLabels.includes(key) || key.startsWith('batch.kubernetes.io/');
}
