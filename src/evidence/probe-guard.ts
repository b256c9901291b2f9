/**
 * Whether the guard of the namespace of probes stands, as this version of Merlon ships it. Nothing is tried where it does
 * not: read anew before every round, and nothing is kept of what was read before.
 *
 * Two GETs a round; need `get` on the two objects, by name.
 */
import { isDeepStrictEqual } from 'node:util';

import { PROBE_GUARD_NAME } from '../api/v1alpha1/group.ts';
import { probeGuardBindingSpec, probeGuardSpec } from '../core/probe-guard.ts';
import { messageOf, readJson, withPermission } from './reading.ts';
import type { Get, Missing } from './reading.ts';

const parts = [
  { kind: 'ValidatingAdmissionPolicy', plural: 'validatingadmissionpolicies', spec: probeGuardSpec },
  {
    kind: 'ValidatingAdmissionPolicyBinding',
    plural: 'validatingadmissionpolicybindings',
    spec: probeGuardBindingSpec,
  },
] as const;

/** @returns why nothing may be tried; undefined where both objects stand unchanged */
export async function findGuardProblem(get: Get): Promise<string | undefined> {
  return (await findMissingGuard(get))?.missing;
}

/** The same with the right that would help. */
export async function findMissingGuard(get: Get): Promise<Missing | undefined> {
  for (const part of parts) {
    const problem = await findProblem(get, part);
    if (problem !== undefined) return typeof problem === 'string' ? { missing: problem } : problem;
  }
  return undefined;
}

async function findProblem(
  get: Get,
  { kind, plural, spec }: (typeof parts)[number],
): Promise<Missing | string | undefined> {
  const name = `the ${kind} "${PROBE_GUARD_NAME}"`;
  const path = `/apis/admissionregistration.k8s.io/v1/${plural}/${PROBE_GUARD_NAME}`;
  try {
    const { status, body } = await get(path, { accept: 'application/json' });
    if (status === 401 || status === 403) {
      return withPermission(`${name} may not be read; grant get on it`, `get on ${kind} ${PROBE_GUARD_NAME}`, status);
    }
    if (status === 404) {
      return isOfObject(body)
        ? `${name} is not there; apply config/probes`
        : `the API server does not serve ${plural} in version v1, which Kubernetes does from 1.30 on`;
    }
    if (status !== 200) return `reading ${name} was answered ${status}`;
    const json = readJson(body);
    if (typeof json !== 'object' || json === null)
      return `reading ${name} was answered with what is no JSON of an object`;
    const { metadata, spec: present } = json as GuardObject;
    if (metadata?.deletionTimestamp !== undefined) return `${name} is being deleted`;
    return isDeepStrictEqual(present, spec)
      ? undefined
      : `${name} is not the one of this version of Merlon; apply config/probes`;
  } catch (error) {
    return `reading ${name} failed: ${messageOf(error)}`;
  }
}

interface GuardObject {
  readonly metadata?: { readonly deletionTimestamp?: string };
  readonly spec?: unknown;
}

/** A kind that is not served has no object to be named. */
function isOfObject(body: string): boolean {
  return body.includes(`\\"${PROBE_GUARD_NAME}\\" not found`);
}
