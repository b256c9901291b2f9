/**
 * Paths of a node, as hostPath volumes name them. Paths are compared segment by segment and after normalisation, so that
 * no spelling (`//run/./docker.sock`, `/run/x/..`) hides where a path leads: `/foo` is no parent of `/foobar`.
 *
 * Of a node's links only those are followed that all Linux nodes have: `/var/run`, and `/proc/1/root`, which is `/`.
 *
 * Source: Filesystem Hierarchy Standard 3.0 (/run); proc(5); kubelet, hostPath volumes, for the form of Windows paths.
 */
import type { PodTemplate } from '../../core/pod-template.ts';

export interface HostPathVolume {
  /** `spec.volumes[0].hostPath.path` */
  readonly field: string;
  readonly name: string;
  /** As it is written. */
  readonly hostPath: string;
}

const NONE: readonly HostPathVolume[] = Object.freeze([]);

export function hostPathVolumesOf({ spec: { volumes } }: PodTemplate): readonly HostPathVolume[] {
  if (volumes === undefined) return NONE;
  let found: HostPathVolume[] | undefined;
  for (let index = 0; index < volumes.length; index += 1) {
    const volume = volumes[index];
    if (volume?.hostPath === undefined) continue;
    found ??= [];
    found.push({ field: `spec.volumes[${index}].hostPath.path`, name: volume.name, hostPath: volume.hostPath.path });
  }
  return found ?? NONE;
}

/** Windows does not tell upper from lower case; no path of Linux has a backslash but by mistake. */
const OF_WINDOWS = /\\|^[a-z]:|^\/\/\.\/pipe\//i;

/** Another process's view of `/`: with the rights of root it is the node's own. */
const ROOT_OF_PROCESS = /^(?:\/proc\/(?:\d+|self|thread-self)\/root(?=\/|$))+/;

/**
 * @returns the path that is meant, with `/` before each segment: `/run/docker.sock` for `/var/run//docker.sock`, `/` for
 *   whatever has no segment. A path that does not begin at the root is taken as if it did.
 */
export function normalizeHostPath(path: string): string {
  const spelling = OF_WINDOWS.test(path) ? path.toLowerCase() : path;
  const segments: string[] = [];
  for (const segment of spelling.split(/[/\\]/)) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const fromRoot = `/${segments.join('/')}`.replace(ROOT_OF_PROCESS, '');
  if (fromRoot === '') return '/';
  return isBelow(fromRoot, '/var/run') ? fromRoot.slice('/var'.length) : fromRoot;
}

const normalized = new WeakMap<readonly string[], readonly string[]>();

/** Those of a parameter, which is one list for all pods. */
export function normalizeHostPaths(paths: readonly string[]): readonly string[] {
  let meant = normalized.get(paths);
  if (meant === undefined) {
    meant = paths.map(normalizeHostPath);
    normalized.set(paths, meant);
  }
  return meant;
}

/**
 * Whether `target` is in what is mounted: the same path, or below it.
 * @param mounted both normalised
 */
export function isMountedBy(target: string, mounted: string): boolean {
  // Where /var/run is no link, /run is one, and all of it is in /var.
  return isBelow(target, mounted) || (mounted === '/var' && isBelow(target, '/run'));
}

/** Whether it is the folder itself or below it. */
function isBelow(path: string, folder: string): boolean {
  return path === folder || folder === '/' || (path.startsWith(folder) && path[folder.length] === '/');
}
