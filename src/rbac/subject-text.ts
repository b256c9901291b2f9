/** How people write down whom they ask about: `sa:shop/web`, `system:serviceaccount:shop:web`, `user:jane`, `group:devs`. */
import { impersonated, serviceAccountName, splitServiceAccountName } from './request.ts';
import type { Requester } from './request.ts';
import type { Principal } from './subject-matching.ts';

export interface NamedSubject {
  /** As it may be written. */
  readonly text: string;
  readonly principal: Principal;
  /** With the groups that follow from the name; of a group, whoever is in it and in no other. */
  readonly requester: Requester;
}

/** @returns undefined for what is no subject; see `subjectForms` */
export function parseSubject(text: string): NamedSubject | undefined {
  const account = readServiceAccount(text);
  if (account !== undefined) {
    return {
      text: `sa:${account.namespace}/${account.name}`,
      ...userNamed(serviceAccountName(account.namespace, account.name)),
    };
  }
  const [, kind, name] = /^(user|group):(.+)$/s.exec(text) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  if (kind === 'user') return { text, ...userNamed(name) };
  return { text, principal: { name, isGroup: true }, requester: { user: '', groups: [name] } };
}

/** For messages. */
export const subjectForms = 'sa:NAMESPACE/NAME, system:serviceaccount:NAMESPACE:NAME, user:NAME or group:NAME';

/** Of a user whose groups are known beside its name. */
export function withGroups(subject: NamedSubject, groups: readonly string[]): NamedSubject {
  if (groups.length === 0) return subject;
  return { ...subject, requester: impersonated(subject.principal.name, groups) };
}

function readServiceAccount(text: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace = '', name = ''] = /^sa:([^/]+)\/([^/]+)$/.exec(text) ?? [];
  return splitServiceAccountName(namespace === '' ? text : serviceAccountName(namespace, name));
}

function userNamed(name: string): Pick<NamedSubject, 'principal' | 'requester'> {
  return { principal: { name, isGroup: false }, requester: impersonated(name, []) };
}
