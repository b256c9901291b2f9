/**
 * Repairs, and the records of them. A target is read past every cache, by the right to list that Merlon has anyway, and
 * patched without force in exactly the version and the object that were read: should it be gone or another one, nothing is
 * written and nothing created.
 */
import { isDeepStrictEqual } from 'node:util';

import { API_VERSION, managedByLabels, STATUS_FIELD_MANAGER } from '../api/v1alpha1/group.ts';
import {
  ACTION_GUARD_NAME,
  hardeningRemediation,
  REMEDIATION_FIELD_MANAGER,
  REMEDIATION_KIND,
} from '../api/v1alpha1/hardening-remediation.ts';
import type { HardeningRemediation } from '../api/v1alpha1/hardening-remediation.ts';
import type { ActionGuard, RemediationWriter } from '../controller/remediation-writer.ts';
import { actionGuardBindingSpec, actionGuardSpec } from '../core/action-guard.ts';
import { apiVersionOf, kinds } from '../core/kinds.ts';
import type { Kind } from '../core/kinds.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import type { LiveObject } from '../remediation/live-object.ts';
import type { PatchOutcome } from '../remediation/outcome.ts';
import { ApiClient } from './api-client.ts';
import type { TypedResource } from './api-client.ts';
import { attemptWrite, ownResource } from './posture-writer.ts';
import { hasStatusCode } from './request-error.ts';
import type { StatusError } from './request-error.ts';
import type { Transport } from './transport.ts';

/** What the API server answers to our own writes needs no second look. */
const records: TypedResource<HardeningRemediation> = {
  ...ownResource(hardeningRemediation),
  decode: (json) => json as HardeningRemediation,
};
const recordOptions = { fieldManager: STATUS_FIELD_MANAGER };

export function createRemediationWriter(transport: Transport): RemediationWriter {
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
          { fieldManager: REMEDIATION_FIELD_MANAGER, isDryRun },
        );
        return { outcome: 'written', object };
      } catch (error) {
        return toPatchResult(error);
      }
    },
    createRecord(namespace, name) {
      const metadata = { namespace, name, labels: managedByLabels };
      const object = { apiVersion: API_VERSION, kind: REMEDIATION_KIND, metadata };
      return attemptWrite(client.create(records, namespace, object, recordOptions));
    },
    replaceRecordStatus({ metadata, spec }, status) {
      const { name, namespace, resourceVersion, uid } = metadata;
      const object = {
        apiVersion: API_VERSION,
        kind: REMEDIATION_KIND,
        metadata: { namespace, name, uid, resourceVersion },
        spec,
        status,
      };
      return attemptWrite(client.replaceStatus(records, { namespace, name }, object, recordOptions));
    },
    deleteRecord({ metadata: { name, namespace, uid, resourceVersion } }) {
      const options = {
        ...(uid === undefined ? {} : { uid }),
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      };
      return attemptWrite(client.delete(records, { namespace, name }, options).then(() => undefined));
    },
    readActionGuard: () => readActionGuard(client),
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

interface GuardObject {
  readonly metadata?: { readonly creationTimestamp?: string };
  readonly spec?: unknown;
}
const admission = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  decode: (json: unknown) => json as GuardObject,
};
const guardPolicies: TypedResource<GuardObject> = { ...admission, plural: 'validatingadmissionpolicies' };
const guardBindings: TypedResource<GuardObject> = { ...admission, plural: 'validatingadmissionpolicybindings' };

async function readActionGuard(client: ApiClient): Promise<ActionGuard> {
  const parts = [
    { what: 'ValidatingAdmissionPolicy', resource: guardPolicies, spec: actionGuardSpec },
    { what: 'ValidatingAdmissionPolicyBinding', resource: guardBindings, spec: actionGuardBindingSpec },
  ];
  let sinceMs = 0;
  for (const { what, resource, spec } of parts) {
    const object = await readGuardObject(client, resource);
    if (typeof object === 'string') {
      return { state: 'missing', message: `the ${what} "${ACTION_GUARD_NAME}" ${object}` };
    }
    if (!isDeepStrictEqual(object.spec, spec)) {
      return {
        state: 'missing',
        message: `the ${what} "${ACTION_GUARD_NAME}" is not the one of this version of Merlon`,
      };
    }
    // What has no age that can be read is as young as can be.
    sinceMs = Math.max(sinceMs, Date.parse(object.metadata?.creationTimestamp ?? '') || Number.POSITIVE_INFINITY);
  }
  return { state: 'guarding', sinceMs };
}

async function readGuardObject(client: ApiClient, resource: TypedResource<GuardObject>): Promise<GuardObject | string> {
  try {
    return await client.get(resource, { name: ACTION_GUARD_NAME });
  } catch (error) {
    if (hasStatusCode(error, 404)) return 'does not exist, or the API server serves no such kind';
    if (hasStatusCode(error, 403)) return `may not be read: ${error.status.message}`;
    throw error;
  }
}
