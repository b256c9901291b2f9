/**
 * What follows where an API server does not have the admission plugin that a rule asks for: webhooks and policies may do
 * the same, which nobody can tell from outside. Where none of them is asked, nothing does.
 */
import { OPERATOR_NAMESPACE, PROBE_GUARD_NAME, PROBE_NAMESPACE } from '../../api/v1alpha1/group.ts';
import type { Fact, FactName } from '../../core/evidence.ts';
import type { KindName, ObjectOf } from '../../core/kinds.ts';
import { pass, unknown } from '../../core/rule.ts';
import type { CheckResult } from '../../core/rule.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { compareText } from '../../core/subject-ref.ts';
import {
  idlePoliciesOf,
  mutatorKinds,
  mutatorsOf,
  nameOf,
  validatorKinds,
  validatorsOf,
} from './admission-reviewers.ts';
import type { Reviewer, ReviewedRequest } from './admission-reviewers.ts';
import { blame } from './api-servers.ts';
import type { JudgedServer } from './api-servers.ts';

/** What `findStaticPolicies` and whoever weighs what validates ask of an API server. */
export const reviewerFacts = [
  'validatingWebhooks',
  'validatingAdmissionPolicy',
  'minorVersion',
  'admissionConfigurationFile',
] as const satisfies readonly FactName[];

/** What `judgeWithoutPlugin` asks of an API server. */
export const otherAdmissionFacts = [...reviewerFacts, 'mutatingAdmissionPolicy'] as const satisfies readonly FactName[];

/** What `judgeWithoutPlugin` reads. */
export const reviewerSources = ['Namespace', ...validatorKinds, ...mutatorKinds] as const satisfies readonly KindName[];

/** Whoever makes objects there administers the cluster, and policies that spare these namespaces are no gap. */
const namespacesOfKubernetes: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];
/**
 * In that of Merlon's probes nobody makes anything: its guard, which concerns no other namespace, sees to it. Whoever makes
 * pods in Merlon's own is Merlon, and its policies never reach that namespace, so that they cannot keep it down.
 */
const spared: readonly string[] = [...namespacesOfKubernetes, OPERATOR_NAMESPACE, PROBE_NAMESPACE];

interface Absence {
  readonly request: ReviewedRequest;
  /** What would be blamed, to be read after what was seen. */
  readonly path: string;
  readonly advice: string;
  /** What others would have to do instead, as `set the pull policy Always`. */
  readonly instead: string;
  /** Whether it is known by its text to do so wherever it is asked. */
  readonly isKnown?: (reviewer: Reviewer) => boolean;
  /** Of what is known to set something: who may take that back in such a namespace, as people name them. */
  readonly undoneBy?: (labels: Labels) => readonly string[];
}

type Labels = NonNullable<ObjectOf<'Namespace'>['metadata']['labels']>;

/** @throws {NotObserved} */
export function judgeWithoutPlugin(
  plugin: Fact<boolean>,
  snapshot: Snapshot,
  server: JudgedServer,
  { request, path, advice, instead, isKnown = () => false, undoneBy = () => [] }: Absence,
): CheckResult {
  const reviewers = [...validatorsOf(snapshot, request), ...mutatorsOf(snapshot, request)].filter(
    (one) => one.name !== PROBE_GUARD_NAME && isPluginOfOn(one, server) !== false,
  );
  const known = reviewers.filter((one) => isKnown(one) && isPluginOfOn(one, server) === true);
  if (known.length > 0 && findUncovered(snapshot, known).length === 0) {
    const undone = describeUndone(snapshot, known, undoneBy);
    if (undone !== undefined) return unknown(`${plugin.detail} (${plugin.source}), and ${undone}`);
    return pass(
      `${plugin.detail} (${plugin.source}), and ${listNames(known)}, as Merlon prints it to the letter, is there to ${instead} in every namespace`,
    );
  }
  const uncovered = findUncovered(snapshot, reviewers);
  if (reviewers.length > 0 && uncovered.length === 0) {
    return unknown(
      `${plugin.detail} (${plugin.source}), and ${listNames(reviewers)} may ${instead} instead, which cannot be seen from outside`,
    );
  }
  const hidden = findStaticPolicies(server);
  if (hidden !== undefined) return unknown(`${plugin.detail} (${plugin.source}), and ${hidden}`);
  const [first] = uncovered;
  const others =
    reviewers.length === 0 || first === undefined
      ? ''
      : `; ${listNames(reviewers)} may ${instead}, but not in ${countNamespaces(first.metadata.name, uncovered.length)}`;
  return [blame(plugin, path, advice + others + describeIdle(snapshot, request))];
}

/** @param known of which those that refuse see what came of it. @returns undefined where nobody may take it back in silence */
function describeUndone(
  snapshot: Snapshot,
  known: readonly Reviewer[],
  undoneBy: (labels: Labels) => readonly string[],
): string | undefined {
  const refusing = known.filter(({ kind }) => kind.startsWith('Validating'));
  for (const { metadata } of findUncovered(snapshot, refusing)) {
    const [first, ...others] = undoneBy({ 'kubernetes.io/metadata.name': metadata.name, ...metadata.labels });
    if (first === undefined) continue;
    const more = others.length === 0 ? '' : ` or ${others.length} more`;
    return `what ${listNames(known)} sets ${first}${more} may take back in namespace "${metadata.name}", where nothing that is known refuses it; "merlon enforce" prints what does`;
  }
  return undefined;
}

/**
 * Of policies that look like a guard and are none the first by name, to be read after what is wrong.
 * @throws {NotObserved}
 */
export function describeIdle(snapshot: Snapshot, request: ReviewedRequest): string {
  const idle = idlePoliciesOf(snapshot, request)
    .filter(({ reviewer }) => reviewer.name !== PROBE_GUARD_NAME)
    .toSorted((a, b) => compareText(a.reviewer.name, b.reviewer.name));
  const [first] = idle;
  if (first === undefined) return '';
  const more = new Set(idle.map(({ reviewer }) => reviewer.name)).size - 1;
  return `; ${nameOf(first.reviewer)} ${first.idleness}${more === 0 ? '' : `, nor do ${more} more guard it`}`;
}

/** Where none of them is asked, by name. */
function findUncovered(snapshot: Snapshot, reviewers: readonly Reviewer[]): readonly ObjectOf<'Namespace'>[] {
  return namespacesByName(snapshot).filter(
    ({ metadata: { name, labels } }) => !spared.includes(name) && !reviewers.some(({ isAskedIn }) => isAskedIn(labels)),
  );
}

const pluginFacts = {
  ValidatingWebhookConfiguration: 'validatingWebhooks',
  ValidatingAdmissionPolicy: 'validatingAdmissionPolicy',
  MutatingAdmissionPolicy: 'mutatingAdmissionPolicy',
} as const satisfies Partial<Record<Reviewer['kind'], FactName>>;

/** @returns undefined where it is not known: then they may be asked, and may not */
function isPluginOfOn({ kind }: Reviewer, server: JudgedServer): boolean | undefined {
  return kind === 'MutatingWebhookConfiguration' ? undefined : server.factIfKnown(pluginFacts[kind])?.value;
}

/**
 * Why there may be policies that the API does not show. Source: KEP-5793, `staticManifestsDir`, from Kubernetes 1.36 on.
 *
 * @throws {NotObserved} where it is not known
 */
export function findStaticPolicies(server: JudgedServer): string | undefined {
  const minor = server.fact('minorVersion').value;
  if (minor < 36 || !server.fact('admissionConfigurationFile').value) return undefined;
  return `from Kubernetes 1.36 on the file of --admission-control-config-file may name policies that the API does not show`;
}

/** `A`, `A or B`, `A, B or C`, `A, B or 3 more`; each once. */
export function listNames(reviewers: readonly Reviewer[]): string {
  const names = [...new Set(reviewers.map(nameOf))];
  const shown = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1) ?? ''}`;
}

export function countNamespaces(first: string, count: number): string {
  return count === 1 ? `namespace "${first}"` : `namespace "${first}" and ${count - 1} more`;
}

/** Always in the same order: the first of them is named. */
export function namespacesByName(snapshot: Snapshot): readonly ObjectOf<'Namespace'>[] {
  return [...snapshot.list('Namespace')].sort((a, b) => compareText(a.metadata.name, b.metadata.name));
}
