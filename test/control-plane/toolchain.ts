/** The Go toolchain that builds the control plane, or a word on how to go on without one. */
import { GoFailure, runGo } from './go-command.ts';

const minimumMinor = 26;

export const threeWaysOn = `Three ways on:
  1. install Go 1.${minimumMinor} or newer (https://go.dev/dl) and have \`go\` on the PATH;
  2. KUBEBUILDER_ASSETS=FOLDER with the programs etcd, kube-apiserver and kubectl;
  3. USE_EXISTING_CLUSTER=true for the cluster of the current kubeconfig.`;

/**
 * @param folder the module's folder: its go.mod may make a newer Go fetch itself
 * @returns the version, as `go1.26.8`
 * @throws {Error} naming the three ways on when there is no Go or it is too old
 */
export async function readGoVersion(folder: string): Promise<string> {
  const version = await runGo(['env', 'GOVERSION'], { folder, timeoutMs: 300_000 }).catch((error: unknown) => {
    const found = error instanceof GoFailure ? `\`go\` cannot build it: ${error.message}` : '`go` was not found.';
    throw new Error(`The control plane is built with Go 1.${minimumMinor} or newer, and ${found}\n${threeWaysOn}`);
  });
  const minor = /^go1\.(\d+)/.exec(version)?.[1];
  if (minor !== undefined && Number(minor) < minimumMinor) {
    throw new Error(
      `The control plane is built with Go 1.${minimumMinor} or newer; this is ${version}.\n${threeWaysOn}`,
    );
  }
  return version;
}
