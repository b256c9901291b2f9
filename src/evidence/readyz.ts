/**
 * Which checks an API server makes before it calls itself ready: what is part of it has a check, whatever becomes of that.
 *
 * Of how it was set up these tell one thing: a hook makes the roles of RBAC, and is left out where no authorizer is RBAC. A
 * file of --authorization-config that changes may take the authorizer away later, and cannot add it. That a KMS provider
 * has a check tells that something is encrypted with it, not that Secrets are; what else there is, is always there.
 *
 * One GET, of /readyz, which every authenticated user may read unless somebody took that away. Source: k8s.io/kubernetes
 * v1.33.13 to v1.37.2, pkg/controlplane/apiserver/config.go (DisabledPostStartHooks), pkg/kubeapiserver/authorizer/reload.go;
 * k8s.io/apiserver v0.37.2, pkg/server/healthz.
 */
import { messageOf, missingUrl, unusable } from './reading.ts';
import type { Get, Reading } from './reading.ts';

/** Only an API server that asks RBAC makes it. */
export const RBAC_CHECK = 'poststarthook/rbac/bootstrap-roles';
/** By which it is known to be kube-apiserver itself that answers: every one of them makes it. */
export const OWN_CHECK = 'poststarthook/bootstrap-controller';

const path = '/readyz';
const MAX_CHECKS = 500;

/** @returns the names of all checks, also of those that fail */
export async function collectChecks(get: Get): Promise<Reading<readonly string[]>> {
  try {
    const { status, body } = await get(`${path}?verbose`);
    // Who is not ready answers so, and names all of them all the same.
    if (status !== 200 && status !== 500) return missingUrl(path, status);
    return readChecks(body) ?? unusable(`GET ${path}?verbose was answered ${status}, but names no checks`);
  } catch (error) {
    return unusable(`GET ${path}?verbose was not answered: ${messageOf(error)}`);
  }
}

function readChecks(body: string): { readonly read: readonly string[] } | undefined {
  const lines = body.trimEnd().split('\n');
  // The last line comes after the last check: without it there may be more.
  if (lines.length > MAX_CHECKS || !/^readyz check (passed|failed)$/.test(lines.at(-1) ?? '')) return undefined;
  const names = lines.slice(0, -1).map((line) => /^\[[+-]\](\S+) /.exec(line)?.[1]);
  const known = names.filter((name) => name !== undefined);
  return known.length === names.length ? { read: known } : undefined;
}
