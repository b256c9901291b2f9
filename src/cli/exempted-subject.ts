/** Whom an exemption is about, as people type it: `deploy/web`, `sa/default`, `user/jane`, `Rollout/web`. */
import { kinds } from '../core/kinds.ts';
import type { Kind } from '../core/kinds.ts';
import { workloadKinds } from '../core/owners.ts';
import { roleKinds } from '../core/rbac-kinds.ts';
import type { AnyRule } from '../core/rule.ts';
import { API_SERVER_REF, subjectKinds } from '../core/subjects.ts';
import { apiResources } from '../rbac/api-resources.ts';
import { buildResourceTable } from '../rbac/resource-table.ts';

export interface ExemptedSubject {
  /** As it stands in a manifest. */
  readonly kind: string;
  /** A name, or a pattern of names. */
  readonly name: string;
}

/** What Kubernetes does not serve any more, and is judged in files and old clusters. */
const retired = {
  group: 'policy',
  resource: 'podsecuritypolicies',
  singular: 'podsecuritypolicy',
  shortNames: ['psp'],
  namespaced: false,
};
/** What is judged and no API server has objects of. */
const withoutObjects: Readonly<Record<string, string>> = {
  user: 'User',
  users: 'User',
  group: 'Group',
  groups: 'Group',
  apiserver: API_SERVER_REF.kind,
};
const principalKinds = ['User', 'Group', 'ServiceAccount'];
const MAX_NAME_LENGTH = 253;

export function parseExemptedSubject(text: string): ExemptedSubject | { readonly usageError: string } {
  const slash = text.indexOf('/');
  const [typed, name] = slash === -1 ? ['', ''] : [text.slice(0, slash), text.slice(slash + 1)];
  if (typed === '' || name === '') {
    return { usageError: `"${text}" is no subject: write KIND/NAME, as deploy/web or sa/default` };
  }
  if (name.length > MAX_NAME_LENGTH) return { usageError: `a name has at most ${MAX_NAME_LENGTH} characters` };
  const kind = kindOf(typed);
  return kind === undefined
    ? {
        usageError: `"${typed}" is no kind that is judged; one of your own is written as in a manifest: Rollout/${name}`,
      }
    : { kind, name };
}

function kindOf(typed: string): string | undefined {
  const special = withoutObjects[typed.toLowerCase()];
  if (special !== undefined) return special;
  const found = buildResourceTable([...apiResources, retired]).resolve(typed);
  // What makes pods may be of any kind; its name alone says that it is one.
  if (found === undefined) return /^[A-Z][A-Za-z0-9]*$/.test(typed) ? typed : undefined;
  const known = Object.entries<Kind>(kinds).find(
    ([, { group, plural }]) => group === found.group && plural === found.resource,
  );
  if (known !== undefined) return known[0];
  return apiResources.find(({ group, resource }) => group === found.group && resource === found.resource)?.kind;
}

/** Whether findings of that rule are on subjects of that kind. */
export function judgesKind({ subject }: AnyRule, kind: string): boolean {
  if (subject === 'Workload') return isWord(workloadKinds, kind) || isCustom(kind);
  if (subject === 'Principal') return isWord([...principalKinds, ...roleKinds], kind);
  if (subject === 'Expectation') return isWord(principalKinds, kind);
  return subject === 'APIServer' ? kind === API_SERVER_REF.kind : isWord(subjectKinds[subject], kind);
}

/** What makes pods, and is neither Kubernetes' own nor a word for somebody. */
function isCustom(kind: string): boolean {
  const isOurs = Object.hasOwn(kinds, kind) || Object.values(withoutObjects).includes(kind);
  return !isOurs && !apiResources.some((one) => one.kind === kind);
}

/** Whether such findings are the cluster's, so that only an exemption of the cluster reaches them. */
export function isOfClusterPosture({ subject }: AnyRule, kind: string): boolean {
  if (subject === 'Principal') return true;
  return kind !== 'Namespace' && !hasNamespace(kind);
}

/** Whether subjects of that kind have a namespace. */
export function hasNamespace(kind: string): boolean {
  const known: Readonly<Record<string, Kind>> = kinds;
  return known[kind]?.isNamespaced ?? !Object.values(withoutObjects).includes(kind);
}

function isWord(words: readonly string[], word: string): boolean {
  return words.includes(word);
}

/** What a rule judges, for a message: `Pod, Deployment, …`. */
export function describeSubjectsOf({ subject }: AnyRule): string {
  if (subject === 'Principal') return 'users, groups, service accounts and the roles that let them';
  if (subject === 'Expectation') return 'users, groups and service accounts';
  if (subject === 'APIServer') return `${API_SERVER_REF.kind}/${API_SERVER_REF.name}`;
  return subjectKinds[subject].join(', ');
}
