/** The step from somebody to what they can do as somebody else within limits. */
import type { Step } from './step.ts';
import type { HeldByGrant } from './held-roles.ts';
import type { LimitedIdentity } from './limited-identities.ts';

/** No act of its own: each request as somebody else is one. */
export function stepToLimited({
  node,
  by: { mode, resource, names, rule },
  through,
  as,
}: LimitedIdentity): Step<HeldByGrant> {
  const permission = permissionOf[resource];
  const { namespace, grant } = through;
  const who = as.type === 'ServiceAccount' ? `${as.namespace}/${as.name}` : as.name;
  const example = `impersonate:${mode} ${resource}`;
  return { to: node, held: { permission, namespace, names, example, grant, rule }, by: `${example} ${who}`, effort: 0 };
}

const permissionOf = {
  users: 'impersonate-users',
  groups: 'impersonate-groups',
  serviceaccounts: 'impersonate-service-accounts',
} as const;
