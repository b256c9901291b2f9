/** What a baseline says of roles and bindings. */
import type { PolicyRule } from '../../core/rbac-shape.ts';
import type { BindingKind, RoleKind } from '../../core/rbac-kinds.ts';
import type { LabelSelector } from '../../core/label-selector.ts';

export interface BaselineName {
  /** Absent for what has none. */
  readonly namespace?: string;
  readonly name: string;
}

export interface BaselineRole extends BaselineName {
  /** Without that which all have. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The selectors of its aggregation rule. */
  readonly aggregates?: readonly LabelSelector[];
  readonly rules?: readonly PolicyRule[];
}

export interface BaselineSubject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface BaselineBinding extends BaselineName {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly BaselineSubject[];
}

export type BaselineObjects = Readonly<Record<RoleKind, readonly BaselineRole[]>> &
  Readonly<Record<BindingKind, readonly BaselineBinding[]>>;

export interface Baseline extends BaselineObjects {
  /** Of Kubernetes, as `1.37.2`. */
  readonly release: string;
  /** What is there besides where every feature gate and every API version is on: whole objects, or rules more. */
  readonly gated: BaselineObjects;
}
