/** The policies as they stand in the cluster, and which version of each is in force. */
import { isDeepStrictEqual } from 'node:util';

import type { ClusterHardeningPolicy } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { Named } from './store.ts';
import { judgePolicy } from '../core/policy-status.ts';
import type { JudgedPolicy } from '../core/policy-status.ts';
import type { AcceptedPolicy } from '../core/policy.ts';
import type { AnyRule } from '../core/rule.ts';

export class PolicyStore {
  readonly #rules: readonly AnyRule[];
  readonly #onChange: (name: string, isInForceChanged: boolean) => void;
  readonly #states = new Map<string, JudgedPolicy>();

  /** @param onChange told of every change, and whether what is in force changed or only the policy's status */
  constructor(rules: readonly AnyRule[], onChange: (name: string, isInForceChanged: boolean) => void) {
    this.#rules = rules;
    this.#onChange = onChange;
  }

  upsert(object: ClusterHardeningPolicy): void {
    const { name, uid } = object.metadata;
    const before = this.#states.get(name);
    const remembered = before?.object.metadata.uid === uid ? before?.accepted : undefined;
    const state = judgePolicy(object, this.#rules, remembered);
    this.#states.set(name, state);
    this.#onChange(
      name,
      !isDeepStrictEqual(before?.accepted, state.accepted) || !isDeepStrictEqual(before?.problem, state.problem),
    );
  }

  remove({ metadata: { name } }: Named): void {
    if (this.#states.delete(name)) this.#onChange(name, true);
  }

  get(name: string): JudgedPolicy | undefined {
    return this.#states.get(name);
  }

  states(): Iterable<JudgedPolicy> {
    return this.#states.values();
  }

  names(): Iterable<string> {
    return this.#states.keys();
  }

  accepted(): readonly AcceptedPolicy[] {
    return [...this.#states.values()].flatMap(({ accepted }) => (accepted === undefined ? [] : [accepted]));
  }
}
