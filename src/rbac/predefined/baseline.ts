/**
 * What Kubernetes creates of RBAC by itself: of each minor version the roles and bindings that its API server makes when
 * it starts, with the rules of aggregated roles as the controller manager fills them in.
 *
 * The files beside this one are recorded from real API servers by `make baselines`. They leave out what is the same
 * everywhere: the label kubernetes.io/bootstrapping and API groups of subjects and roles.
 */
import type { PolicyRule } from '../../core/kinds.ts';
import type { BindingKind, RoleKind } from '../../core/rbac-kinds.ts';
import type { LabelSelector } from '../../core/label-selector.ts';
import kubeadm from './kubeadm.json' with { type: 'json' };
import v130 from './v1.30.json' with { type: 'json' };
import v131 from './v1.31.json' with { type: 'json' };
import v132 from './v1.32.json' with { type: 'json' };
import v133 from './v1.33.json' with { type: 'json' };
import v134 from './v1.34.json' with { type: 'json' };
import v135 from './v1.35.json' with { type: 'json' };
import v136 from './v1.36.json' with { type: 'json' };
import v137 from './v1.37.json' with { type: 'json' };

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

/** By minor version. What was recorded is taken at its word: a test compares it with a real API server. */
const baselines = new Map<number, unknown>([
  [30, v130],
  [31, v131],
  [32, v132],
  [33, v133],
  [34, v134],
  [35, v135],
  [36, v136],
  [37, v137],
]) as ReadonlyMap<number, Baseline>;

/** From the oldest on. */
export const baselineMinors: readonly number[] = [...baselines.keys()].sort((a, b) => a - b);

/**
 * What kubeadm adds to a cluster that it makes, and what its older releases did besides.
 *
 * Source: k8s.io/kubernetes v1.37.2, cmd/kubeadm/app/phases (bootstraptoken, uploadconfig, kubelet, copycerts, kubeconfig,
 * addons).
 */
export const kubeadmBaseline = kubeadm as unknown as Baseline;

/** @returns undefined where none was recorded of that minor version */
export function baselineOf(minor: number): Baseline | undefined {
  return baselines.get(minor);
}
