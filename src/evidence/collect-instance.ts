/** Asks one API server everything, where it can be reached as itself: no request is ever sent to somebody else. */
import { factNames } from '../core/evidence.ts';
import type { Evidence, ServerEvidence } from '../core/evidence.ts';
import { collectServer } from './collect-server.ts';
import type { RoundOptions } from './collect-server.ts';
import type { DeclaredObjects } from './declared/control-plane-objects.ts';
import { withDeclared } from './declared/declared-flags.ts';
import { concludeEvidence } from './facts/index.ts';
import { isRead } from './reading.ts';
import type { Reading, ServerReadings } from './reading.ts';
import type { ServerAccess } from './server-access.ts';
import type { HeardInstance, ServerSet } from './server-set.ts';

/** @returns why it was not reached, where nothing was asked */
export async function collectInstance(access: ServerAccess, options: RoundOptions): Promise<Reading<ServerReadings>> {
  const missing = await access.whyUnreached?.();
  return missing === undefined ? { read: await collectServer(access, options) } : { missing };
}

/** @param declared what the cluster's objects declare of all of them; of one that was not reached it counts for nothing */
export function concludeInstances(
  heard: readonly HeardInstance[],
  declared?: DeclaredObjects,
): readonly ServerEvidence[] {
  const instances = heard.map(({ instance }) => instance);
  return heard.map(({ instance, reading }) => {
    if (!isRead(reading)) return { instance, evidence: knowNothing(reading.missing) };
    const readings = declared === undefined ? reading.read : withDeclared(reading.read, instance, instances, declared);
    return { instance, evidence: concludeEvidence(readings) };
  });
}

function knowNothing(unobserved: string): Evidence {
  return Object.fromEntries(factNames.map((name) => [name, { unobserved }]));
}

/** All of them once; where none can be reached by itself, also whoever answers at the address that Merlon was told. */
export async function collectInstances(
  set: ServerSet,
  options: RoundOptions,
): Promise<{ readonly heard: readonly HeardInstance[]; readonly doubt: string | undefined }> {
  const { servers, doubt, unasked } = await set.refresh();
  const visit = async (access: ServerAccess) => ({
    instance: access.instance,
    reading: await collectInstance(access, options),
  });
  const visited = await Promise.all(servers.map(visit));
  if (!servers.includes(set.configured) && !visited.some(({ reading }) => hasAnswered(reading))) {
    visited.unshift(await visit(set.configured));
  }
  return { heard: [...visited, ...unasked], doubt };
}

/** Whether somebody is there at all. */
export function hasAnswered(reading: Reading<ServerReadings>): boolean {
  if (!isRead(reading)) return false;
  const { version, metrics, flags, unknownUser, identity } = reading.read;
  return [version, metrics, ...flags, unknownUser, identity].some((one) => isRead<unknown>(one));
}
