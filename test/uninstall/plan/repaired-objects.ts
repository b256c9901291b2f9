/** Objects that Merlon has repaired, and the record of such a repair, as the API server shows them. */
import type { HardeningRemediation } from '../../../src/api/v1alpha1/hardening-remediation.ts';
import { DEFAULT_ACCOUNT_RULE } from '../../../src/remediation/remedies/default-account.ts';
import type { LiveObject } from '../../../src/remediation/live-object.ts';
import { writtenLabels } from './objects.ts';

const UID = 'of shop/default';

export interface AccountOptions {
  readonly manager?: string;
  readonly value?: boolean;
  readonly deletionTimestamp?: string;
  readonly resourceVersion?: string;
}

/** `shop/default`, whose token field that manager has applied. */
export function defaultAccount({
  manager = 'merlon-remediator',
  value = false,
  deletionTimestamp,
  resourceVersion = '7',
}: AccountOptions = {}): LiveObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      namespace: 'shop',
      name: 'default',
      uid: UID,
      resourceVersion,
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
      managedFields: [{ manager, operation: 'Apply', fieldsV1: { 'f:automountServiceAccountToken': {} } }],
    },
    automountServiceAccountToken: value,
  };
}

/** A namespace that Merlon has made warn. */
export function labelledNamespace(name: string): LiveObject {
  const label = 'pod-security.kubernetes.io/warn';
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      uid: `of ${name}`,
      labels: { [label]: 'restricted' },
      managedFields: [
        {
          manager: 'merlon-remediator',
          operation: 'Apply',
          fieldsV1: { 'f:metadata': { 'f:labels': { [`f:${label}`]: {} } } },
        },
      ],
    },
  };
}

interface RecordOptions {
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** @param before what it says that stood there, as JSON */
export function recordOf(
  before: string,
  { uid = UID, labels = writtenLabels }: RecordOptions = {},
): HardeningRemediation {
  return {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'HardeningRemediation',
    metadata: { namespace: 'shop', name: 'record', uid: 'of the record', labels: labels },
    status: {
      state: 'Applied',
      rule: DEFAULT_ACCOUNT_RULE,
      target: { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default', uid, display: '' },
      fields: [{ path: 'automountServiceAccountToken', before, after: 'false' }],
    },
  };
}
