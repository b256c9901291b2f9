/**
 * Which Pod Security level stands nearest to a PodSecurityPolicy: the strictest that refuses nothing of what the policy
 * is there to allow. It is found by pods, each with one liberty: those that the policy admits, after it has set what it
 * sets, are held against Pod Security's own checks.
 *
 * No policy is as strict as a level in everything: of some things PodSecurityPolicy did not speak, of others most
 * policies do not. These do not lower the level, and are named.
 *
 * Source: Kubernetes documentation, "Mapping PodSecurityPolicies to Pod Security Standards".
 */
import { evaluatePodSecurity } from '../pod-security/evaluate.ts';
import type { Level } from '../pod-security/evaluate.ts';
import { LATEST_VERSION } from '../pod-security/version.ts';
import { admit } from './admit.ts';
import { buildProbe, libertiesOf } from './liberties.ts';
import type { Liberty } from './liberties.ts';
import type { Pod } from './pod.ts';
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import { isInRanges } from './strategy.ts';

export interface AdvisedLevel {
  readonly level: Level;
  /** What the policy allows and the next stricter level refuses; empty for restricted. */
  readonly keptFrom: readonly string[];
  /** Checks of the level that are about what the policy leaves open. */
  readonly alsoDemands: readonly string[];
}

/** @returns undefined for a policy that admits no pod at all */
export function adviseLevel(policy: PodSecurityPolicy): AdvisedLevel | undefined {
  const plain = admitProbe(policy, { what: 'pods that say nothing of it' });
  if (plain === undefined) return undefined;
  const others = libertiesOf(policy).flatMap((liberty) => admitProbe(policy, liberty) ?? []);
  const restricted = holdAgainst('restricted', policy, plain, others);
  if (restricted.refused.length === 0) return { level: 'restricted', keptFrom: [], alsoDemands: restricted.open };
  const baseline = holdAgainst('baseline', policy, plain, others);
  return baseline.refused.length === 0
    ? { level: 'baseline', keptFrom: restricted.refused, alsoDemands: baseline.open }
    : { level: 'privileged', keptFrom: baseline.refused, alsoDemands: [] };
}

interface AdmittedProbe {
  readonly what: string;
  readonly pod: Pod;
}

function admitProbe(policy: PodSecurityPolicy, liberty: Liberty): AdmittedProbe | undefined {
  const admission = admit(policy, buildProbe(policy, liberty));
  return admission.outcome === 'admitted' ? { what: liberty.what, pod: admission.pod } : undefined;
}

function holdAgainst(
  level: Level,
  policy: PodSecurityPolicy,
  plain: AdmittedProbe,
  others: readonly AdmittedProbe[],
): { readonly refused: readonly string[]; readonly open: readonly string[] } {
  const check = ({ pod }: AdmittedProbe): readonly string[] =>
    evaluatePodSecurity(level, LATEST_VERSION, pod).checks.map(({ id }) => id);
  const isOpen = (id: string): boolean => isLeftOpen(policy, id);
  // What refuses the plain pod refuses the others, too: it is said once.
  const general = check(plain);
  const refused = [plain, ...others].flatMap((probe) => {
    const ids = check(probe).filter((id) => !isOpen(id) && (probe === plain || !general.includes(id)));
    return ids.length === 0 ? [] : [`${probe.what} (${ids.join(', ')})`];
  });
  return { refused, open: [...new Set([plain, ...others].flatMap(check).filter(isOpen))] };
}

/** What most policies leave open, or ask in another way. */
function isLeftOpen({ seLinux, appArmor, runAsUser }: PodSecurityPolicy, check: string): boolean {
  if (check === 'seLinuxOptions') return seLinux?.rule !== 'MustRunAs';
  if (check === 'appArmorProfile') return appArmor.allowed === undefined;
  // Whose user is of a range without root need not say that it is not root; Pod Security wants it said.
  return check === 'runAsNonRoot' && runAsUser?.rule === 'MustRunAs' && !isInRanges(0, runAsUser.ranges);
}
