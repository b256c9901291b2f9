/** How the subjects of expectations, and the grants that break them, are called in findings. */
import type { ExpectedSubject } from '../core/expectation.ts';
import type { HeldGrant } from './held-grants.ts';

/** What is told of a cluster-wide grant to who may see one namespace. */
export const HIDDEN_SOURCE = 'granted cluster-wide';

export function describeSubject({ kind, namespace, name }: ExpectedSubject): string {
  return `${kind} ${JSON.stringify(namespace === undefined ? name : `${namespace}/${name}`)}`;
}

/** `RoleBinding "ops/shop" of Role "reader"`, and to which group where it is not to the subject itself. */
export function describeSource({ grant: { bound, subject }, namespace }: HeldGrant): string {
  const { metadata, roleRef } = bound.binding;
  const name = namespace === '' ? metadata.name : `${namespace}/${metadata.name}`;
  const through = subject.kind === 'Group' ? ` to Group ${JSON.stringify(subject.name)}` : '';
  return `${bound.kind} ${JSON.stringify(name)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)}${through}`;
}
