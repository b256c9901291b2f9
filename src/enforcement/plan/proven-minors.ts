/**
 * What connects to pods or nodes cannot be tried by a dry run. Such policies are applied only in the text that the suite holds
 * against real API servers, and on the minors of those.
 *
 * Source: test/enforcement/exec-guard.integration.test.ts, with EMULATE set to each of these.
 */
import { DEBUG_GUARD_NAME, EXEC_GUARD_NAME } from './exec-guard.ts';
import { NODES_PROXY_GUARD_NAME } from './nodes-proxy-guard.ts';
import { explainUnserved } from './without-policies.ts';
import { oldestMinors } from './planned-policy.ts';

const execMinors: readonly number[] = [34, 35, 36, 37];

/** By the name of the policy. */
const provenMinors: Readonly<Record<string, readonly number[]>> = {
  [EXEC_GUARD_NAME]: execMinors,
  [DEBUG_GUARD_NAME]: execMinors,
  [NODES_PROXY_GUARD_NAME]: execMinors,
};

export interface Objection {
  readonly state: 'TooOld' | 'Unproven';
  readonly message: string;
}

/**
 * Why a policy is not to be applied there.
 *
 * @param minors those of the API servers; empty where they are not known
 * @param canBeTried whether it is tried before it is applied
 * @returns undefined where it may be
 */
export function findVersionObjection(
  policy: string,
  minors: readonly number[],
  canBeTried: boolean,
): Objection | undefined {
  if (minors.length === 0) {
    return { state: 'Unproven', message: 'which version the API server has is not known' };
  }
  const old = minors.find((minor) => minor < oldestMinors.ValidatingAdmissionPolicy);
  if (old !== undefined) {
    return {
      state: 'TooOld',
      message: explainUnserved(`Kubernetes 1.${old}`),
    };
  }
  const proven = provenMinors[policy];
  if (proven === undefined && canBeTried) return undefined;
  const strange = minors.find((minor) => proven?.includes(minor) !== true);
  return strange === undefined
    ? undefined
    : {
        state: 'Unproven',
        message: `it cannot be tried by a dry run, and was not proven on Kubernetes 1.${strange}; apply what "merlon enforce --policy FILE -o yaml" prints where you have tried it`,
      };
}
