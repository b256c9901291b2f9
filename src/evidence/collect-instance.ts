/** Asks one API server everything, where it can be reached as itself: no request is ever sent to somebody else. */
import { factNames } from '../core/evidence.ts';
import type { Evidence, ServerEvidence } from '../core/evidence.ts';
import { collectServer } from './collect-server.ts';
import type { RoundOptions } from './collect-server.ts';
import { concludeEvidence } from './facts/index.ts';
import { isRead } from './reading.ts';
import type { Reading, ServerReadings } from './reading.ts';
import type { ServerAccess } from './server-access.ts';

/** @returns why it was not reached, where nothing was asked */
export async function collectInstance(access: ServerAccess, options: RoundOptions): Promise<Reading<ServerReadings>> {
  const missing = await access.whyUnreached?.();
  return missing === undefined ? { read: await collectServer(access, options) } : { missing };
}

export function concludeInstance(instance: string, reading: Reading<ServerReadings>): ServerEvidence {
  return { instance, evidence: isRead(reading) ? concludeEvidence(reading.read) : knowNothing(reading.missing) };
}

function knowNothing(unobserved: string): Evidence {
  return Object.fromEntries(factNames.map((name) => [name, { unobserved }]));
}

/** Whether somebody is there at all. */
export function hasAnswered(reading: Reading<ServerReadings>): boolean {
  if (!isRead(reading)) return false;
  const { version, metrics, flags, unknownUser, identity } = reading.read;
  return [version, metrics, ...flags, unknownUser, identity].some((one) => isRead<unknown>(one));
}
