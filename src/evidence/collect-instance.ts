/** Asks one API server everything, where it can be reached as itself: no request is ever sent to somebody else. */
import { factNames } from '../core/evidence.ts';
import type { Evidence, ServerEvidence } from '../core/evidence.ts';
import { collectServer } from './collect-server.ts';
import type { RoundOptions } from './collect-server.ts';
import { MAX_TRIED, shareGuard } from './dry-run-probes.ts';
import type { DeclaredObjects } from './declared/control-plane-objects.ts';
import { withDeclared } from './declared/declared-flags.ts';
import { tellCertificate } from './facts/connections.ts';
import { concludeEvidence } from './facts/index.ts';
import { ask, isSaid } from './facts/witness.ts';
import { isRead } from './reading.ts';
import type { Unreached } from './reading.ts';
import type { InstanceReading } from './server-readings.ts';
import type { ServerAccess } from './server-access.ts';
import type { HeardInstance, ServerSet } from './server-set.ts';

/** @returns why it was not reached, where nothing was asked */
export async function collectInstance(access: ServerAccess, options: RoundOptions): Promise<InstanceReading> {
  const unreached = await access.whyUnreached?.();
  if (unreached === undefined) return { read: await collectServer(access, options) };
  const { missing, certificate } = unreached;
  return certificate === undefined ? { missing } : { missing, certificate: { ...certificate, atMs: options.nowMs() } };
}

/** Told of a fault of Merlon's own, which leaves one API server as unknown as if it had not been reached. */
export type OnFault = (instance: string, error: unknown) => void;

/**
 * Never throws.
 *
 * @param declared what the cluster's objects declare of all of them; of one that was not reached it counts for nothing
 */
export function concludeInstances(
  heard: readonly HeardInstance[],
  declared?: DeclaredObjects,
  onFault: OnFault = () => undefined,
): readonly ServerEvidence[] {
  const instances = heard.map(({ instance }) => instance);
  return heard.map(({ instance, reading }) => {
    if (!isRead(reading)) return { instance, evidence: knowOnly(reading) };
    try {
      const readings =
        declared === undefined ? reading.read : withDeclared(reading.read, instance, instances, declared);
      return { instance, evidence: concludeEvidence(readings) };
    } catch (error) {
      onFault(instance, error);
      return { instance, evidence: knowOnly({ missing: explainFault(error) }) };
    }
  });
}

/** Without what an error tells besides, which may be anything, and another thing each time. */
export function explainFault(error: unknown): string {
  const name = error instanceof Error ? error.name : 'an error';
  return `a fault of Merlon (${name}) kept it from being read; please report it`;
}

/** Of one that was not reached: at most that its certificate has ended, which is why. */
function knowOnly({ missing: unobserved, certificate }: Unreached): Evidence {
  const nothing: Evidence = Object.fromEntries(factNames.map((name) => [name, { unobserved }]));
  if (certificate === undefined) return nothing;
  const told = ask(certificate, tellCertificate);
  return isSaid(told) ? { ...nothing, servingCertificate: told } : nothing;
}

/** All of them once; where none can be reached by itself, also whoever answers at the address that Merlon was told. */
export async function collectInstances(
  set: ServerSet,
  options: RoundOptions,
): Promise<{ readonly heard: readonly HeardInstance[]; readonly doubt: string | undefined }> {
  const { servers, doubt, unasked } = await set.refresh();
  const guard = shareGuard();
  const visit = async (access: ServerAccess, index: number) => ({
    instance: access.instance,
    reading: await collectInstance(access, { ...options, guard, mayTry: index < MAX_TRIED }).catch(
      (error: unknown): InstanceReading => ({
        missing: explainFault(error),
      }),
    ),
  });
  const visited = await Promise.all(servers.map(visit));
  if (!servers.includes(set.configured) && !visited.some(({ reading }) => hasAnswered(reading))) {
    visited.unshift(await visit(set.configured, 0));
  }
  return { heard: [...visited, ...unasked], doubt };
}

/** Whether somebody is there at all. */
export function hasAnswered(reading: InstanceReading): boolean {
  if (!isRead(reading)) return false;
  const { version, metrics, flags, status, checks, unknownUser, identity } = reading.read;
  return [version, metrics, ...flags, status, checks, unknownUser, identity].some((one) => isRead<unknown>(one));
}
