/** What it takes to have Merlon in a cluster, besides a running operator. All paths are relative to the repository. */
import { fileURLToPath } from 'node:url';
import type { Cluster } from '../support/cluster.ts';
import { runProcess } from '../support/run-process.ts';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Arguments of kubectl, in this order. */
export const installCommands = [
  ['apply', '-f', 'crds'],
  ['wait', '--for', 'condition=Established', '--timeout', '20s', '-f', 'crds'],
  ['apply', '-k', 'config'],
] as const satisfies readonly (readonly string[])[];

/** @throws {Error} with what kubectl says */
export async function install(cluster: Cluster): Promise<void> {
  for (const command of installCommands) {
    const { code, stderr } = await cluster.kubectl(command);
    if (code !== 0) throw new Error(`kubectl ${command.join(' ')}: ${stderr.trim()}`);
  }
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
