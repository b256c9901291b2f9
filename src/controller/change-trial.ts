/** Tries a policy that sets something: pods must come back as Merlon itself predicts it of those that came back without it. */
import { isDeepStrictEqual } from 'node:util';

import type { PodTemplate } from '../core/pod-template.ts';
import type { TryOutcome } from '../enforcement/plan/enforcement-writer.ts';
import type { ChangeTrial } from '../enforcement/plan/trial.ts';
import type { CanaryContext } from './canary-context.ts';
import type { ObjectResult } from './enforced-object.ts';
import { describeOther, forbiddenToTry, isByCanary, tryUntil, untried } from './untried.ts';
import type { PreparedTrial } from './untried.ts';

/** A pod that is sent, and the spec with which it has to come back. */
interface Expected {
  readonly pod: object;
  readonly spec: unknown;
}

export async function prepareChange(trial: ChangeTrial, context: CanaryContext): Promise<PreparedTrial> {
  const expected: Expected[] = [];
  let isAnyChange = false;
  for (const pod of trial.pods) {
    const plain = await context.writer.tryPod(pod);
    if (plain.outcome === 'forbidden') return { failed: forbiddenToTry(plain.message) };
    if (plain.outcome === 'refused') return { failed: describeOther(plain.message, 'this would change it') };
    if (!isPod(plain.pod))
      return { failed: untried('the API server answered something else than the pod it was sent') };
    const { spec } = trial.predict(plain.pod);
    isAnyChange ||= !isDeepStrictEqual(spec, plain.pod.spec);
    expected.push({ pod, spec });
  }
  return isAnyChange
    ? { judge: () => judge(expected, context) }
    : {
        failed: untried(
          'something else sets the same already in the pods that are tried, so that it cannot be seen whether this would',
        ),
      };
}

async function judge(
  expected: readonly Expected[],
  { writer, clock }: CanaryContext,
): Promise<ObjectResult | undefined> {
  for (const { pod, spec } of expected) {
    const isAsExpected = (one: TryOutcome): boolean =>
      one.outcome === 'passed' && isPod(one.pod) && isDeepStrictEqual(one.pod.spec, spec);
    const isOver = (one: TryOutcome): boolean => one.outcome === 'forbidden' || isByCanary(one) || isAsExpected(one);
    const last = await tryUntil(() => writer.tryPod(pod), isOver, clock);
    if (!isAsExpected(last)) return describe(last, spec);
  }
  return undefined;
}

function describe(last: TryOutcome, spec: unknown): ObjectResult {
  if (last.outcome === 'forbidden') return forbiddenToTry(last.message);
  if (last.outcome === 'refused') return untried(`a pod was refused when it was tried: ${last.message}`);
  const fields = isPod(last.pod) ? findDifferences(last.pod.spec, spec, 'spec') : [];
  const shown = fields.slice(0, MAX_FIELDS).join(', ');
  return untried(`a pod came back otherwise than it is predicted when it was tried, in ${shown || 'all of it'}`);
}

const MAX_FIELDS = 5;

/** The paths at which the two differ. */
function findDifferences(one: unknown, other: unknown, path: string): readonly string[] {
  if (isDeepStrictEqual(one, other)) return [];
  if (!isObject(one) || !isObject(other)) return [path];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
    findDifferences(one[key], other[key], Array.isArray(one) ? `${path}[${key}]` : `${path}.${key}`),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** As far as predictions look at it. */
function isPod(value: unknown): value is PodTemplate {
  return isObject(value) && isObject(value['spec']) && Array.isArray(value['spec']['containers']);
}
