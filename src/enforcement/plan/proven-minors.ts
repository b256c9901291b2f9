/**
 * What connects to pods or nodes cannot be tried by a dry run; nor roles, Secrets and default accounts, to which Merlon has
 * no right; nor debug containers, without a pod. Such policies are applied only in the text that the suite holds against
 * real API servers, and on the minors of those.
 *
 * Source: test/enforcement/{exec-guard,nodes-proxy-guard,exec-label,exec-label-workloads,rbac-guard,service-accounts,image-pulls,
 * image-pulls-keeper}.integration.test.ts, with CONTROL_PLANE_EMULATED_VERSION set to each of these.
 */
import { CLUSTER_RBAC_GUARD_NAME, RBAC_GUARD_NAME } from './rbac-guard.ts';
import { IMAGE_PULLS_NAME } from './image-pulls.ts';
import { PULLS_KEEPER_NAME } from './image-pulls-keeper.ts';
import type { KnownPolicy } from './known-policy.ts';
import { DEBUG_GUARD_NAME, EXEC_GUARD_NAME } from './exec-guard.ts';
import { LABEL_KEEPER_NAME, LABEL_SETTER_NAME } from './exec-label.ts';
import { NODES_PROXY_GUARD_NAME } from './nodes-proxy-guard.ts';
import { explainUnserved } from './without-policies.ts';
import { oldestMinors } from './planned-policy.ts';
import type { PlannedPolicy } from './planned-policy.ts';
import { SERVICE_ACCOUNTS_NAME, TOKEN_SECRETS_NAME } from './service-accounts.ts';

const minors = {
  ValidatingAdmissionPolicy: [34, 35, 36, 37],
  MutatingAdmissionPolicy: [36, 37],
} as const satisfies Readonly<Record<PlannedPolicy['kind'], readonly number[]>>;

/** The names of those that cannot be tried, or not wholly. */
const proven: Readonly<Record<PlannedPolicy['kind'], readonly string[]>> = {
  ValidatingAdmissionPolicy: [
    EXEC_GUARD_NAME,
    DEBUG_GUARD_NAME,
    NODES_PROXY_GUARD_NAME,
    LABEL_KEEPER_NAME,
    TOKEN_SECRETS_NAME,
    PULLS_KEEPER_NAME,
    RBAC_GUARD_NAME,
    CLUSTER_RBAC_GUARD_NAME,
  ],
  MutatingAdmissionPolicy: [LABEL_SETTER_NAME, IMAGE_PULLS_NAME, SERVICE_ACCOUNTS_NAME],
};

export interface Objection {
  readonly state: 'NotApplicable' | 'Unproven';
  readonly message: string;
}

/**
 * Why a policy is not to be applied there.
 *
 * @param served the minors of the API servers; empty where they are not known
 * @param canBeTried whether it is tried before it is applied
 * @returns undefined where it may be
 */
export function findVersionObjection(
  { kind, name }: Pick<KnownPolicy, 'kind' | 'name'>,
  served: readonly number[],
  canBeTried: boolean,
): Objection | undefined {
  if (served.length === 0) {
    return { state: 'Unproven', message: 'which version the API server has is not known' };
  }
  const old = served.find((minor) => minor < oldestMinors[kind]);
  if (old !== undefined) {
    return {
      state: 'NotApplicable',
      message: explainUnserved(`Kubernetes 1.${old}`),
    };
  }
  const isProven = proven[kind].includes(name);
  if (!isProven && canBeTried) return undefined;
  const known: readonly number[] = isProven ? minors[kind] : [];
  const strange = served.find((minor) => !known.includes(minor));
  return strange === undefined
    ? undefined
    : {
        state: 'Unproven',
        message: `it cannot be tried by a dry run${canBeTried ? ' as a whole' : ''}, and was not proven on Kubernetes 1.${strange}; apply what "merlon enforce --policy FILE -o yaml" prints where you have tried it`,
      };
}
