/**
 * Single words of a rule that no request to the API server has. It compares them as they are and knows few wildcards, so
 * what looks like a pattern, a version or a kind grants nothing.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/apis/rbac/v1/evaluation_helpers.go; k8s.io/apiserver v0.37.2,
 * pkg/endpoints/request/requestinfo.go.
 */

/** Those that the API server asks for. Extensions ask for others, in any spelling. */
const knownVerbs: ReadonlySet<string> = new Set([
  ...['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'],
  ...['approve', 'attest', 'bind', 'escalate', 'impersonate', 'proxy', 'sign', 'use'],
  ...['head', 'options', 'post', 'put'],
]);

const ONE_WORD = 'it is compared as one word; write each in an entry of its own';
const ONE_STAR = 'the only wildcard is * alone';

/** @returns why no request has such a verb; undefined where one may */
export function verbProblem(verb: string): string | undefined {
  if (isSeveral(verb)) return ONE_WORD;
  if (verb !== '*' && verb.includes('*')) return ONE_STAR;
  const lower = verb.toLowerCase();
  return verb !== lower && knownVerbs.has(lower) ? `verbs are compared in lower case; write "${lower}"` : undefined;
}

/** @returns why no request is of such a group; undefined where one may be */
export function groupProblem(group: string): string | undefined {
  if (isSeveral(group)) return ONE_WORD;
  if (group !== '*' && group.includes('*')) return ONE_STAR;
  if (group.toLowerCase() === 'core') return 'the core group is the empty word ""';
  if (isVersion(group)) return 'it is a version, and the core group is the empty word ""';
  const [name = '', version] = group.split('/');
  if (version !== undefined) return `groups stand without a version; write "${name.toLowerCase()}"`;
  return group === group.toLowerCase()
    ? undefined
    : `groups are compared in lower case; write "${group.toLowerCase()}"`;
}

/** @returns why no request is for such a resource; undefined where one may be */
export function resourceProblem(resource: string): string | undefined {
  if (isSeveral(resource)) return ONE_WORD;
  const slash = resource.indexOf('/');
  const name = slash === -1 ? resource : resource.slice(0, slash);
  // What follows is the key of an extra; who impersonates with many of them is asked for a literal star.
  if (name === 'userextras') return undefined;
  const subresource = slash === -1 ? '' : resource.slice(slash + 1);
  if (subresource === '*') return 'it is no wildcard for subresources; name them, as in pods/log';
  if (subresource.includes('*') || (name !== '*' && name.includes('*'))) return ONE_STAR;
  return name === name.toLowerCase() ? undefined : 'resources are compared in lower case and in the plural, as in pods';
}

/** @returns why no request is for such a URL; undefined where one may be */
export function urlProblem(url: string): string | undefined {
  const path = url.replace(/\*+$/, '');
  if (path.includes('*')) return 'a * counts only at the end of a URL';
  return path === '' || path.startsWith('/') ? undefined : 'the path of a request begins with /';
}

function isSeveral(word: string): boolean {
  return /[\s,]/.test(word);
}

function isVersion(group: string): boolean {
  return /^v\d+((alpha|beta)\d+)?$/i.test(group);
}
