/** The policies of one kind as they stand in the cluster, and which version of each is in force. */
import { isDeepStrictEqual } from 'node:util';

import type { ObjectMeta } from '../api/v1alpha1/schema.ts';
import type { PolicyProblem } from '../core/policy-problem.ts';
import type { Named } from './store.ts';

/** A policy as it was judged. */
interface Judged<Accepted> {
  readonly object: { readonly metadata: ObjectMeta };
  readonly problem: PolicyProblem | undefined;
  readonly accepted: Accepted | undefined;
}

/** What a change of a policy is about. */
export interface PolicyChange<Accepted> {
  /** Whether what is in force changed, or what is said of it, or only the policy's status. */
  readonly isInForceChanged: boolean;
  /** What was in force, and what is. */
  readonly before: Accepted | undefined;
  readonly after: Accepted | undefined;
}

export class PolicyStore<Policy extends Judged<Accepted>, Accepted = NonNullable<Policy['accepted']>> {
  readonly #judge: (object: Policy['object'], remembered: Accepted | undefined) => Policy;
  readonly #onChange: (key: string, change: PolicyChange<Accepted>) => void;
  readonly #states = new Map<string, Policy>();
  /** The same by namespace: there may be ten thousand, and each namespace asks for its own. */
  readonly #byNamespace = new Map<string, Map<string, Policy>>();

  /**
   * @param judge the policy's judgement, given what of it was in force until now
   * @param onChange told of every change by its name, behind its namespace and a slash where it has one
   */
  constructor(
    judge: (object: Policy['object'], remembered: Accepted | undefined) => Policy,
    onChange: (key: string, change: PolicyChange<Accepted>) => void,
  ) {
    this.#judge = judge;
    this.#onChange = onChange;
  }

  upsert(object: Policy['object']): void {
    const key = keyOf(object);
    const before = this.#states.get(key);
    const remembered = before?.object.metadata.uid === object.metadata.uid ? before?.accepted : undefined;
    const judged = this.#judge(object, remembered);
    const isSame = isDeepStrictEqual(before?.accepted, judged.accepted);
    // What is made of a version is known by the version's identity.
    const state = isSame && before !== undefined ? { ...judged, accepted: before.accepted } : judged;
    this.#states.set(key, state);
    const { namespace = '' } = object.metadata;
    const inNamespace = this.#byNamespace.get(namespace) ?? new Map<string, Policy>();
    this.#byNamespace.set(namespace, inNamespace.set(key, state));
    this.#onChange(key, {
      isInForceChanged: !isSame || !isDeepStrictEqual(before?.problem, state.problem),
      before: before?.accepted,
      after: state.accepted,
    });
  }

  remove(object: Named): void {
    const key = keyOf(object);
    const before = this.#states.get(key)?.accepted;
    const { namespace = '' } = object.metadata;
    const inNamespace = this.#byNamespace.get(namespace);
    inNamespace?.delete(key);
    if (inNamespace?.size === 0) this.#byNamespace.delete(namespace);
    if (this.#states.delete(key)) this.#onChange(key, { isInForceChanged: true, before, after: undefined });
  }

  get(key: string): Policy | undefined {
    return this.#states.get(key);
  }

  states(): readonly Policy[] {
    return [...this.#states.values()];
  }

  inNamespace(namespace: string): readonly Policy[] {
    return [...(this.#byNamespace.get(namespace)?.values() ?? [])];
  }

  names(): Iterable<string> {
    return this.#states.keys();
  }
}

function keyOf({ metadata: { name, namespace } }: Named): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
