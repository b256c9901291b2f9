/** Whether `merlon pod-security` is asked about files or about the namespaces of a cluster: each has options of its own. */

/** Options of the command that mean nothing without `--namespaces`. */
const clusterOnly = ['namespace', 'kubeconfig', 'context'];
/** And those that mean nothing with it. */
const filesOnly = ['level', 'version'];

/**
 * @param isOfNamespaces whether `--namespaces` is given
 * @param written the names of the options that were written, without dashes
 * @returns what is wrong; undefined if nothing is
 */
export function findModeMistake(
  isOfNamespaces: boolean,
  paths: readonly string[],
  written: readonly string[],
): string | undefined {
  if (!isOfNamespaces) {
    const stray = clusterOnly.find((name) => written.includes(name));
    return stray === undefined ? undefined : `--${stray} goes with --namespaces`;
  }
  if (paths.length > 0) return '--namespaces asks a live cluster and takes no paths';
  const stray = filesOnly.find((name) => written.includes(name));
  return stray === undefined
    ? undefined
    : `--${stray} goes with files: --namespaces judges by every level and the version of the API server`;
}
