/**
 * An admission policy, or a binding of one, as it stands in the API server: whether Merlon applied it, whether it is what is
 * meant, and what makes it so.
 */
import { isDeepStrictEqual } from 'node:util';

import { ENFORCER_FIELD_MANAGER, managedByLabels } from '../../api/v1alpha1/group.ts';
import type { EnforcementManifest } from './planned-policy.ts';

export interface StoredObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string }[];
  };
  readonly spec?: unknown;
}

/** What names an object of one of the kinds that enforce. */
export type EnforcedRef = Pick<EnforcementManifest, 'kind'> & { readonly name: string };

/**
 * Whether the operator applied it. Who took the label away, or made the object himself by what is printed, has it for
 * himself: it is never written to.
 */
export function isApplied({ metadata: { labels = {}, managedFields = [] } }: StoredObject): boolean {
  return (
    Object.entries(managedByLabels).every(([key, value]) => labels[key] === value) &&
    managedFields.some(({ manager, operation }) => manager === ENFORCER_FIELD_MANAGER && operation === 'Apply')
  );
}

/** Every default of the API server is written out, so that equal means equal. */
export function isAsMeant({ spec }: EnforcementManifest, stored: StoredObject): boolean {
  return isDeepStrictEqual(stored.spec, spec);
}

/**
 * A merge patch after which the object's spec is what is meant, and nothing besides: server-side apply leaves what others
 * have added to maps and sets, and the actions of a binding are a set. It holds for that version of the object alone.
 */
export function buildReplacement({ apiVersion, kind, spec }: EnforcementManifest, stored: StoredObject): object {
  const { name, uid, resourceVersion } = stored.metadata;
  return { apiVersion, kind, metadata: { name, uid, resourceVersion }, spec: findDifference(stored.spec, spec) };
}

/** Source: RFC 7386; null takes a field away, and lists are replaced as a whole. */
function findDifference(before: unknown, after: unknown): unknown {
  if (!isRecord(before) || !isRecord(after)) return after;
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const changed = Object.entries(after).filter(([key, value]) => !isDeepStrictEqual(before[key], value));
  return Object.fromEntries([
    ...gone.map((key) => [key, null] as const),
    ...changed.map(([key, value]) => [key, findDifference(before[key], value)] as const),
  ]);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Who wrote to it besides, for people; undefined where nobody is known. */
export function nameOtherWriters({ metadata: { managedFields = [] } }: StoredObject): string | undefined {
  const names = new Set(managedFields.flatMap(({ manager }) => manager ?? []));
  // That one writes `status.typeChecking` of every policy.
  for (const own of [ENFORCER_FIELD_MANAGER, 'kube-controller-manager']) names.delete(own);
  return names.size === 0 ? undefined : [...names].map((name) => `"${name}"`).join(', ');
}
