/** Writes admission policies by the one field manager that says whose they are. */
import { ENFORCER_FIELD_MANAGER, PROBE_NAMESPACE } from '../../api/v1alpha1/group.ts';
import { ApiClient } from '../../kube/api-client.ts';
import type { TypedResource } from '../../kube/api-client.ts';
import { hasStatusCode } from '../../kube/request-error.ts';
import type { StatusError } from '../../kube/request-error.ts';
import type { Transport } from '../../kube/transport.ts';
import { kinds } from '../../core/kinds.ts';
import type { EnforcementWriter, TryOutcome, WriteOutcome } from '../plan/enforcement-writer.ts';
import type { EnforcedRef, StoredObject } from '../plan/stored-object.ts';
import { buildReplacement } from '../plan/stored-object.ts';

const options = { fieldManager: ENFORCER_FIELD_MANAGER };

/** @param findGuardProblem whether the guard of the namespace of probes stands */
export function createEnforcementWriter(
  transport: Transport,
  findGuardProblem: EnforcementWriter['findGuardProblem'],
): EnforcementWriter {
  const client = new ApiClient(transport);
  return {
    async read(ref) {
      try {
        return { outcome: 'read', object: await client.get(resourceOf(ref), { name: ref.name }) };
      } catch (error) {
        if (hasStatusCode(error, 404)) return { outcome: 'gone' };
        if (hasStatusCode(error, 403)) return { outcome: 'forbidden', message: error.status.message };
        throw error;
      }
    },
    async apply(manifest) {
      const { kind, metadata } = manifest;
      const patch = { kind: 'apply', body: manifest, isForced: false } as const;
      const resource = resourceOf({ kind, name: metadata.name });
      const result = await attempt(client.patch(resource, { name: metadata.name }, patch, options));
      // Whatever is not there is made.
      return result.outcome === 'gone' ? { outcome: 'unserved' } : result;
    },
    replace(manifest, stored) {
      const { kind, metadata } = manifest;
      const patch = { kind: 'merge', body: buildReplacement(manifest, stored) } as const;
      return attempt(client.patch(resourceOf({ kind, name: metadata.name }), { name: metadata.name }, patch, options));
    },
    async remove(ref, { metadata: { uid, resourceVersion } }) {
      const result = await attempt(
        client.delete(resourceOf(ref), { name: ref.name }, { uid, resourceVersion }).then(() => undefined),
      );
      return result.outcome === 'written' ? { outcome: 'gone' } : result;
    },
    findGuardProblem,
    async tryPod(pod) {
      try {
        const stored = await client.create(pods, PROBE_NAMESPACE, pod, { ...options, isDryRun: true });
        return { outcome: 'passed', pod: stored };
      } catch (error) {
        if (hasStatusCode(error, 403, 422)) return toRefusal(error);
        throw error;
      }
    },
  };
}

const pods: TypedResource<unknown> = { group: '', version: 'v1', plural: 'pods', decode: (json) => json };

/** Source: k8s.io/apiserver v0.37.2, endpoints/handlers/responsewriters `forbiddenMessage`: only authorizers say this. */
function toRefusal({ status: { message } }: StatusError): TryOutcome {
  return /^pods is forbidden: User /.test(message)
    ? { outcome: 'forbidden', message }
    : { outcome: 'refused', message };
}

function resourceOf({ kind }: EnforcedRef): TypedResource<StoredObject> {
  const { group, version, plural } = kinds[kind];
  return { group, version, plural, decode: (json) => json as StoredObject };
}

type Attempted<T> =
  Exclude<WriteOutcome, { readonly outcome: 'written' }> | { readonly outcome: 'written'; readonly object: T };

/** @throws what is not foreseen, to be tried again */
async function attempt<T>(write: Promise<T>): Promise<Attempted<T>> {
  try {
    return { outcome: 'written', object: await write };
  } catch (error) {
    if (hasStatusCode(error, 404)) return { outcome: 'gone' };
    if (hasStatusCode(error, 409)) return { outcome: 'conflict' };
    if (hasStatusCode(error, 403)) return { outcome: 'forbidden', message: error.status.message };
    if (hasStatusCode(error, 400, 422)) return { outcome: 'refused', message: error.status.message };
    throw error;
  }
}
