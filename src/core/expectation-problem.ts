/**
 * What is wrong with expectations that a schema cannot see. A policy in which anything is wrong is refused as a whole:
 * an expectation that can never be broken would read as one that is met.
 */
import type { ExpectationSpec, PermissionSpec } from '../api/v1alpha1/expectation.ts';

export interface ExpectationProblem {
  readonly reason: 'InvalidExpectation';
  /** One sentence that begins with the path. */
  readonly message: string;
  readonly path: string;
}

/** As many single permissions (one verb on one resource by one name) as one policy may come to. */
export const MAX_SINGLE_PERMISSIONS = 20_000;

/** @param ownNamespace of a HardeningPolicy, which is about nothing else */
export function findExpectationProblem(
  specs: readonly ExpectationSpec[] = [],
  ownNamespace?: string,
): ExpectationProblem | undefined {
  let size = 0;
  for (const [index, spec] of specs.entries()) {
    const path = `spec.expectations[${index}]`;
    const subject = findSubjectProblem(spec.subject, `${path}.subject`, ownNamespace);
    if (subject !== undefined) return subject;
    if (spec.allow === undefined && spec.deny === undefined && spec.only !== true) {
      return problemAt(path, 'says nothing: it needs allow, deny or only: true');
    }
    for (const field of ['allow', 'deny'] as const) {
      for (const [at, permission] of (spec[field] ?? []).entries()) {
        const where = `${path}.${field}[${at}]`;
        const problem =
          findPermissionProblem(permission, where, ownNamespace) ??
          (field === 'deny' ? findIdleDenial(permission, where) : undefined);
        if (problem !== undefined) return problem;
        size += countSinglePermissions(permission);
        if (size > MAX_SINGLE_PERMISSIONS) {
          return problemAt(
            where,
            `is one too many: verbs times resources times names come to more than ${MAX_SINGLE_PERMISSIONS} in this policy; split it`,
          );
        }
      }
    }
  }
  return undefined;
}

function findSubjectProblem(
  { kind, namespace, groups }: ExpectationSpec['subject'],
  path: string,
  ownNamespace: string | undefined,
): ExpectationProblem | undefined {
  if (ownNamespace !== undefined && kind !== 'ServiceAccount') {
    return problemAt(
      `${path}.kind`,
      `is ${kind}, and a HardeningPolicy is about the service accounts of its own namespace; a ClusterHardeningPolicy may be about others`,
    );
  }
  if (ownNamespace !== undefined && (namespace ?? ownNamespace) !== ownNamespace) {
    return problemAt(
      `${path}.namespace`,
      `is "${namespace ?? ''}", and a HardeningPolicy is about the service accounts of its own namespace, "${ownNamespace}"`,
    );
  }
  if (ownNamespace === undefined && kind === 'ServiceAccount' && namespace === undefined) {
    return problemAt(`${path}.namespace`, 'is missing: a service account has one');
  }
  if (kind !== 'ServiceAccount' && namespace !== undefined) {
    return problemAt(`${path}.namespace`, 'is there, and only a ServiceAccount has a namespace');
  }
  if (kind !== 'User' && groups !== undefined) {
    return problemAt(`${path}.groups`, 'is there, and only of a User groups are stated');
  }
  return undefined;
}

function findPermissionProblem(
  { apiGroups, resources, names, namespace, urls }: PermissionSpec,
  path: string,
  ownNamespace: string | undefined,
): ExpectationProblem | undefined {
  if ((resources === undefined) === (urls === undefined)) {
    return problemAt(path, 'needs either resources or urls');
  }
  if (urls !== undefined && [apiGroups, names, namespace].some((field) => field !== undefined)) {
    return problemAt(path, 'has urls, which have no apiGroups, names or namespace');
  }
  if (ownNamespace === undefined) return undefined;
  if (urls !== undefined) {
    return problemAt(`${path}.urls`, 'is there, and a HardeningPolicy is about its own namespace, in which no URL is');
  }
  if ((namespace ?? ownNamespace) !== ownNamespace) {
    return problemAt(
      `${path}.namespace`,
      `is "${namespace ?? ''}", and permissions in a HardeningPolicy lie within its own namespace, "${ownNamespace}"`,
    );
  }
  return undefined;
}

/** What no request asks for is never granted, so that to deny it says nothing. */
function findIdleDenial({ verbs, resources, names }: PermissionSpec, path: string): ExpectationProblem | undefined {
  const verb = verbs.findIndex((one) => /[\s,]/.test(one));
  if (verb !== -1) return problemAt(`${path}.verbs[${verb}]`, `is "${verbs[verb] ?? ''}": write one verb an entry`);
  for (const [index, resource] of (resources ?? []).entries()) {
    const at = `${path}.resources[${index}]`;
    if (/[\s,]/.test(resource)) return problemAt(at, `is "${resource}": write one resource an entry`);
    if (resource.endsWith('/*')) {
      return problemAt(at, `is "${resource}", which RBAC reads literally; name the subresources, or write "*"`);
    }
    if (/^[^/]*\./.test(resource)) {
      return problemAt(at, `is "${resource}": write the plural alone, and the group in apiGroups`);
    }
  }
  const name = names?.findIndex((one) => one === '*' || one === '') ?? -1;
  if (name === -1) return undefined;
  const meant = names?.[name] === '*' ? 'every name' : 'requests without a name as well';
  return problemAt(`${path}.names[${name}]`, `is "${names?.[name] ?? ''}": leave names out to mean ${meant}`);
}

/** Verbs times resources times names. */
export function countSinglePermissions({
  verbs,
  apiGroups = [''],
  resources,
  names = [''],
  urls = [],
}: PermissionSpec): number {
  return verbs.length * (resources === undefined ? urls.length : apiGroups.length * resources.length * names.length);
}

function problemAt(path: string, problem: string): ExpectationProblem {
  return { reason: 'InvalidExpectation', message: `${path} ${problem}`, path };
}
