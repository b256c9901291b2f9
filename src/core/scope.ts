/** A namespace by its name, or the cluster for what has no namespace. */
export type Scope = { readonly namespace: string } | 'cluster';
