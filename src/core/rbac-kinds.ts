/** The kinds of RBAC: those that hold for the whole cluster come first. */
export const roleKinds = ['ClusterRole', 'Role'] as const;
export const bindingKinds = ['ClusterRoleBinding', 'RoleBinding'] as const;
export type RoleKind = (typeof roleKinds)[number];
export type BindingKind = (typeof bindingKinds)[number];

export function isRoleKind(kind: string): kind is RoleKind {
  return kind === 'ClusterRole' || kind === 'Role';
}

export function isBindingKind(kind: string): kind is BindingKind {
  return kind === 'ClusterRoleBinding' || kind === 'RoleBinding';
}
