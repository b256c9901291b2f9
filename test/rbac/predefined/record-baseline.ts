/**
 * Asks fresh API servers for what Kubernetes creates of RBAC by itself, and for the resources that they serve: once as
 * they are, once with every feature gate and API version on.
 */
import type { BindingKind, RoleKind } from '../../../src/core/rbac-kinds.ts';
import { isDeepStrictEqual } from 'node:util';

import type { PolicyRule } from '../../../src/core/rbac-shape.ts';
import { matchesSelector } from '../../../src/core/label-selector.ts';
import type { LabelSelector } from '../../../src/core/label-selector.ts';
import type {
  Baseline,
  BaselineBinding,
  BaselineObjects,
  BaselineRole,
  BaselineSubject,
} from '../../../src/rbac/predefined/baseline-objects.ts';
import type { ApiResource } from '../../../src/rbac/api-resources.ts';
import { bodyOf } from '../../support/api-client.ts';
import type { ApiClient } from '../../support/api-client.ts';
import { startControlPlane } from '../../support/control-plane.ts';
import type { Flags } from '../../support/program-flags.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { readApiResources } from './read-api-resources.ts';

export interface Recording {
  readonly minor: number;
  readonly baseline: Baseline;
  /** With every API version on. */
  readonly resources: readonly ApiResource[];
}

interface Observed {
  readonly version: string;
  readonly minor: number;
  readonly objects: BaselineObjects;
  readonly resources: readonly ApiResource[];
}

const everything: Flags = { 'feature-gates': 'AllAlpha=true,AllBeta=true', 'runtime-config': 'api/all=true' };
const API_VERSION = 'rbac.authorization.k8s.io/v1';
const BOOTSTRAPPING = 'kubernetes.io/bootstrapping';
const aggregationTimeoutMs = 60_000;

/** @throws {Error} if a control plane does not start, or does not fill in the aggregated roles within a minute */
export async function recordBaseline(): Promise<Recording> {
  const { version, minor, objects } = await observe({});
  const gated = await observe(everything);
  return {
    minor,
    baseline: { release: version.replace(/^v/, ''), ...objects, gated: subtractObjects(gated.objects, objects) },
    resources: gated.resources,
  };
}

async function observe(apiServerFlags: Flags): Promise<Observed> {
  // Emulation may not reproduce what an older API server makes.
  const controlPlane = await startControlPlane({ auditLog: false, apiServerFlags, emulatedVersion: '' });
  try {
    const { client, version, minor } = controlPlane;
    // Once it is ready, the API server's own roles are made: rbac/bootstrap-roles is a part of /readyz.
    const objects = await waitUntil(async () => readFilled(client), {
      what: 'aggregated ClusterRoles to have the rules of those that they select',
      timeoutMs: aggregationTimeoutMs,
    });
    return { version, minor, objects, resources: await readApiResources(client) };
  } finally {
    await controlPlane.stop();
  }
}

/** @returns undefined as long as an aggregated role lacks a rule of one that it selects */
async function readFilled(client: ApiClient): Promise<BaselineObjects | undefined> {
  const objects: BaselineObjects = {
    ClusterRole: await readObjects(client, 'clusterroles', toRole),
    Role: await readObjects(client, 'roles', toRole),
    ClusterRoleBinding: await readObjects(client, 'clusterrolebindings', toBinding),
    RoleBinding: await readObjects(client, 'rolebindings', toBinding),
  };
  const isFilled = objects.ClusterRole.every((role) => {
    const sources = objects.ClusterRole.filter((one) => one !== role && isSelected(one, role.aggregates ?? []));
    return sources.every(({ rules = [] }) => rules.every((rule) => includesRule(role.rules, rule)));
  });
  return isFilled ? objects : undefined;
}

function isSelected({ labels = {} }: BaselineRole, selectors: readonly LabelSelector[]): boolean {
  return selectors.some((selector) => matchesSelector(selector, labels));
}

interface StoredObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
  readonly rules?: readonly PolicyRule[] | null;
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly BaselineSubject[];
}

async function readObjects<T extends { readonly namespace?: string; readonly name: string }>(
  client: ApiClient,
  plural: string,
  convert: (object: StoredObject) => T,
): Promise<readonly T[]> {
  const response = await client.resource<StoredObject>(API_VERSION, plural).list();
  const { items } = bodyOf(`list ${plural}`, response);
  return items.map(convert).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function toRole({ metadata, aggregationRule, rules }: StoredObject): BaselineRole {
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => key !== BOOTSTRAPPING);
  return {
    ...nameOf(metadata),
    ...(labels.length > 0 && { labels: Object.fromEntries(labels.sort()) }),
    ...(aggregationRule !== undefined && { aggregates: aggregationRule.clusterRoleSelectors ?? [] }),
    ...(rules != null && rules.length > 0 && { rules: rules.map(toRule) }),
  };
}

/** The order of fields is ours, so that a file shows only what differs. */
function toRule({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): PolicyRule {
  return {
    verbs,
    ...(apiGroups && { apiGroups }),
    ...(resources && { resources }),
    ...(resourceNames && { resourceNames }),
    ...(nonResourceURLs && { nonResourceURLs }),
  };
}

function toBinding({ metadata, roleRef, subjects }: StoredObject): BaselineBinding {
  if (roleRef === undefined) throw new Error(`binding "${metadata.name}" has no roleRef`);
  return {
    ...nameOf(metadata),
    roleRef: { kind: roleRef.kind, name: roleRef.name },
    ...(subjects !== undefined && { subjects: subjects.map(({ kind, ...subject }) => ({ kind, ...nameOf(subject) })) }),
  };
}

function nameOf({ namespace, name }: { readonly namespace?: string; readonly name: string }): {
  readonly namespace?: string;
  readonly name: string;
} {
  return { ...(namespace !== undefined && { namespace }), name };
}

function keyOf({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

/** What is in the first and not in the second: of roles that both have, the rules. */
function subtractObjects(all: BaselineObjects, objects: BaselineObjects): BaselineObjects {
  const rolesOf = (kind: RoleKind): readonly BaselineRole[] =>
    all[kind].flatMap((role) => subtractRole(role, objects[kind]));
  const bindingsOf = (kind: BindingKind): readonly BaselineBinding[] =>
    all[kind].filter((one) => !includesEqual(objects[kind], one));
  return {
    ClusterRole: rolesOf('ClusterRole'),
    Role: rolesOf('Role'),
    ClusterRoleBinding: bindingsOf('ClusterRoleBinding'),
    RoleBinding: bindingsOf('RoleBinding'),
  };
}

function subtractRole(role: BaselineRole, known: readonly BaselineRole[]): readonly BaselineRole[] {
  const same = known.find((one) => keyOf(one) === keyOf(role));
  if (same === undefined) return [role];
  const rules = (role.rules ?? []).filter((rule) => !includesRule(same.rules, rule));
  return rules.length === 0 ? [] : [{ ...nameOf(role), rules }];
}

function includesRule(rules: readonly PolicyRule[] = [], rule: PolicyRule): boolean {
  return includesEqual(rules, rule);
}

function includesEqual<T>(all: readonly T[], one: T): boolean {
  return all.some((other) => isDeepStrictEqual(other, one));
}
