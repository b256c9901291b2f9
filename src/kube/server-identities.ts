/**
 * Notices when an API server of the cluster is started: each keeps a Lease in kube-system and makes it anew, with a holder
 * of its own, whenever its process begins. That it renews the Lease every ten seconds tells nothing.
 *
 * Needs `list` and `watch` on leases in kube-system; without it, or below Kubernetes 1.26, nothing is ever noticed.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/controlplane/apiserver/server.go (gate APIServerIdentity, beta from 1.26).
 */
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { message, required, string, value } from '../core/shape.ts';
import type { Infer } from '../core/shape.ts';
import { shapeCodec } from './codec.ts';
import type { ObjectEvent } from './known-objects.ts';
import { Reflector } from './reflector.ts';
import type { ReflectorIntervals } from './reflector-state.ts';
import type { Transport } from './transport.ts';

const leaseShape = message({
  metadata: required(
    1,
    message({
      name: required(1, string),
      namespace: value(3, string),
      uid: value(5, string),
      resourceVersion: value(6, string),
    }),
  ),
  spec: value(2, message({ holderIdentity: value(1, string) })),
});
type Lease = Infer<typeof leaseShape>;

const selection = {
  resource: { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' },
  namespace: 'kube-system',
  labelSelector: 'apiserver.kubernetes.io/identity=kube-apiserver',
};

/** Who may not look is not told otherwise every half a minute. */
const seldom: Partial<ReflectorIntervals> = { forbiddenRetryMs: 600_000, absentRetryMs: 600_000 };

export interface ServerIdentitiesOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** An API server has begun that was not there before; not told of those that were there at first. */
  readonly onStarted: () => void;
  readonly intervals?: Partial<ReflectorIntervals>;
}

/** To be started and stopped. */
export function watchServerIdentities({ onStarted, intervals, ...options }: ServerIdentitiesOptions): Reflector<Lease> {
  const holders = new Map<string, string>();
  let isFirst = true;
  return new Reflector<Lease>({
    ...options,
    intervals: { ...seldom, ...intervals },
    selection,
    codec: shapeCodec(leaseShape),
    sink: (event) => {
      if (takeHolder(holders, event) && !isFirst) onStarted();
    },
    onListed: () => {
      isFirst = false;
    },
  });
}

/** @returns whether it is held by somebody else than it was, or was not there */
function takeHolder(holders: Map<string, string>, event: ObjectEvent<Lease>): boolean {
  const { name } = event.object.metadata;
  if (event.type === 'deleted') {
    holders.delete(name);
    return false;
  }
  const holder = event.object.spec?.holderIdentity ?? '';
  if (holders.get(name) === holder) return false;
  holders.set(name, holder);
  return true;
}
