/**
 * Reads and patches what is repaired. A target is read past every cache, by the right to list that whoever judges has
 * anyway, and patched without force in exactly the version and the object that were read: should it be gone or another
 * one, nothing is written and nothing created.
 */
import { apiVersionOf, kinds } from '../core/kinds.ts';
import type { Kind } from '../core/kinds.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import type { LiveObject } from '../remediation/live-object.ts';
import type { PatchOutcome } from '../remediation/outcome.ts';
import type { TargetWriter } from '../remediation/target-writer.ts';
import { ApiClient } from './api-client.ts';
import type { TypedResource } from './api-client.ts';
import { hasStatusCode } from './request-error.ts';
import type { StatusError } from './request-error.ts';
import type { Transport } from './transport.ts';

/** @param fieldManager who owns what is written */
export function createTargetWriter(transport: Transport, fieldManager: string): TargetWriter {
  const client = new ApiClient(transport);
  return {
    async readTarget(target) {
      const resource = targetResource(target);
      const { name, namespace } = target;
      const fieldSelector = `metadata.name=${escapeFieldValue(name)}`;
      const options = { fieldSelector, ...(namespace === undefined ? {} : { namespace }) };
      try {
        for await (const object of client.list(resource, options)) {
          return { outcome: 'read', object };
        }
        return { outcome: 'gone' };
      } catch (error) {
        if (hasStatusCode(error, 403)) return { outcome: 'forbidden', message: error.status.message };
        throw error;
      }
    },
    async applyFields({ apiVersion, kind, metadata }, { metadata: ownMetadata = {}, ...fields }, isDryRun) {
      const { name, namespace, uid, resourceVersion } = metadata;
      const address = namespace === undefined ? { name } : { namespace, name };
      const body = { apiVersion, kind, metadata: { ...address, uid, resourceVersion, ...ownMetadata }, ...fields };
      try {
        const object = await client.patch(
          targetResource({ apiVersion, kind, name }),
          address,
          { kind: 'apply', body, isForced: false },
          { fieldManager, isDryRun },
        );
        return { outcome: 'written', object };
      } catch (error) {
        return toPatchResult(error);
      }
    },
  };
}

/**
 * Names of RBAC objects may hold what means something in a selector.
 *
 * Source: k8s.io/apimachinery v0.37.2, fields `EscapeValue`.
 */
function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

function targetResource({ apiVersion, kind }: SubjectRef): TypedResource<LiveObject> {
  const known: Kind | undefined = kind in kinds ? kinds[kind as keyof typeof kinds] : undefined;
  if (known === undefined || apiVersionOf(known) !== apiVersion) {
    throw new Error(`${apiVersion} ${kind} is no kind that Merlon repairs`);
  }
  const { group, version, plural } = known;
  // A list leaves out of its items what they are.
  return { group, version, plural, decode: (json) => ({ ...(json as LiveObject), apiVersion, kind }) };
}

/** @throws what is not foreseen, to be tried again */
function toPatchResult(error: unknown): Exclude<PatchOutcome, { readonly outcome: 'written' }> {
  if (hasStatusCode(error, 404)) return { outcome: 'gone' };
  if (hasStatusCode(error, 409)) {
    const manager = managerInTheWay(error);
    return manager === undefined
      ? { outcome: 'conflict' }
      : { outcome: 'fieldConflict', manager, message: error.status.message };
  }
  if (hasStatusCode(error, 403)) return { outcome: 'forbidden', message: error.status.message };
  if (hasStatusCode(error, 400, 422)) return { outcome: 'refused', message: error.status.message };
  throw error;
}

/** Who owns the field, in the API server's words: `conflict with "kubectl" using v1`. Undefined for other conflicts. */
function managerInTheWay({ status }: StatusError): string | undefined {
  const cause = status.details?.causes?.find(({ reason }) => reason === 'FieldManagerConflict');
  if (cause === undefined) return undefined;
  return /^conflict with "((?:[^"\\]|\\.)*)"/.exec(cause.message ?? '')?.[1] ?? cause.message ?? 'another manager';
}
