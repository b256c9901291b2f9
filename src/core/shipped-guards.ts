/**
 * Whether the API server guards what Merlon says and goes by, with the policies that config/admission brings: a posture is
 * worth as much as it is Merlon's. They are known by their text; what has their name and says something else guards
 * nothing that is known.
 */
import { isDeepStrictEqual } from 'node:util';

import type { ClusterPostureCondition } from '../api/v1alpha1/conditions.ts';
import { ACTION_GUARD_NAME } from '../api/v1alpha1/hardening-remediation.ts';
import { actionGuardBindingSpec, actionGuardSpec } from './action-guard.ts';
import { OLDEST_POLICY_MINOR, validatingPolicyBindingSpec, validatingPolicySpec } from './admission-shape.ts';
import { findUnaskedPolicies } from './asked-policies.ts';
import { LABEL_GUARD_NAME, labelGuardBindingSpec, labelGuardSpec } from './namespace-label-guard.ts';
import { OWN_OBJECT_GUARD_NAME, ownObjectGuardBindingSpec, ownObjectGuardSpec } from './own-object-guard.ts';
import { project } from './project.ts';
import { readOr } from './shape.ts';
import { isReadable, NotObserved } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

type Guarded = Omit<Extract<ClusterPostureCondition, { readonly type: 'Guarded' }>, 'lastTransitionTime'>;

const policyKind = 'ValidatingAdmissionPolicy';
const bindingKind = 'ValidatingAdmissionPolicyBinding';

/** What each keeps, as long as it stands. */
const guards = [
  {
    name: OWN_OBJECT_GUARD_NAME,
    otherwise: 'whoever RBAC lets may write postures',
    policy: project(validatingPolicySpec, ownObjectGuardSpec),
    binding: project(validatingPolicyBindingSpec, ownObjectGuardBindingSpec),
  },
  {
    name: LABEL_GUARD_NAME,
    otherwise: 'whoever may change a namespace may set labels merlon.dev/… there',
    policy: project(validatingPolicySpec, labelGuardSpec),
    binding: project(validatingPolicyBindingSpec, labelGuardBindingSpec),
  },
  {
    name: ACTION_GUARD_NAME,
    otherwise: 'nobody may approve or revert a repair',
    policy: project(validatingPolicySpec, actionGuardSpec),
    binding: project(validatingPolicyBindingSpec, actionGuardBindingSpec),
  },
];

export function judgeGuards(snapshot: Snapshot): Guarded {
  try {
    return judge(snapshot);
  } catch (error) {
    if (error instanceof NotObserved) return { ...unknown, message: error.message };
    throw error;
  }
}

const unknown = { type: 'Guarded', status: 'Unknown', reason: 'NotObserved' } as const;

/** @throws {NotObserved} */
function judge(snapshot: Snapshot): Guarded {
  const isFalse = { type: 'Guarded', status: 'False' } as const;
  const problems = guards.flatMap((guard) => findProblem(snapshot, guard) ?? []);
  const [first] = problems;
  if (first !== undefined) {
    const message = `${problems.map((one) => one.message).join('; ')}; apply config/admission`;
    if (problems.every(({ reason }) => reason === 'GuardMissing') && isTooOld(snapshot)) {
      return {
        ...isFalse,
        reason: 'NotServed',
        message: `Kubernetes serves no ${policyKind} before 1.${OLDEST_POLICY_MINOR}`,
      };
    }
    return { ...isFalse, reason: first.reason, message };
  }
  const unasked = findUnaskedPolicies(snapshot);
  if (unasked !== undefined)
    return unasked.reason === 'PluginOff' ? { ...isFalse, ...unasked } : { ...unknown, ...unasked };
  return { type: 'Guarded', status: 'True', reason: 'Guarded', message: GUARDED };
}

const GUARDED =
  'the API server lets Merlon alone write postures, and asks who sets labels merlon.dev/… or approves a repair';

function isTooOld(snapshot: Snapshot): boolean {
  return isReadable(snapshot.observation('ServerVersion')) && snapshot.podSecurityVersion() < OLDEST_POLICY_MINOR;
}

interface Problem {
  readonly reason: 'GuardMissing' | 'GuardChanged';
  readonly message: string;
}

/** @throws {NotObserved} */
function findProblem(snapshot: Snapshot, { name, otherwise, ...own }: (typeof guards)[number]): Problem | undefined {
  const parts = [
    { kind: policyKind, wanted: own.policy, found: snapshot.get(policyKind, '', name) },
    { kind: bindingKind, wanted: own.binding, found: snapshot.get(bindingKind, '', name) },
  ];
  for (const { kind, wanted, found } of parts) {
    if (found === undefined) {
      return { reason: 'GuardMissing', message: `${otherwise}: the ${kind} "${name}" is not there` };
    }
    // Another version's, or edited by hand.
    const isOwn = readOr(
      () => isDeepStrictEqual(found.spec, wanted),
      () => false,
    );
    if (!isOwn) {
      const message = `${otherwise}, for all that is known: the ${kind} "${name}" is not the one of this version of Merlon`;
      return { reason: 'GuardChanged', message };
    }
  }
  return undefined;
}
