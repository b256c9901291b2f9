/** To whom cluster-admin may be granted, as people write it in a policy or on the command line. */
export interface ClusterAdmin {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  /** Of a service account. */
  readonly namespace?: string;
  readonly name: string;
}

export const HOW_TO_NAME_ADMINS = 'name User:NAME, Group:NAME or ServiceAccount:NAMESPACE/NAME';

/** @param text as `User:jane`, `Group:ops` or `ServiceAccount:ci/deployer`. @returns undefined where it is nobody */
export function parseClusterAdmin(text: string): ClusterAdmin | undefined {
  if (!text.isWellFormed()) return undefined;
  const [, kind, name = ''] = /^(User|Group):(.+)$/s.exec(text) ?? [];
  if (kind === 'User' || kind === 'Group') return { kind, name };
  const [, namespace, account] = /^ServiceAccount:([a-z0-9][-a-z0-9]*)\/([a-z0-9][-a-z0-9.]*)$/.exec(text) ?? [];
  return namespace === undefined || account === undefined
    ? undefined
    : { kind: 'ServiceAccount', namespace, name: account };
}
