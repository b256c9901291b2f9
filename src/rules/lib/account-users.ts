/** Which workloads run as which service account: looked up for every account, and made once for each namespace. */
import type { ObjectOf } from '../../core/kinds.ts';
import { workloadKinds } from '../../core/owners.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { readOr } from '../../core/shape.ts';
import { isReadable } from '../../core/snapshot.ts';
import type { Derivation, Snapshot } from '../../core/snapshot.ts';
import type { SubjectRef } from '../../core/subject-ref.ts';
import { workloadsOf } from '../../core/workload.ts';
import type { Workload } from '../../core/workload.ts';
import { accountNameOf, isMirrorPod } from '../../core/token-mounts.ts';

type Labels = Readonly<Record<string, string>>;

export interface AccountUser {
  readonly ref: SubjectRef;
  /** Of the owner, and where it has none of that name of its pods; a pod without an owner keeps none. */
  readonly labels: Labels;
}

/** What `usersOf` and `findUnreadKind` read. */
export const accountUserReads = workloadKinds;

/** The workloads of a namespace that run, or would run, as the account; those that can be read. */
export function usersOf(snapshot: Snapshot, namespace: string, account: string): readonly AccountUser[] {
  return snapshot.derive(derivation).of(snapshot, namespace).get(account) ?? [];
}

/** Why there may be more workloads than `usersOf` knows; undefined where there are not. */
export function findUnreadKind(snapshot: Snapshot): string | undefined {
  return workloadKinds.map((kind) => snapshot.observation(kind)).find((observation) => !isReadable(observation))
    ?.message;
}

class AccountUsers {
  readonly #ofNamespaces = new Map<string, ReadonlyMap<string, readonly AccountUser[]>>();

  of(snapshot: Snapshot, namespace: string): ReadonlyMap<string, readonly AccountUser[]> {
    let known = this.#ofNamespaces.get(namespace);
    if (known === undefined) this.#ofNamespaces.set(namespace, (known = collectUsers(snapshot, namespace)));
    return known;
  }

  forget(namespace: string): void {
    this.#ofNamespaces.delete(namespace);
  }
}

const derivation: Derivation<AccountUsers> = {
  reads: workloadKinds,
  build: () => new AccountUsers(),
  update(users, changes) {
    for (const { before, after } of changes) users.forget((after ?? before)?.metadata.namespace ?? '');
    return users;
  },
};

function collectUsers(snapshot: Snapshot, namespace: string): ReadonlyMap<string, readonly AccountUser[]> {
  const users = new Map<string, AccountUser[]>();
  for (const workload of workloadsOf(snapshot, namespace)) {
    const user = { ref: workload.ref, labels: labelsOf(workload) };
    for (const account of accountsOf(workload)) {
      const some = users.get(account);
      if (some === undefined) users.set(account, [user]);
      else some.push(user);
    }
  }
  return users;
}

/** Between two revisions it may be two. */
function accountsOf({ template, running }: Workload): ReadonlySet<string> {
  const templates = [...(template === undefined ? [] : [template]), ...running.map((one) => one.template)];
  return new Set(templates.flatMap((one) => accountOf(one) ?? []));
}

/** Undefined for a static pod, and in files for what cannot be read, of which other rules say so. */
function accountOf(template: PodTemplate): string | undefined {
  return readOr(
    () => (isMirrorPod(template) ? undefined : accountNameOf(template)),
    () => undefined,
  );
}

function labelsOf({ origin, template }: Workload): Labels {
  const ofOwner = origin as ObjectOf<'Deployment'>['metadata'];
  const ofPods = template as ObjectOf<'Deployment'>['spec']['template'] | undefined;
  return readOr(
    () => ({ ...ofPods?.metadata?.labels, ...ofOwner.labels }),
    () => ({}),
  );
}
