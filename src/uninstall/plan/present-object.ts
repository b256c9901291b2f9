/** An object as it stands in the cluster, as far as an uninstallation looks at it: its metadata. */
import { managedByLabels } from '../../api/v1alpha1/group.ts';

export interface PresentObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly uid: string; readonly controller?: boolean }[];
  };
}

/** Where the API server has the objects of a kind. */
export interface ServedKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** `ServiceAccount shop/default` */
export function printObject({ kind, metadata: { namespace, name } }: Pick<PresentObject, 'kind' | 'metadata'>): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Whether it says that it came with Merlon's manifests. */
export function isLabelledAsShipped({ metadata }: PresentObject): boolean {
  return hasLabel(metadata.labels, 'app.kubernetes.io/part-of', 'merlon');
}

/** Whether it says that a running Merlon made it. */
export function isLabelledAsWritten({ metadata }: PresentObject): boolean {
  return Object.entries(managedByLabels).every(([key, value]) => hasLabel(metadata.labels, key, value));
}

function hasLabel(labels: Readonly<Record<string, string>> = {}, key: string, value: string): boolean {
  return Object.hasOwn(labels, key) && labels[key] === value;
}
