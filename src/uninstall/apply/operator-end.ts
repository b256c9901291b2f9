/**
 * Whether an operator still writes: its pods tell, and its Lease tells of one that runs elsewhere. The Lease is free once it
 * was let go, or has not changed for as long as it is held for; what time stands in it does not matter.
 */
import { LEASE_NAME, OPERATOR_NAME } from '../../api/v1alpha1/group.ts';
import { decideLease, observeLease } from '../../kube/lease-record.ts';
import type { ObservedLease } from '../../kube/lease-record.ts';
import { openLeaseStore } from '../../kube/lease-store.ts';
import { printObject } from '../plan/present-object.ts';
import { openObjectReader } from './object-reader.ts';
import type { UninstallChoices } from './uninstall-choices.ts';
import { untilGone } from './waiting.ts';

const deployments = { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment' } as const;
const pods = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' } as const;
const replicaSets = { group: 'apps', version: 'v1', plural: 'replicasets', kind: 'ReplicaSet' } as const;
const ownLabel = `app.kubernetes.io/name=${OPERATOR_NAME}`;
/** Nobody's: whether somebody else might take the Lease over. */
const asker = 'merlon-uninstall';
const READ_TIMEOUT_MS = 30_000;

/** @throws {NotSettled} naming who still writes */
export async function waitForOperatorEnd(choices: UninstallChoices): Promise<void> {
  const { transport, clock, namespace } = choices;
  const reader = openObjectReader(transport);
  const leaseStore = openLeaseStore(transport, namespace, LEASE_NAME);
  let observed: ObservedLease | undefined;
  await untilGone(choices, 'waiting until the operator has ended and its Lease has run out', async () => {
    const stored = await leaseStore.read(AbortSignal.timeout(READ_TIMEOUT_MS));
    observed = stored === undefined ? undefined : observeLease(observed, stored, clock.now());
    for (const kind of [deployments, replicaSets, pods]) {
      const [one] = await reader.list(kind, { namespace, labelSelector: ownLabel });
      if (one !== undefined)
        return `${printObject(one)} is still there, or there again: remove it from whatever applies it`;
    }
    if (decideLease(observed, asker, clock.now()) !== 'wait') return undefined;
    const holder = observed?.record.holder ?? '';
    return `"${holder}" still holds the Lease ${namespace}/${LEASE_NAME}, so an operator runs that is not of the Deployment: stop it, then run this again`;
  });
}
