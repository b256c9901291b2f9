/** What a wildcard in a rule of a role opens, and how bad that is for itself: the permissions behind it have their own rules. */
import type { PolicyRule } from '../../core/rbac-shape.ts';
import { isAtLeast } from '../../core/severity.ts';
import { isEverything } from '../../rbac/capabilities.ts';
import type { Capability } from '../../rbac/capabilities.ts';
import { permissions } from '../../rbac/permission-catalogue.ts';
import type { Permission } from '../../rbac/permission-catalogue.ts';
import { allowsNameless, isUnrestrictedByName } from '../../rbac/rule-matching.ts';
import { escalatingGroups, isWholesale } from '../../rbac/wholesale.ts';
import type { Severities } from './holder-grade.ts';

export interface Wildcard {
  /** `get, list *` */
  readonly observed: string;
  /** Behind `may`. */
  readonly what: string;
  readonly severities: Severities;
}

/** Whether `readWildcard` may find something. */
export function hasWildcard({ verbs, resources = [], nonResourceURLs = [] }: PolicyRule): boolean {
  return [verbs, resources, nonResourceURLs].some((list) => list.some((one) => one === '*' || one === '/*'));
}

/**
 * @param opened what of the catalogue the rule grants, where it is of use
 * @param leads whether a name that limits it leads to cluster-admin; undefined where that is not known
 * @returns undefined where the rule has no wildcard that matters
 */
export function readWildcard(
  rule: PolicyRule,
  opened: readonly Capability[],
  leads: () => boolean | undefined,
): Wildcard | undefined {
  const verbs = listSome(rule.verbs, String);
  const things = listSome([...(rule.resources ?? []), ...(rule.nonResourceURLs ?? [])], String);
  const meaning = readMeaning(rule, { verbs, things }, opened, leads);
  return meaning === undefined ? undefined : { observed: `${verbs} ${things}`, ...meaning };
}

type Meaning = Omit<Wildcard, 'observed'>;

function readMeaning(
  rule: PolicyRule,
  { verbs, things }: { readonly verbs: string; readonly things: string },
  opened: readonly Capability[],
  leads: () => boolean | undefined,
): Meaning | undefined {
  const { apiGroups = [], resources = [], nonResourceURLs = [] } = rule;
  const ofGroups = resources.length === 0 ? '' : ` of ${listSome(apiGroups, nameGroup)}`;
  if (isEverything(rule)) {
    return { what: 'do everything with every resource', severities: { inCluster: 'critical', inNamespace: 'high' } };
  }
  if (isWholesale(rule)) return readWholesale(rule, ofGroups, opened, leads);
  if (rule.verbs.includes('*')) {
    const what = `use every verb on ${things}${ofGroups}, those to come as well`;
    return { what, severities: { inCluster: 'low', inNamespace: 'low' } };
  }
  if (resources.includes('*') && apiGroups.some(isEscalating)) {
    const inCluster = opened.some((one) => isAtLeast(inClusterOf(one), 'high')) ? 'medium' : 'low';
    const what = `${verbs} every resource${ofGroups}, those to come as well`;
    return { what, severities: { inCluster, inNamespace: 'low' } };
  }
  if (nonResourceURLs.some((url) => url === '*' || url === '/*')) {
    return { what: `${verbs} every URL of the API server`, severities: { inCluster: 'low' } };
  }
  return undefined;
}

function readWholesale(
  rule: PolicyRule,
  ofGroups: string,
  opened: readonly Capability[],
  leads: () => boolean | undefined,
): Meaning {
  const isOfUseInNamespace = opened.some(({ permission, target }) => {
    const { inNamespace }: Permission = permissions[permission];
    return inNamespace !== undefined && target.isClusterOnly !== true;
  });
  const inNamespace = (severity: 'high' | 'medium') => (isOfUseInNamespace ? { inNamespace: severity } : {});
  if (isUnrestrictedByName(rule)) {
    const what = `do everything with every resource${ofGroups}`;
    return { what, severities: { inCluster: 'critical', ...inNamespace('high') } };
  }
  if (allowsNameless(rule)) {
    const what = `create, list and watch every resource${ofGroups}, which the empty name in resourceNames allows`;
    return { what, severities: { inCluster: 'critical', ...inNamespace('high') } };
  }
  const what = `do everything with what is named ${listSome(rule.resourceNames ?? [], (name) => JSON.stringify(name))}${ofGroups}`;
  const isLeading = leads();
  if (isLeading === true) {
    return {
      what: `${what}, which leads to cluster-admin`,
      severities: { inCluster: 'critical', ...inNamespace('high') },
    };
  }
  const doubt = isLeading === undefined ? ', and it is not known whether that leads to cluster-admin' : '';
  return { what: `${what}${doubt}`, severities: { inCluster: 'high', ...inNamespace('medium') } };
}

function isEscalating(group: string): boolean {
  return group === '*' || escalatingGroups.includes(group);
}

function inClusterOf({ permission }: Capability): Permission['inCluster'] {
  return permissions[permission].inCluster;
}

function nameGroup(group: string): string {
  if (group === '*') return 'every group';
  return group === '' ? 'the core group' : group;
}

const mostListed = 3;

function listSome(all: readonly string[], print: (one: string) => string): string {
  const some = all.slice(0, mostListed).map(print).join(', ');
  return all.length > mostListed ? `${some} and ${all.length - mostListed} more` : some;
}
