/**
 * Writes Merlon's own objects. The status is replaced as a whole with the version that was read: applying it would
 * leave fields and conditions that others forged, and writing without a version would overwrite what nobody read.
 */
import {
  CLUSTER_POSTURE_KIND,
  CLUSTER_POSTURE_NAME,
  clusterSecurityPosture,
} from '../api/v1alpha1/cluster-security-posture.ts';
import { clusterHardeningPolicy } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterHardeningPolicy } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { API_VERSION, GROUP, managedByLabels, STATUS_FIELD_MANAGER, VERSION } from '../api/v1alpha1/group.ts';
import type { CrdDefinition } from '../api/v1alpha1/schema.ts';
import { POSTURE_KIND, POSTURE_NAME, securityPosture } from '../api/v1alpha1/security-posture.ts';
import type { PostureWriter, WriteResult } from '../controller/posture-controller.ts';
import type { PostureObject, PostureScope } from '../controller/posture-store.ts';
import { readStatus } from './object-source.ts';
import { hasStatusCode, StatusError } from './request-error.ts';
import { buildPath } from './resource-path.ts';
import type { ObjectAddress, Resource } from './resource-path.ts';
import type { Transport } from './transport.ts';

export function ownResource({ plural }: CrdDefinition): Resource {
  return { group: GROUP, version: VERSION, plural };
}

export function createPostureWriter(transport: Transport): PostureWriter {
  async function send<T>(method: string, path: string, body: object): Promise<WriteResult<T>> {
    try {
      const response = await transport.request({
        method,
        path,
        query: { fieldManager: STATUS_FIELD_MANAGER },
        body: JSON.stringify(body),
        contentType: 'application/json',
        accept: 'application/json',
      });
      if (response.status >= 300) throw new StatusError(`${method} ${path}`, readStatus(response));
      return { outcome: 'written', object: JSON.parse(response.body.toString('utf8')) as T };
    } catch (error) {
      return toResult(error);
    }
  }

  return {
    createPosture(scope) {
      const { resource, kind, address } = postureAddress(scope);
      const { namespace, name } = address;
      return send<PostureObject>('POST', buildPath(resource, namespace === undefined ? {} : { namespace }), {
        apiVersion: API_VERSION,
        kind,
        metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: managedByLabels },
      });
    },
    replacePostureStatus(scope, resourceVersion, status) {
      const { resource, kind, address } = postureAddress(scope);
      const { namespace, name } = address;
      return send<PostureObject>('PUT', buildPath(resource, { ...address, subresource: 'status' }), {
        apiVersion: API_VERSION,
        kind,
        metadata: { name, ...(namespace === undefined ? {} : { namespace }), resourceVersion },
        status,
      });
    },
    replacePolicyStatus({ kind, metadata: { name, resourceVersion }, spec }: ClusterHardeningPolicy, status) {
      const path = buildPath(ownResource(clusterHardeningPolicy), { name, subresource: 'status' });
      return send('PUT', path, { apiVersion: API_VERSION, kind, metadata: { name, resourceVersion }, spec, status });
    },
  };
}

function postureAddress(scope: PostureScope): {
  readonly resource: Resource;
  readonly kind: string;
  readonly address: ObjectAddress & { readonly name: string };
} {
  return scope === 'cluster'
    ? {
        resource: ownResource(clusterSecurityPosture),
        kind: CLUSTER_POSTURE_KIND,
        address: { name: CLUSTER_POSTURE_NAME },
      }
    : {
        resource: ownResource(securityPosture),
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
