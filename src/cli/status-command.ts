/** `merlon status`: whether the operator lives, and how old its verdicts may be. */
import { CLUSTER_POSTURE_NAME, clusterSecurityPosture } from '../api/v1alpha1/cluster-security-posture.ts';
import type { ClusterSecurityPosture } from '../api/v1alpha1/cluster-security-posture.ts';
import { LEASE_NAME, TROUBLE_ANNOTATION } from '../api/v1alpha1/group.ts';
import { readStatus } from '../kube/object-source.ts';
import { ownResource } from '../kube/posture-writer.ts';
import { StatusError } from '../kube/request-error.ts';
import { buildPath } from '../kube/resource-path.ts';
import type { ObjectAddress, Resource } from '../kube/resource-path.ts';
import type { Transport, TransportResponse } from '../kube/transport.ts';
import { buildOperatorStatus } from '../report/operator-status.ts';
import type { OperatorSigns } from '../report/operator-status.ts';
import { printable } from '../report/terminal.ts';
import { openCluster } from './cluster-access.ts';
import type { ClusterChoice } from './cluster-access.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';

export interface StatusOptions extends ClusterChoice {
  readonly operatorNamespace: string;
  /** How old a sign of life may be, in seconds; by default what the Lease itself allows. */
  readonly maxAge?: number;
}

const STALE = 4;

/** @returns 0 if the verdicts can be relied on, else 4 */
export async function runStatus(options: StatusOptions, { stdout, env }: CommandStreams): Promise<number> {
  const { transport } = await openCluster(options, env);
  try {
    const signs = await readSigns(transport, options.operatorNamespace);
    const maxAgeMs = options.maxAge === undefined ? undefined : options.maxAge * 1000;
    const status = buildOperatorStatus(signs, maxAgeMs);
    await writeAll(
      stdout,
      status.lines.map((line) => `${printable(line)}\n`),
    );
    return status.isCurrent ? 0 : STALE;
  } finally {
    transport.close();
  }
}

interface Lease {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly renewTime?: string;
  };
}

const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };

async function readSigns(transport: Transport, namespace: string): Promise<OperatorSigns> {
  const [lease, posture] = await Promise.all([
    get(transport, leases, { namespace, name: LEASE_NAME }),
    get(transport, ownResource(clusterSecurityPosture), { name: CLUSTER_POSTURE_NAME }),
  ]);
  const spec = (lease.object as Lease | undefined)?.spec;
  const status = (posture.object as ClusterSecurityPosture | undefined)?.status;
  return {
    lease:
      spec?.renewTime === undefined
        ? undefined
        : {
            holder: spec.holderIdentity ?? '',
            renewTimeMs: Date.parse(spec.renewTime),
            durationMs: (spec.leaseDurationSeconds ?? 0) * 1000,
          },
    conditions: status?.conditions,
    trouble: (lease.object as Lease | undefined)?.metadata?.annotations?.[TROUBLE_ANNOTATION] ?? '',
    refused: (status?.inputs ?? [])
      .filter(({ state }) => state === 'refused')
      .map(({ source, message }) => ({ source, message })),
    nowMs: lease.serverTimeMs,
  };
}

/** @returns without an object where there is none */
async function get(
  transport: Transport,
  resource: Resource,
  address: ObjectAddress,
): Promise<{ readonly object: unknown; readonly serverTimeMs: number }> {
  const path = buildPath(resource, address);
  const response = await transport.request({ method: 'GET', path, accept: 'application/json' });
  const serverTimeMs = timeOf(response);
  if (response.status === 404) return { object: undefined, serverTimeMs };
  if (response.status !== 200) throw new StatusError(`GET ${path}`, readStatus(response));
  return { object: JSON.parse(response.body.toString('utf8')) as unknown, serverTimeMs };
}

/** The API server's clock, to the second; this machine's where it does not tell. */
function timeOf({ headers: { date } }: TransportResponse): number {
  const told = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(told) ? Date.now() : told;
}
