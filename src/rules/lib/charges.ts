/** Which permissions of a role count, and for whom: what it is no use to hold, or where names limit it well, does not. */
import type { RuleContext } from '../../core/rule.ts';
import { isReadable } from '../../core/snapshot.ts';
import type { Capability } from '../../rbac/capabilities.ts';
import { permissions } from '../../rbac/permission-catalogue.ts';
import type { Permission } from '../../rbac/permission-catalogue.ts';
import type { Severities } from './holder-grade.ts';
import { findLeading } from './named-identities.ts';
import type { Holders } from './role-holders.ts';

export interface Charge {
  readonly capability: Capability;
  /** Behind `may`. */
  readonly what: string;
  readonly severities: Severities;
  /** Those of the role for whom it counts. */
  readonly holders: Holders;
}

export interface Charges {
  readonly charges: readonly Charge[];
  /** Why there may be more. */
  readonly doubt?: string;
}

type Context = Pick<RuleContext, 'subject' | 'snapshot'>;

/** @throws {NotObserved} where nothing counts but what depends on who can become what, and that is not known */
export function findCharges(held: readonly Capability[], holders: Holders, context: Context): Charges {
  const charges = held.filter((one) => !isNamed(one)).flatMap((one) => chargeWhole(one, holders));
  const isKnown = isReadable(context.snapshot.observation('EscalationPaths'));
  if (charges.length > 0 && !isKnown) return { charges };
  const ofNames = held.filter(isNamed).map((one) => chargeNamed(one, holders, context));
  const doubt = ofNames.find((one) => one.doubt !== undefined)?.doubt;
  return {
    charges: [...charges, ...ofNames.flatMap((one) => one.charges)],
    ...(doubt === undefined ? {} : { doubt }),
  };
}

/** Whether a name of those that limit a role leads to cluster-admin for somebody who holds it; undefined where it is not known. */
export function hasLeadingName(held: readonly Capability[], holders: Holders, context: Context): boolean | undefined {
  if (!isReadable(context.snapshot.observation('EscalationPaths'))) return undefined;
  return held.some((one) => isNamed(one) && chargeNamed(one, holders, context).charges.length > 0);
}

function isNamed(one: Capability): boolean {
  return one.names !== undefined && worthOf(one) === 'identities';
}

function worthOf({ permission }: Capability): Permission['names'] {
  const { names }: Permission = permissions[permission];
  return names;
}

function severitiesOf({ permission, target }: Capability): Severities {
  const { inCluster, inNamespace }: Permission = permissions[permission];
  return inNamespace === undefined || target.isClusterOnly === true ? { inCluster } : { inCluster, inNamespace };
}

function chargeWhole(capability: Capability, holders: Holders): readonly Charge[] {
  const { namespaces } = capability.target;
  const { what } = permissions[capability.permission];
  const some = selectHolders(holders, (namespace) => namespaces?.includes(namespace) !== false);
  if (isEmpty(some) && !isEmpty(holders)) return [];
  return [{ capability, what, severities: severitiesOf(capability), holders: some }];
}

/** Counts where one of the named leads to cluster-admin; not in a Role where only a ClusterRole can grant it. */
function chargeNamed(capability: Capability, holders: Holders, { subject, snapshot }: Context): Charges {
  if (subject.kind === 'Role' && severitiesOf(capability).inNamespace === undefined) return { charges: [] };
  const { everywhere, inNamespaces } = holders;
  const places = placesOf(holders, { subject });
  const found = new Map(places.map((place) => [place, findLeading(capability, place, snapshot)]));
  const leadsIn = (place: string): boolean => (found.get(place)?.names ?? []).length > 0;
  const doubt = [...found.values()].find((one) => one.doubt !== undefined)?.doubt;
  if (!places.some(leadsIn)) return { charges: [], ...(doubt === undefined ? {} : { doubt }) };
  const names = [...new Set([...found.values()].flatMap((one) => one.names))].map((name) => JSON.stringify(name));
  const what = `${permissions[capability.permission].what}, of which ${names.join(' and ')} ${names.length === 1 ? 'leads' : 'lead'} to cluster-admin`;
  const some = selectHolders({ everywhere: leadsIn('') ? everywhere : [], inNamespaces }, leadsIn);
  return { charges: [{ capability, what, severities: severitiesOf(capability), holders: some }] };
}

/** The namespaces that it is held in, empty for everywhere; where nobody holds it, where it may come to be held. */
export function placesOf(holders: Holders, { subject }: Pick<Context, 'subject'>): readonly string[] {
  if (isEmpty(holders)) return [subject.namespace ?? ''];
  return [...(holders.everywhere.length > 0 ? [''] : []), ...holders.inNamespaces.keys()];
}

export function selectHolders({ everywhere, inNamespaces }: Holders, isMeant: (namespace: string) => boolean): Holders {
  return { everywhere, inNamespaces: new Map([...inNamespaces].filter(([namespace]) => isMeant(namespace))) };
}

function isEmpty({ everywhere, inNamespaces }: Holders): boolean {
  return everywhere.length === 0 && inNamespaces.size === 0;
}
