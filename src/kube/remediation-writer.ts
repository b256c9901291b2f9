/** Repairs (`target-writer.ts`), and the records of them. */
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
import { ApiClient } from './api-client.ts';
import type { TypedResource } from './api-client.ts';
import { attemptWrite, ownResource } from './posture-writer.ts';
import { hasStatusCode } from './request-error.ts';
import { createTargetWriter } from './target-writer.ts';
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
    ...createTargetWriter(transport, REMEDIATION_FIELD_MANAGER),
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
