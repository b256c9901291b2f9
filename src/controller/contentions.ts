/** Who may take back what the operator has set: sought anew when policies, webhooks or namespaces are others. */
import { isDeepStrictEqual } from 'node:util';

import { isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { findContentions } from '../enforcement/plan/contenders.ts';
import type { Contention } from '../enforcement/plan/contenders.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import type { AnyRule } from '../core/rule.ts';
import { KnownEnforcers } from './known-enforcers.ts';

export class Contentions {
  readonly #known: KnownEnforcers;
  #current: readonly Contention[] = [];

  /** @param catalogue as of `KnownEnforcers` */
  constructor(catalogue: readonly AnyRule[]) {
    this.#known = new KnownEnforcers(catalogue);
  }

  /** As they were sought last. */
  get current(): readonly Contention[] {
    return this.#current;
  }

  /** @returns whether they are others than before */
  seek(snapshot: Snapshot, planned: readonly PlannedPolicy[]): boolean {
    const isSetting = planned.some(({ kind }) => kind === 'MutatingAdmissionPolicy');
    const found = isSetting ? findContentions(this.#known.of(snapshot, planned), namespacesOf(snapshot), snapshot) : [];
    if (isDeepStrictEqual(found, this.#current)) return false;
    this.#current = found;
    return true;
  }
}

function namespacesOf(snapshot: Snapshot): Parameters<typeof findContentions>[1] {
  const observation = snapshot.observation('Namespace');
  if (!isReadable(observation)) return { unread: observation.message };
  return [...snapshot.list('Namespace')].map(({ metadata: { name, labels = {} } }) => ({ name, labels }));
}
