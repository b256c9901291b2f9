/**
 * What is wrong with expectations that a schema cannot see. A policy in which anything is wrong is refused as a whole:
 * an expectation that can never be broken would read as one that is met.
 */
import type { ExpectationSpec, PermissionSpec } from '../api/v1alpha1/expectation.ts';
import { groupProblem, resourceProblem, urlProblem, verbProblem } from './dead-words.ts';

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

/**
 * What no request asks for is never granted, so that to deny it says nothing. Words that are in order and mean nothing
 * that is served, such as `pod`, leave the judgement unknown.
 */
function findIdleDenial(permission: PermissionSpec, path: string): ExpectationProblem | undefined {
  const { verbs, apiGroups = [], resources = [], urls = [], names = [] } = permission;
  return (
    findIdleWord(`${path}.verbs`, verbs, idleVerb) ??
    findIdleWord(`${path}.apiGroups`, apiGroups, groupProblem) ??
    findIdleWord(`${path}.resources`, resources, idleResource) ??
    findIdleWord(`${path}.urls`, urls, urlProblem) ??
    findIdleWord(`${path}.names`, names, idleName)
  );
}

function findIdleWord(
  path: string,
  words: readonly string[],
  problemOf: (word: string) => string | undefined,
): ExpectationProblem | undefined {
  for (const [index, word] of words.entries()) {
    const problem = problemOf(word);
    if (problem !== undefined) return problemAt(`${path}[${index}]`, `is "${word}": ${problem}`);
  }
  return undefined;
}

function idleVerb(verb: string): string | undefined {
  return /[\s,]/.test(verb) ? 'write one verb an entry' : verbProblem(verb);
}

function idleResource(resource: string): string | undefined {
  if (/[\s,]/.test(resource)) return 'write one resource an entry';
  if (resource.endsWith('/*')) return 'RBAC reads it literally; name the subresources, or write "*"';
  if (/^[^/]*\./.test(resource)) return 'write the plural alone, and the group in apiGroups';
  return resourceProblem(resource);
}

function idleName(name: string): string | undefined {
  if (name === '*') return 'leave names out to mean every name';
  return name === '' ? 'leave names out to mean requests without a name as well' : undefined;
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
