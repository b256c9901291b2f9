/**
 * Writes Merlon's own objects. The status is replaced as a whole with the version that was read: applying it would
 * leave fields and conditions that others forged, and writing without a version would overwrite what nobody read.
 */
import {
  CLUSTER_POSTURE_KIND,
  CLUSTER_POSTURE_NAME,
  clusterSecurityPosture,
} from '../api/v1alpha1/cluster-security-posture.ts';
import { clusterHardeningExemption, EXEMPTION_KIND } from '../api/v1alpha1/cluster-hardening-exemption.ts';
import { clusterHardeningPolicy, POLICY_KIND } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { API_VERSION, GROUP, managedByLabels, STATUS_FIELD_MANAGER, VERSION } from '../api/v1alpha1/group.ts';
import { hardeningExemption, OWN_EXEMPTION_KIND } from '../api/v1alpha1/hardening-exemption.ts';
import { hardeningPolicy, OWN_POLICY_KIND } from '../api/v1alpha1/hardening-policy.ts';
import type { CrdDefinition } from '../api/v1alpha1/schema.ts';
import { POSTURE_KIND, POSTURE_NAME, securityPosture } from '../api/v1alpha1/security-posture.ts';
import type { AnyOwned, PostureWriter, StoredVersion, WriteResult } from '../controller/posture-writer.ts';
import type { PostureObject, PostureScope } from '../controller/posture-store.ts';
import { ApiClient } from './api-client.ts';
import type { TypedResource } from './api-client.ts';
import { hasStatusCode, StatusError } from './request-error.ts';
import type { Resource } from './resource-path.ts';
import type { Transport } from './transport.ts';

export function ownResource({ plural }: CrdDefinition): Resource {
  return { group: GROUP, version: VERSION, plural };
}

export function createPostureWriter(transport: Transport): PostureWriter {
  const client = new ApiClient(transport);
  const options = { fieldManager: STATUS_FIELD_MANAGER };
  return {
    createPosture(scope) {
      const { resource, kind, address } = postureAddress(scope);
      const metadata = { ...address, labels: managedByLabels };
      return attemptWrite(
        client.create(resource, address.namespace, { apiVersion: API_VERSION, kind, metadata }, options),
      );
    },
    replacePostureStatus(scope, resourceVersion, status) {
      const { resource, kind, address } = postureAddress(scope);
      const object = { apiVersion: API_VERSION, kind, metadata: { ...address, resourceVersion }, status };
      return attemptWrite(client.replaceStatus(resource, address, object, options));
    },
    replacePolicyStatus({ kind, metadata, spec }, status) {
      const { name, namespace, resourceVersion } = metadata;
      const address = namespace === undefined ? { name } : { namespace, name };
      const object = { apiVersion: API_VERSION, kind, metadata: { ...address, resourceVersion }, spec, status };
      return attemptWrite(client.replaceStatus(owned[kind], address, object, options));
    },
  };
}

/** What the API server answers to our own writes needs no second look, but for its version. */
const owned: Readonly<Record<AnyOwned['kind'], TypedResource<StoredVersion>>> = {
  [POLICY_KIND]: { ...ownResource(clusterHardeningPolicy), decode: (json) => json as StoredVersion },
  [OWN_POLICY_KIND]: { ...ownResource(hardeningPolicy), decode: (json) => json as StoredVersion },
  [EXEMPTION_KIND]: { ...ownResource(clusterHardeningExemption), decode: (json) => json as StoredVersion },
  [OWN_EXEMPTION_KIND]: { ...ownResource(hardeningExemption), decode: (json) => json as StoredVersion },
};
const asPosture = (json: unknown): PostureObject => json as PostureObject;
const posture: TypedResource<PostureObject> = { ...ownResource(securityPosture), decode: asPosture };
const clusterPosture: TypedResource<PostureObject> = { ...ownResource(clusterSecurityPosture), decode: asPosture };

/** What became of a write of one of Merlon's own objects. @throws what is not foreseen, to be tried again */
export async function attemptWrite<T>(write: Promise<T>): Promise<WriteResult<T>> {
  try {
    return { outcome: 'written', object: await write };
  } catch (error) {
    return toResult(error);
  }
}

function postureAddress(scope: PostureScope): {
  readonly resource: TypedResource<PostureObject>;
  readonly kind: string;
  readonly address: { readonly namespace?: string; readonly name: string };
} {
  return scope === 'cluster'
    ? { resource: clusterPosture, kind: CLUSTER_POSTURE_KIND, address: { name: CLUSTER_POSTURE_NAME } }
    : {
        resource: posture,
        kind: POSTURE_KIND,
        address: { namespace: scope.slice('namespace/'.length), name: POSTURE_NAME },
      };
}

/** What a failed write means. @throws what is not foreseen, to be tried again */
function toResult(error: unknown): Exclude<WriteResult<never>, { readonly outcome: 'written' }> {
  if (hasStatusCode(error, 404) || isTerminating(error)) return { outcome: 'gone' };
  if (hasStatusCode(error, 409)) return { outcome: 'conflict' };
  // 403 by RBAC, a quota or an admission policy; 422 by the CRD's own rules: asking again at once changes nothing.
  if (hasStatusCode(error, 403, 422)) return { outcome: 'refused', message: error.status.message };
  throw error;
}

/** A namespace on its way out takes no new objects, which is no lack of permission. */
function isTerminating(error: unknown): boolean {
  return (
    error instanceof StatusError &&
    error.status.code === 403 &&
    (error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false)
  );
}
