/** An object as it stands in the cluster, as far as an uninstallation looks at it: its metadata. */
import { managedByLabels, shippedLabels } from '../../api/v1alpha1/group.ts';

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
  return hasLabels(metadata.labels, shippedLabels);
}

/** Whether it says that a running Merlon made it. */
export function isLabelledAsWritten({ metadata }: PresentObject): boolean {
  return hasLabels(metadata.labels, managedByLabels);
}

type Labels = Readonly<Record<string, string>>;

function hasLabels(labels: Labels = {}, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}
