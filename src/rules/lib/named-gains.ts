/** What there is to gain by impersonating those who are named: the worst that they may do and not everybody may. */
import type { RuleContext } from '../../core/rule.ts';
import { isAtLeast } from '../../core/severity.ts';
import type { Severity } from '../../core/severity.ts';
import { authorizerOf } from '../../rbac/authorizer.ts';
import type { Authorizer } from '../../rbac/authorizer.ts';
import { findCapabilities, isOfUse } from '../../rbac/capabilities.ts';
import type { Capability } from '../../rbac/capabilities.ts';
import { findHeldRules } from '../../rbac/held-rules.ts';
import type { Identity } from '../../rbac/identity.ts';
import { identitiesOf } from '../../rbac/impersonable.ts';
import { permissions } from '../../rbac/permission-catalogue.ts';
import type { Permission, PermissionId } from '../../rbac/permission-catalogue.ts';
import { AUTHENTICATED, splitServiceAccountName } from '../../rbac/request.ts';
import { holdsPath } from './holder-grade.ts';
import { placesOf, selectHolders } from './charges.ts';
import type { Charge } from './charges.ts';
import type { Holders } from './role-holders.ts';

type Context = Pick<RuleContext, 'subject' | 'snapshot'>;

interface Gain {
  readonly severity: Severity;
  readonly what: string;
  /** Of those who may. */
  readonly names: readonly string[];
}

const resourceOf: { readonly [P in PermissionId]?: 'users' | 'groups' | 'serviceaccounts' } = {
  'impersonate-users': 'users',
  'impersonate-groups': 'groups',
  'impersonate-service-accounts': 'serviceaccounts',
};

/**
 * @param capability one to impersonate, limited by names
 * @returns what it counts for, where that is the worst; nothing where those who are named may do nothing that matters
 * @throws {NotObserved}
 */
export function chargeGains(capability: Capability, holders: Holders, context: Context): readonly Charge[] {
  const { inNamespace }: Permission = permissions[capability.permission];
  const places = placesOf(holders, context).filter((place) => place === '' || inNamespace !== undefined);
  const gains = new Map(places.map((place) => [place, findWorst(capability, place, context)]));
  const worst = [...gains.values()].reduce((a, b) => (b === undefined || isWorse(a, b) ? a : b), undefined);
  if (worst === undefined) return [];
  const { severity } = worst;
  const isMeant = (place: string): boolean => gains.get(place)?.severity === severity;
  const some = selectHolders({ ...holders, everywhere: isMeant('') ? holders.everywhere : [] }, (namespace) =>
    isMeant(namespace),
  );
  const names = worst.names.map((name) => JSON.stringify(name)).join(' and ');
  const what = `${permissions[capability.permission].what}, of which ${names} may ${worst.what}`;
  return [{ capability, what, severities: { inCluster: severity, inNamespace: severity }, holders: some }];
}

function isWorse(a: Gain | undefined, b: Gain): boolean {
  return a !== undefined && isAtLeast(a.severity, b.severity);
}

/** @param place that the capability is granted in; empty for everywhere */
function findWorst({ permission, names }: Capability, place: string, { snapshot }: Context): Gain | undefined {
  const resource = resourceOf[permission];
  if (resource === undefined || names === undefined) return undefined;
  const authorizer = authorizerOf(snapshot);
  const minorVersion = snapshot.podSecurityVersion();
  const everybody: Identity = { type: 'Group', name: AUTHENTICATED };
  const common = new Set([...powersOf(everybody, authorizer, minorVersion)].map(keyOf));
  // Service accounts are asked for as such, by whichever name.
  const meant = resource === 'users' ? names.filter((name) => splitServiceAccountName(name) === undefined) : names;
  let worst: Gain | undefined;
  for (const identity of identitiesOf(resource, meant, place, authorizer)) {
    for (const power of powersOf(identity, authorizer, minorVersion)) {
      if (common.has(keyOf(power))) continue;
      const { inCluster, inNamespace, what }: Permission = permissions[power.permission];
      const isWhole = power.namespace === '' || holdsPath(power.namespace, snapshot);
      const severity = isWhole ? inCluster : (inNamespace ?? 'info');
      if (severity === 'info') continue;
      const { name } = identity;
      if (worst?.what === what && worst.severity === severity) {
        if (!worst.names.includes(name)) worst = { ...worst, names: [...worst.names, name] };
      } else if (!isWorse(worst, { severity, what, names: [] })) worst = { severity, what, names: [name] };
    }
  }
  return worst;
}

interface Power {
  readonly permission: PermissionId;
  readonly namespace: string;
}

function keyOf({ permission, namespace }: Power): string {
  return `${permission} ${namespace}`;
}

/** Not those that names of objects or identities limit. */
function* powersOf(identity: Identity, authorizer: Authorizer, minorVersion: number): Generator<Power> {
  for (const { namespace, rules } of findHeldRules(identity, authorizer)) {
    for (const one of findCapabilities(rules, { minorVersion })) {
      const { names: worth }: Permission = permissions[one.permission];
      const isLimited = one.names !== undefined && worth !== undefined;
      if (!isLimited && isOfUse(one, namespace)) yield { permission: one.permission, namespace };
    }
  }
}
