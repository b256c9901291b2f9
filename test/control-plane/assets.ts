/** Where the control plane's programs come from: our own build, KUBEBUILDER_ASSETS, or nowhere (an existing cluster). */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildControlPlane } from './build.ts';
import { threeWaysOn } from './toolchain.ts';

export type ControlPlaneSource = 'build' | 'assets' | 'existing-cluster';

/** Paths of the programs; a part that the source does not have is absent. */
export interface ControlPlaneAssets {
  readonly source: ControlPlaneSource;
  readonly etcd?: string;
  readonly kubeApiServer?: string;
  readonly kubeControllerManager?: string;
  /** A path, or just the name where it is to be found on the PATH. */
  readonly kubectl: string;
}

/**
 * @param env USE_EXISTING_CLUSTER=true wins over KUBEBUILDER_ASSETS, which wins over our own build, of
 *   CONTROL_PLANE_VERSION if that is set
 * @throws {Error} if KUBEBUILDER_ASSETS lacks a program, or the build is not possible: naming what to do
 */
export async function selectAssets(env: NodeJS.ProcessEnv): Promise<ControlPlaneAssets> {
  const source = selectSource(env);
  if (source === 'existing-cluster') return { source, kubectl: env['TEST_ASSET_KUBECTL'] ?? 'kubectl' };
  if (source === 'assets') return readAssets(env);
  const folder = dirname(await buildControlPlane(env['CONTROL_PLANE_VERSION'] || undefined));
  return {
    source,
    etcd: join(folder, 'etcd'),
    kubeApiServer: join(folder, 'kube-apiserver'),
    kubeControllerManager: join(folder, 'kube-controller-manager'),
    kubectl: join(folder, 'kubectl'),
  };
}

export function selectSource(env: NodeJS.ProcessEnv): ControlPlaneSource {
  if (env['USE_EXISTING_CLUSTER'] === 'true') return 'existing-cluster';
  return env['KUBEBUILDER_ASSETS'] ? 'assets' : 'build';
}

function readAssets(env: NodeJS.ProcessEnv): ControlPlaneAssets {
  const folder = env['KUBEBUILDER_ASSETS'] ?? '';
  const etcd = env['TEST_ASSET_ETCD'] ?? join(folder, 'etcd');
  const kubeApiServer = env['TEST_ASSET_KUBE_APISERVER'] ?? join(folder, 'kube-apiserver');
  const kubectl = env['TEST_ASSET_KUBECTL'] ?? join(folder, 'kubectl');
  const missing = [etcd, kubeApiServer, kubectl].filter((path) => !existsSync(path));
  if (missing.length > 0) {
    throw new Error(`KUBEBUILDER_ASSETS is set, but there is no ${missing.join(', no ')}\n${threeWaysOn}`);
  }
  const kubeControllerManager = join(folder, 'kube-controller-manager');
  return {
    source: 'assets',
    etcd,
    kubeApiServer,
    kubectl,
    ...(existsSync(kubeControllerManager) && { kubeControllerManager }),
  };
}
