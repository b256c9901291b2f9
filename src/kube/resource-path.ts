/** Where the API server serves a kind, its objects and their subresources. */

export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

export interface ObjectAddress {
  /** Left out for what has none, and for all namespaces at once. */
  readonly namespace?: string | undefined;
  readonly name?: string;
  /** As `status`. */
  readonly subresource?: string;
}

/** @returns as `/apis/apps/v1/namespaces/shop/deployments/web/status` */
export function buildPath({ group, version, plural }: Resource, address: ObjectAddress = {}): string {
  const { namespace, name, subresource } = address;
  const root = group === '' ? ['api', version] : ['apis', group, version];
  const scope = namespace === undefined ? [] : ['namespaces', namespace];
  const object = name === undefined ? [] : subresource === undefined ? [name] : [name, subresource];
  return `/${[...root, ...scope, plural, ...object].map(encodeURIComponent).join('/')}`;
}

/** @returns as `deployments.apps`: how people name a kind to kubectl and in RBAC */
export function nameResource({ group, plural }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}
