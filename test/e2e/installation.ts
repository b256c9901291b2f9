/** What it takes to have Merlon in a cluster, besides a running operator. All paths are relative to the repository. */
import { fileURLToPath } from 'node:url';
import type { Cluster } from '../support/cluster.ts';
import { runProcess } from '../support/run-process.ts';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Arguments of kubectl. */
export const installCommand = ['apply', '-k', 'config'] as const;

/** @throws {Error} with what kubectl says */
export async function install(cluster: Cluster): Promise<void> {
  await runKubectl(cluster, installCommand);
  await untilKindsServed(cluster);
}

/** @throws {Error} with what kubectl says, when the API server does not serve the kinds after 20 s */
export async function untilKindsServed(cluster: Cluster): Promise<void> {
  await runKubectl(cluster, ['wait', '--for=condition=Established', '--timeout=20s', 'crd', '--all']);
}

async function runKubectl(cluster: Cluster, args: readonly string[]): Promise<void> {
  const { code, stderr } = await cluster.kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
}

const bundleTimeoutMs = 120_000;

/** Bundles the operator from the present sources. @throws {Error} with what the bundler says */
export async function bundleOperator(): Promise<void> {
  const { code, stdout, stderr } = await runProcess(process.execPath, ['src/generate/bundle.ts'], {
    cwd: repository,
    timeoutMs: bundleTimeoutMs,
  });
  if (code !== 0) throw new Error(`the operator cannot be bundled:\n${stdout}${stderr}`);
}
