/** What `merlon enforce` is asked for besides the exec guard and the rules about pods. */
import type { FurtherFamily } from '../enforcement/plan/chosen-families.ts';
import { furtherFamilies } from '../enforcement/plan/chosen-families.ts';
import { defaultModes } from '../enforcement/plan/namespace-modes.ts';
import { defaultingRulesOf } from '../enforcement/plan/pod-defaults.ts';
import { HOW_TO_NAME_ADMINS, parseClusterAdmin } from '../core/cluster-admin.ts';
import type { EnforcementCeiling, EnforcementTerms } from '../core/enforcement-terms.ts';
import type { AnyRule } from '../core/rule.ts';
import type { UsageError } from './usage-error.ts';

/** Words of `--with`. */
export const furtherAdditions = ['token-secrets', 'cluster-admin'] as const;

export interface GivenFamilies {
  /** Of all of them. */
  readonly families: readonly string[];
  readonly additions: readonly string[];
  /** Ids of rules. */
  readonly defaults: readonly string[] | undefined;
  readonly clusterAdmin: readonly string[] | undefined;
  readonly clusterRbac: string;
}

/** What they are to do. */
export interface ChosenFamilies extends Pick<EnforcementTerms, 'defaults' | 'tokenSecrets' | 'clusterAdmins'> {
  readonly clusterRbac: EnforcementCeiling;
}

export function parseFamilies(
  given: GivenFamilies,
  rules: readonly AnyRule[],
): { readonly chosen: ChosenFamilies } | UsageError {
  const families = given.families.filter(isFurtherFamily);
  const clusterRbac = defaultModes.find((mode) => mode === given.clusterRbac);
  if (clusterRbac === undefined) {
    const allowed = defaultModes.join(', ');
    return { usageError: `--cluster-rbac: "${given.clusterRbac}" is no mode; allowed are ${allowed}` };
  }
  const admins = (given.clusterAdmin ?? []).map(parseClusterAdmin);
  const wrong = admins.findIndex((one) => one === undefined);
  const mistake =
    wrong === -1
      ? (findDefaultMistake(given.defaults, families, rules) ?? findStrayOption(given, families, clusterRbac !== 'off'))
      : `--cluster-admin: "${given.clusterAdmin?.[wrong] ?? ''}" is nobody; ${HOW_TO_NAME_ADMINS}`;
  if (mistake !== undefined) return { usageError: mistake };
  const minds = given.clusterAdmin !== undefined || given.additions.includes('cluster-admin');
  return {
    chosen: {
      ...(given.defaults === undefined ? {} : { defaults: given.defaults }),
      tokenSecrets: given.additions.includes('token-secrets'),
      ...(minds ? { clusterAdmins: admins.filter((one) => one !== undefined) } : {}),
      clusterRbac,
    },
  };
}

function isFurtherFamily(family: string): family is FurtherFamily {
  return furtherFamilies.some((one) => one === family);
}

function findDefaultMistake(
  defaults: readonly string[] | undefined,
  families: readonly FurtherFamily[],
  rules: readonly AnyRule[],
): string | undefined {
  if (defaults === undefined) return undefined;
  if (!families.includes('pod-defaults')) return '--defaults goes with --families pod-defaults';
  const known = defaultingRulesOf(rules).map(({ id }) => id);
  const unknown = defaults.find((id) => !known.includes(id));
  return unknown === undefined
    ? undefined
    : `--defaults: "${unknown}" sets nothing; those that do are ${known.join(', ')}`;
}

/** What would count for nothing is not taken in silence. */
function findStrayOption(
  { additions, clusterAdmin }: GivenFamilies,
  families: readonly FurtherFamily[],
  isOfCluster: boolean,
): string | undefined {
  if (additions.includes('token-secrets') && !families.includes('service-accounts')) {
    return '--with token-secrets goes with --families service-accounts';
  }
  const mindsAdmins = clusterAdmin !== undefined || additions.includes('cluster-admin');
  return mindsAdmins && !families.includes('rbac') && !isOfCluster
    ? `${clusterAdmin === undefined ? '--with cluster-admin' : '--cluster-admin'} goes with --families rbac or --cluster-rbac`
    : undefined;
}
