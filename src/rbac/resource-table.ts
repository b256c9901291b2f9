/**
 * What people call a resource, resolved as kubectl does: plural, singular or short name, with or without the group, of
 * which the beginning is enough.
 *
 * Source: k8s.io/client-go v0.37.2, restmapper/shortcut.go; k8s.io/apimachinery v0.37.2, pkg/api/meta/restmapper.go;
 * k8s.io/kubectl v0.37.2, pkg/cmd/auth/cani.go.
 */
import type { ApiResource, GroupResource } from './api-resources.ts';

/** A resource, as far as its names go. */
export type NamedResource = Pick<ApiResource, 'group' | 'resource' | 'singular' | 'shortNames' | 'namespaced'>;

export interface ResourceTable {
  /** @returns undefined for what is not known by that name */
  readonly resolve: (text: string) => GroupResource | undefined;
  /** Whether an API server serves it; not so what only authorizers are asked about, as `users` to impersonate. */
  readonly isServed: (group: string, resource: string) => boolean;
  /** @returns undefined for what is not known */
  readonly isNamespaced: (group: string, resource: string) => boolean | undefined;
}

/** @param resources those that are preferred where names collide come first */
export function buildResourceTable(resources: readonly NamedResource[]): ResourceTable {
  const all = [...resources, ...neverServed];
  const scopes = new Map(all.map(({ group, resource, namespaced }) => [`${resource}.${group}`, namespaced]));
  const served = new Set(resources.map(({ group, resource }) => `${resource}.${group}`));
  return {
    resolve: (text) => {
      if (text === '*') return { group: '', resource: '*' };
      const { resource, ...rest } = splitName(text.toLowerCase());
      if (resource === '') return undefined;
      const ofGroup = 'group' in rest ? rest.group : undefined;
      const versioned = ofGroup === undefined ? undefined : withoutVersion(ofGroup);
      const found =
        (versioned === undefined ? undefined : find(all, resource, versioned)) ?? find(all, resource, ofGroup);
      return found === undefined ? undefined : { group: found.group, resource: found.resource };
    },
    isServed: (group, resource) => served.has(`${resource}.${group}`),
    isNamespaced: (group, resource) => scopes.get(`${resource}.${group}`),
  };
}

/** What authorizers are asked about, and no API server serves. */
const neverServed: readonly NamedResource[] = [
  ...['users', 'groups'].map((resource) => unserved('', resource)),
  ...['users', 'groups', 'uids', 'userextras', 'nodes'].map((resource) => unserved('authentication.k8s.io', resource)),
  { ...unserved('authentication.k8s.io', 'serviceaccounts'), namespaced: true },
  unserved('certificates.k8s.io', 'signers'),
];

function unserved(group: string, resource: string): NamedResource {
  return { group, resource, singular: '', namespaced: false };
}

/** `deployments.apps` is a resource and a group, which has the dots that follow. */
function splitName(text: string): { readonly resource: string; readonly group?: string } {
  const dot = text.indexOf('.');
  return dot === -1 ? { resource: text } : { resource: text.slice(0, dot), group: text.slice(dot + 1) };
}

/** `v1.apps` as in `deployments.v1.apps` names a version, which no authorizer looks at. */
function withoutVersion(group: string): string | undefined {
  return /^v\d+(?:(?:alpha|beta)\d+)?\.(.*)$/.exec(group)?.[1];
}

function find(all: readonly NamedResource[], name: string, group: string | undefined): NamedResource | undefined {
  const isCalled = ({ resource, singular }: NamedResource) => resource === name || singular === name;
  const isShort = ({ shortNames = [] }: NamedResource) => shortNames.includes(name);
  if (group === undefined) return all.find(isCalled) ?? all.find(isShort);
  const exact = all.filter((one) => one.group === group);
  // The group may be begun only: `ingresses.networking`.
  const begun = group === '' ? [] : all.filter((one) => one.group.startsWith(group));
  return exact.find(isCalled) ?? exact.find(isShort) ?? begun.find(isCalled) ?? begun.find(isShort);
}
