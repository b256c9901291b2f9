/** Whether the API server allows everything to everybody, which makes of every token that of an administrator. */
import { considerFact } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';

/** Where nobody could ask, it is not known to: what is graded by it keeps its own grade. */
export function isKnownToAllowEverything(snapshot: Snapshot): boolean {
  return considerFact(snapshot, 'unknownUserAllowed')?.value ?? false;
}

/** Why it is critical, to be read after what is wrong. */
export const OPEN_TO_EVERY_TOKEN = 'the API server allows everything to whoever has a token';
