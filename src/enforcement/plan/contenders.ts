/**
 * Who may take back what Merlon's policies set in new objects: whoever else is asked about them where it is set. What others
 * make of an object nobody can tell from outside; so who may is named, before a pod is refused for it.
 *
 * Of pods only those count that are asked once more where somebody changed the object, because what sets the pull policy is
 * asked once more itself, and has the last word with all others (test/enforcement/image-pulls-keeper.integration.test.ts).
 * What new pods leave open anybody may say for them, so that nobody takes it back.
 *
 * Source: k8s.io/apiserver v0.37.2, admission/plugin/policy/mutating/dispatcher.go and webhook/mutating/dispatcher.go: whoever
 * changed an object has all those asked again, once, that were asked before and have reinvocationPolicy IfNeeded.
 */
import { matchesSelector } from '../../core/label-selector.ts';
import { isReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { mutatorKinds, mutatorsOf } from '../../pod-security/pod-mutators.ts';
import type { MutatedResource, Mutator } from '../../pod-security/pod-mutators.ts';
import type { KnownEnforcer } from './enforcers.ts';

type Labels = Readonly<Record<string, string>>;

export interface LabelledNamespace {
  readonly name: string;
  readonly labels: Labels;
}

/** Of one family that sets something in some of the namespaces. */
export interface Contention {
  readonly family: ContendedFamily;
  /** Each once and in order, as `MutatingWebhookConfiguration "mesh"`; undefined where it cannot be read who there is. */
  readonly by: readonly string[] | undefined;
  /** Why not. */
  readonly unread?: string;
  /** Whether what is taken back is refused wherever somebody may take it back. */
  readonly isRefused: boolean;
}

export type ContendedFamily = keyof typeof contended;

/** Of which objects each sets something; by default accounts that is refused in the pods that have the token of one. */
const contended = {
  'image-pulls': 'pods',
  'service-accounts': 'serviceaccounts',
} as const satisfies Readonly<Record<string, MutatedResource>>;

/** What it is found out from, besides what enforcers are. */
export const contenderSources = mutatorKinds;

/**
 * @param known of the cluster
 * @param namespaces those to look at, or why they cannot be read
 * @returns of the families that are set in one of the namespaces, and that somebody may contend
 */
export function findContentions(
  known: readonly KnownEnforcer[],
  namespaces: readonly LabelledNamespace[] | { readonly unread: string },
  snapshot: Snapshot,
): readonly Contention[] {
  const families = ['image-pulls', 'service-accounts'] as const satisfies readonly ContendedFamily[];
  return families.flatMap((family): readonly Contention[] => {
    const ofFamily = known.filter(({ what }) => what === family);
    const setting = ofFamily.filter(({ mode }) => mode === 'on');
    if (setting.length === 0) return [];
    if ('unread' in namespaces) return [{ family, by: undefined, unread: namespaces.unread, isRefused: false }];
    const where = namespaces.filter((one) => setting.some((enforcer) => isIn(enforcer, one)));
    if (where.length === 0) return [];
    const refuses = (one: LabelledNamespace): boolean =>
      ofFamily.some((enforcer) => enforcer.mode === 'deny' && isIn(enforcer, one));
    const unread = mutatorKinds.map((kind) => snapshot.observation(kind)).find((one) => !isReadable(one))?.message;
    if (unread !== undefined) return [{ family, by: undefined, unread, isRefused: where.every(refuses) }];
    const own = new Set(known.filter(({ mode }) => mode === 'on').map(({ policy }) => policy));
    const others = mutatorsOf(snapshot, contended[family]).filter(
      ({ kind, name, isAskedAgain }) =>
        (isAskedAgain || family !== 'image-pulls') && !(kind === 'MutatingAdmissionPolicy' && own.has(name)),
    );
    const asked = where.filter((one) => others.some((other) => isAsked(other, one)));
    const by = others.filter((other) => asked.some((one) => isAsked(other, one))).map(nameMutator);
    return by.length === 0 ? [] : [{ family, by: [...new Set(by)].toSorted(), isRefused: asked.every(refuses) }];
  });
}

function isAsked({ mayBeAskedIn }: Mutator, { name, labels }: LabelledNamespace): boolean {
  return mayBeAskedIn({ ...labels, [NAME_LABEL]: name });
}

function isIn({ selectors }: KnownEnforcer, { name, labels }: LabelledNamespace): boolean {
  return selectors.every((one) => one === undefined || matchesSelector(one, { ...labels, [NAME_LABEL]: name }));
}

const NAME_LABEL = 'kubernetes.io/metadata.name';

function nameMutator({ kind, name }: Mutator): string {
  return `${kind} "${name}"`;
}

const MAX_NAMED = 3;

const consequences: Readonly<Record<ContendedFamily, string>> = {
  'image-pulls': 'such pods are refused',
  'service-accounts': 'pods with the token of such an account are refused',
};

/** For who may know of objects without a namespace: a clause without a full stop. */
export function describeContention({ by, ...contention }: Contention): string {
  if (by === undefined) return describeAnybody(contention);
  const names = by.length > MAX_NAMED ? [...by.slice(0, MAX_NAMED), `${by.length - MAX_NAMED} more`] : by;
  return `${names.join(', ')} may take back what ${contention.family} sets: ${consequenceOf(contention)}`;
}

/** The same without names. */
export function describeAnybody({ family, unread, isRefused }: Omit<Contention, 'by'>): string {
  return unread === undefined
    ? `another policy or webhook may take back what ${family} sets: ${consequenceOf({ family, isRefused })} (the condition Enforced of the cluster's posture names it)`
    : `whether anybody may take back what ${family} sets is not known (${unread}): ${consequenceOf({ family, isRefused })}`;
}

function consequenceOf({ family, isRefused }: Pick<Contention, 'family' | 'isRefused'>): string {
  return isRefused ? consequences[family] : 'nothing that is known refuses it';
}
