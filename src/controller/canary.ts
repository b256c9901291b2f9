/**
 * Tries what is to be applied where nothing can be made of it: the text in force in the namespace of probes alone, and pods by
 * dry runs, of which it is known what has to become of them. Whatever comes of it, nothing of the trial stays.
 */
import type { Clock } from '../core/clock.ts';
import type { EnforcementWriter } from '../enforcement/plan/enforcement-writer.ts';
import { buildManifests } from '../enforcement/plan/planned-policy.ts';
import type { EnforcementManifest } from '../enforcement/plan/planned-policy.ts';
import type { Trial } from '../enforcement/plan/trial.ts';
import { prepareChange } from './change-trial.ts';
import { enforceObject, removeObject } from './enforced-object.ts';
import type { ObjectResult } from './enforced-object.ts';
import { prepareRefusal } from './refusal-trial.ts';
import { barred, untried } from './untried.ts';

export interface CanaryContext {
  readonly writer: EnforcementWriter;
  readonly clock: Pick<Clock, 'now' | 'setTimeout'>;
  /** @throws {Error} where another process writes now */
  readonly assertMayWrite: () => void;
}

/**
 * @returns why it is not to be applied; undefined where it did what it should
 * @throws what is to be tried again
 */
export async function tryOut(trial: Trial, context: CanaryContext): Promise<ObjectResult | undefined> {
  const unguarded = await context.writer.findGuardProblem();
  if (unguarded !== undefined)
    return barred(`it is tried in a namespace that a guard keeps empty, apply config/probes: ${unguarded}`);
  // Before anything is written: rights may be missing for long.
  const prepared = await ('predict' in trial ? prepareChange(trial, context) : prepareRefusal(trial, context));
  if ('failed' in prepared) return prepared.failed;
  const [policy, ...bindings] = buildManifests([trial.canary]);
  if (policy === undefined) return untried('there is nothing to try');
  try {
    return (await put([policy, ...bindings], context)) ?? (await prepared.judge());
  } finally {
    for (const { kind, metadata } of [...bindings, policy]) await removeObject({ kind, name: metadata.name }, context);
  }
}

async function put(
  manifests: readonly EnforcementManifest[],
  context: CanaryContext,
): Promise<ObjectResult | undefined> {
  for (const manifest of manifests) {
    const result = await enforceObject(manifest, { ...context, objection: undefined, isContested: false });
    if (result.state !== 'InForce') return result;
  }
  return undefined;
}
