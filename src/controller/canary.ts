/**
 * Tries what is to be applied where nothing can be made of it: the text in force in the namespace of probes alone, and pods by
 * dry runs, of which it is known what has to become of them. Whatever comes of it, nothing of the trial stays.
 */
import { buildManifests } from '../enforcement/plan/planned-policy.ts';
import type { EnforcementManifest } from '../enforcement/plan/planned-policy.ts';
import type { Trial } from '../enforcement/plan/trial.ts';
import type { CanaryContext } from './canary-context.ts';
import { prepareChange } from './change-trial.ts';
import { enforceObject, removeObject } from './enforced-object.ts';
import type { ObjectResult } from './enforced-object.ts';
import { prepareRefusal } from './refusal-trial.ts';
import { barred, untried } from './untried.ts';

/** From when it is taken away until it acts no more; three times what was ever measured. */
const FORGOTTEN_WITHIN_MS = 3000;

/**
 * @returns why it is not to be applied; undefined where it did what it should
 * @throws what is to be tried again
 */
export async function tryOut(trial: Trial, context: CanaryContext): Promise<ObjectResult | undefined> {
  const unguarded = await context.writer.findGuardProblem();
  if (unguarded !== undefined)
    return barred(`it is tried in a namespace that a guard keeps empty, apply config/probes: ${unguarded}`);
  const canary = buildManifests([trial.canary]);
  // A process that ended in the midst of it may have left the same text in force.
  if (await remove(canary, context)) await pause(context.clock);
  // Before anything is written: rights may be missing for long.
  const prepared = await ('predict' in trial ? prepareChange(trial, context) : prepareRefusal(trial, context));
  if ('failed' in prepared) return prepared.failed;
  try {
    return (await put(canary, context)) ?? (await prepared.judge());
  } finally {
    await remove(canary, context);
  }
}

/** What binds it first. @returns whether there was anything of Merlon's */
async function remove(manifests: readonly EnforcementManifest[], context: CanaryContext): Promise<boolean> {
  let isAny = false;
  for (const { kind, metadata } of manifests.toReversed()) {
    const { isWritten = false } = await removeObject({ kind, name: metadata.name }, context);
    isAny ||= isWritten;
  }
  return isAny;
}

function pause(clock: CanaryContext['clock']): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, FORGOTTEN_WITHIN_MS);
  });
}

async function put(
  manifests: readonly EnforcementManifest[],
  context: CanaryContext,
): Promise<ObjectResult | undefined> {
  for (const manifest of manifests) {
    const result = await enforceObject(manifest, { ...context, objection: undefined, isContested: false });
    // What has become of the canary is nothing of the policy's: that stays as it is, and is tried again.
    if (result.state === 'Forbidden') return result;
    if (result.state !== 'InForce') return untried(`it could not be tried: ${result.message}`);
  }
  return undefined;
}
