/** What rules are given to judge by: the subject's own, or, for rules that look at nothing but a template, none. */
import { NOTHING_EXPECTED } from './expectation.ts';
import type { Expected } from './expectation.ts';
import type { Params } from './params.ts';
import type { RuleContext } from './rule.ts';
import { NotObserved } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import type { SubjectRef } from './subject-ref.ts';

export type Version = number | NotObserved;

export function readVersion(snapshot: Snapshot): Version {
  try {
    return snapshot.podSecurityVersion();
  } catch (error) {
    if (error instanceof NotObserved) return error;
    throw error;
  }
}

/** A class, because they are made by the thousand: a getter that each object defines anew costs more than most checks. */
export class SubjectContext implements RuleContext {
  readonly params: Params;
  readonly subject: SubjectRef;
  readonly snapshot: Snapshot;
  readonly expected: Expected;

  constructor(params: Params, subject: SubjectRef, snapshot: Snapshot, expected: Expected = NOTHING_EXPECTED) {
    this.params = params;
    this.subject = subject;
    this.snapshot = snapshot;
    this.expected = expected;
  }

  get podSecurityVersion(): number {
    return this.snapshot.podSecurityVersion();
  }
}

/** The verdict is remembered for every workload with that template, so it must not depend on anything else. */
export function templateContextOf(params: Params, version: Version): RuleContext {
  return {
    params,
    get podSecurityVersion() {
      if (typeof version === 'number') return version;
      throw version;
    },
    get subject(): never {
      throw new Error('a workload rule that looks beyond the pod template must declare what it reads');
    },
    get snapshot(): never {
      throw new Error('a workload rule that looks beyond the pod template must declare what it reads');
    },
    expected: NOTHING_EXPECTED,
  };
}
