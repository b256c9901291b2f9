/** What PodSecurityPolicies would have said of one pod of a manifest, in terms of the manifest. */
import { MalformedField } from '../core/shape.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import type { Mutation } from '../psp/mutate.ts';
import type { Pod } from '../psp/pod.ts';
import type { PodSecurityPolicy } from '../psp/pod-security-policy.ts';
import type { PolicyUse } from '../psp/policy-use.ts';
import { serviceAccount } from '../rbac/request.ts';
import type { Requester } from '../rbac/request.ts';
import { selectPolicy } from '../psp/select-policy.ts';
import type { PolicyRefusal, Selection } from '../psp/select-policy.ts';
import { allowsVolumeType } from '../psp/volume-types.ts';
import type { ManifestPlace } from './manifest.ts';
import type { PodDocument } from './pod-documents.ts';

export type PspResult = {
  readonly subject: SubjectRef;
  readonly place: ManifestPlace;
} & (
  | {
      readonly outcome: 'admitted';
      readonly policy: string;
      readonly mutations: readonly Mutation[];
      /** What a cluster adds to the pod, and the policy would refuse. */
      readonly note: string | undefined;
    }
  | { readonly outcome: 'refused'; readonly refusals: readonly PolicyRefusal[] }
  | {
      readonly outcome: 'unknown';
      readonly message: string;
      /** The field that is malformed, where one is. */
      readonly path: string | undefined;
      readonly refusals: readonly PolicyRefusal[];
    }
);

export interface PspJudge {
  readonly policies: readonly PodSecurityPolicy[];
  /** Left out where nothing is known of who may use which. */
  readonly use?: PolicyUse;
  /** Who creates the pods that no controller creates. */
  readonly creator?: Requester;
  /** Whether every policy could be read. */
  readonly isWhole: boolean;
}

/** Paths begin at the object. */
export function judgePod(document: PodDocument, judge: PspJudge): PspResult {
  const { subject, place } = document;
  try {
    const pod = document.read();
    return { subject, place, ...toResult(select(pod, document, judge), pod, document, judge) };
  } catch (error) {
    if (!(error instanceof MalformedField)) throw error;
    return { subject, place, outcome: 'unknown', message: error.message, path: error.path, refusals: [] };
  }
}

function select(pod: Pod, { subject, creator: controller }: PodDocument, judge: PspJudge): Selection {
  const { namespace } = subject;
  const account = pod.spec.serviceAccountName ?? pod.spec.serviceAccount ?? 'default';
  const creator = controller ?? judge.creator;
  const who = [serviceAccount(namespace, account), ...(creator === undefined ? [] : [creator])];
  return selectPolicy(judge.policies, pod, { namespace, who }, judge.use);
}

/** Everything of a result but whose it is. */
type Verdict = PspResult extends infer Result
  ? Result extends PspResult
    ? Omit<Result, 'subject' | 'place'>
    : never
  : never;

function toResult(selection: Selection, pod: Pod, { prefix }: PodDocument, judge: PspJudge): Verdict {
  if (selection.outcome === 'admitted') {
    const mutations = selection.mutations.map(({ path, value }) => ({ path: prefix + path, value }));
    const policy = judge.policies.find(({ name }) => name === selection.policy);
    return { ...selection, mutations, note: policy === undefined ? undefined : noteToken(policy, pod) };
  }
  const refusals = selection.refusals.map(({ policy, reasons }) => ({
    policy,
    reasons: reasons.map((reason) => ({ ...reason, path: prefix + reason.path })),
  }));
  if (selection.outcome === 'unknown') return { ...selection, path: undefined, refusals };
  if (judge.isWhole) return { outcome: 'refused', refusals };
  const message = 'no policy that could be read admits it, and not every policy could be read';
  return { outcome: 'unknown', message, path: undefined, refusals };
}

/** The API server mounts the token before PodSecurityPolicy looks at the volumes; a manifest does not show it. */
function noteToken({ name, volumes }: PodSecurityPolicy, { spec }: Pod): string | undefined {
  if (spec.automountServiceAccountToken === false) return undefined;
  if (allowsVolumeType(volumes, 'projected') || allowsVolumeType(volumes, 'secret')) return undefined;
  return `"${name}" allows neither secret nor projected volumes, so it would refuse the pod for its service account's token; set automountServiceAccountToken to false`;
}
