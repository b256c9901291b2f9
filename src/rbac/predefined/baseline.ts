/**
 * What Kubernetes creates of RBAC by itself: of each minor version the roles and bindings that its API server makes when
 * it starts, with the rules of aggregated roles as the controller manager fills them in.
 *
 * The files `v1.*.json` beside this one are recorded from real API servers by `make baselines`. They leave out what is the
 * same everywhere: the label kubernetes.io/bootstrapping and API groups of subjects and roles. `make generate` merges them
 * into `baselines.json`, which alone is shipped.
 */
import type { Baseline } from './baseline-objects.ts';
import recorded from './baselines.json' with { type: 'json' };
import kubeadm from './kubeadm.json' with { type: 'json' };
import { readPrinted } from './printed-baselines.ts';
import type { PrintedBaselines } from './printed-baselines.ts';
import { selectBaseline } from './shared-objects.ts';
import type { SharedObjects } from './shared-objects.ts';

/** What was recorded is taken at its word: a test compares it with a real API server. */
const { releases, ...printed } = recorded as unknown as PrintedBaselines;

/** From the oldest on. */
export const baselineMinors: readonly number[] = releases.map(({ minor }) => minor);

/**
 * What kubeadm adds to a cluster that it makes, and what its older releases did besides.
 *
 * Source: k8s.io/kubernetes v1.37.2, cmd/kubeadm/app/phases (bootstraptoken, uploadconfig, kubelet, copycerts, kubeconfig,
 * addons).
 */
export const kubeadmBaseline = kubeadm as unknown as Baseline;

let objects: SharedObjects | undefined;
const baselines = new Map<number, Baseline>();

/** What all releases make, each object once. */
export function sharedObjects(): SharedObjects {
  objects ??= readPrinted(printed);
  return objects;
}

/** @returns undefined where none was recorded of that minor version */
export function baselineOf(minor: number): Baseline | undefined {
  const known = baselines.get(minor);
  if (known !== undefined) return known;
  const recordedAs = releases.find((one) => one.minor === minor);
  if (recordedAs === undefined) return undefined;
  const baseline = selectBaseline(sharedObjects(), minor, recordedAs.release);
  baselines.set(minor, baseline);
  return baseline;
}
