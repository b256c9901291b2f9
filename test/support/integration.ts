/** What an `*.integration.test.ts` file says first: which cluster it wants. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { selectSource } from '../control-plane/assets.ts';
import type { Cluster } from './cluster.ts';
import { startControlPlane } from './control-plane.ts';
import type { ControlPlane, ControlPlaneOptions } from './control-plane.ts';
import { openSharedCluster } from './shared-cluster.ts';

/**
 * What a file cannot do without:
 * - `own`: a control plane of its own, with flags or files of its own (said by `own: {…}` too);
 * - `restart`: to stop, suspend or restart parts, or to compact etcd, which asks for one of its own;
 * - `audit-log`: to read who asked for what;
 * - `emulation`: `--emulated-version`;
 * - `build`: what only our own binary can do, such as `transcode`;
 * - `controller-manager`: default ServiceAccounts, owners of pods, garbage collection, namespaces that go away.
 */
export type Need = 'own' | 'restart' | 'audit-log' | 'emulation' | 'build' | 'controller-manager';

export interface IntegrationOptions {
  readonly needs?: readonly Need[];
}

export interface OwnIntegrationOptions extends IntegrationOptions {
  readonly own: ControlPlaneOptions;
}

// A first run may have to build the control plane.
const startTimeoutMs = 60 * 60_000;
const testTimeoutMs = 60_000;

/**
 * Call it inside `describe`. With `own` the suite gets a control plane for itself; without, the one that all files of
 * the run share, where it keeps to namespaces of its own. A suite that is skipped still runs its `after` hooks.
 * @returns gives the cluster; only inside hooks and tests
 */
export function useControlPlane(options: OwnIntegrationOptions): () => ControlPlane;
export function useControlPlane(options?: IntegrationOptions): () => Cluster;
export function useControlPlane(options: IntegrationOptions & Partial<OwnIntegrationOptions> = {}): () => Cluster {
  const { own, needs = [] } = options;
  let cluster: Cluster | undefined;
  let controlPlane: ControlPlane | undefined;

  before('control plane', async function () {
    this.timeout(startTimeoutMs);
    skipUnlessMet(this, own === undefined ? needs : [...new Set<Need>(['own', ...needs])]);
    if (own === undefined) cluster = await openSharedCluster();
    else cluster = controlPlane = await startControlPlane(own);
  });
  beforeEach('time for real programs', function () {
    this.currentTest?.timeout(testTimeoutMs);
  });
  after('control plane', async function () {
    this.timeout(testTimeoutMs);
    if (controlPlane !== undefined) await controlPlane.stop();
    else cluster?.client.close();
  });

  return () => {
    if (cluster === undefined) throw new Error('the control plane runs only during hooks and tests');
    return cluster;
  };
}

/** Skips the suite by name if this run cannot meet its needs; for files that start their control planes themselves. */
export function skipUnlessMet(context: Mocha.Context, needs: readonly Need[]): void {
  const unmet = selectUnmetNeeds(needs, process.env);
  if (unmet.length === 0) return;
  const suite = context.test?.parent?.fullTitle() ?? '';
  process.stderr.write(`skipped: ${suite}: needs ${unmet.join(', ')}, which this control plane has not\n`);
  context.skip();
}

/** Our own build meets every need; other people's binaries and clusters do not. */
export function selectUnmetNeeds(needs: readonly Need[], env: NodeJS.ProcessEnv): Need[] {
  const source = selectSource(env);
  if (source === 'build') return [];
  if (source === 'existing-cluster') return needs.filter((need) => need !== 'controller-manager');
  const hasControllerManager = existsSync(join(env['KUBEBUILDER_ASSETS'] ?? '', 'kube-controller-manager'));
  const foreign: readonly Need[] = [
    'emulation',
    'build',
    ...(hasControllerManager ? [] : ['controller-manager' as const]),
  ];
  return needs.filter((need) => foreign.includes(need));
}
