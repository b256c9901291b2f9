/** A question as people type it, `get pods/web --subresource=log`, understood as kubectl understands it. */
import type { AccessRequest } from '../rbac/request.ts';
import type { ResourceTable } from '../rbac/resource-table.ts';

export interface TypedQuestion {
  readonly verb: string;
  /** A resource, a resource with a name, or a URL. */
  readonly target: string;
  readonly subresource: string;
  /** Empty for all. */
  readonly namespace: string;
}

export interface AskedRequest {
  readonly request: AccessRequest;
  /** What kubectl warns of, in its words. */
  readonly warnings: readonly string[];
  /** What may have been meant otherwise, as sentences. */
  readonly hints: readonly string[];
}

/** @param isLive what a server does not serve is taken by its whole name, as kubectl does; in files by resource and group */
export function readRequest(
  { verb, target, subresource, namespace }: TypedQuestion,
  table: ResourceTable,
  isLive: boolean,
): AskedRequest {
  const hints = verb.includes(',') ? [`"${verb}" is one verb, as for kubectl; ask for each by itself`] : [];
  if (target.startsWith('/')) {
    return { request: { verb, path: target }, warnings: urlVerbs.has(verb) ? [] : [unknownVerb(verb)], hints };
  }
  const slash = target.indexOf('/');
  const [typed, name] = slash === -1 ? [target, ''] : [target.slice(0, slash), target.slice(slash + 1)];
  const known = table.resolve(typed);
  const { group, resource } = known ?? (isLive ? { group: '', resource: typed } : splitResource(typed));
  const warnings = known === undefined ? [unknownResource(typed, isLive)] : [];
  const isOutside = table.isServed(group, resource) && table.isNamespaced(group, resource) === false;
  if (known !== undefined && namespace !== '' && isOutside) {
    warnings.push(`resource '${resource}' is not namespace scoped${group === '' ? '' : ` in group '${group}'`}`);
  }
  if (namespace !== '' && !resourceVerbs.has(verb)) warnings.push(unknownVerb(verb));
  if (subresource === '' && subresources.has(name)) {
    hints.push(
      `"${target}" means ${typed} with the name "${name}", as for kubectl; the subresource is asked for by "${verb} ${typed} --subresource=${name}"`,
    );
  }
  return { request: { verb, group, resource, subresource, name, namespace }, warnings, hints };
}

function splitResource(typed: string): { readonly group: string; readonly resource: string } {
  const dot = typed.indexOf('.');
  return dot === -1 ? { group: '', resource: typed } : { resource: typed.slice(0, dot), group: typed.slice(dot + 1) };
}

function unknownResource(typed: string, isLive: boolean): string {
  const { group, resource } = splitResource(typed.toLowerCase());
  const named = `resource type '${resource}'${group === '' ? '' : ` in group '${group}'`}`;
  return isLive
    ? `the server doesn't have a ${named}`
    : `Kubernetes itself has no ${named}; it is taken literally, so it has to be the plural`;
}

function unknownVerb(verb: string): string {
  return `verb '${verb}' is not a known verb`;
}

/** Source: k8s.io/kubectl v0.37.2, pkg/cmd/auth/cani.go. */
const resourceVerbs: ReadonlySet<string> = new Set(
  'get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest'.split(
    ' ',
  ),
);
const urlVerbs: ReadonlySet<string> = new Set('get put post head options delete patch *'.split(' '));

const subresources: ReadonlySet<string> = new Set(
  (
    'exec attach log portforward proxy eviction ephemeralcontainers binding status scale token approval finalize ' +
    'resize'
  ).split(' '),
);
