/** Runs steps in lanes side by side, each lane's one after the other, and keeps what they print apart. */
import type { Step } from './step.ts';
import { closingLine } from './test-tally.ts';
import type { Tally } from './test-tally.ts';

export interface StepResult {
  readonly step: Step;
  readonly tally: Tally;
}

/**
 * Every step runs to its end, whatever the others came to. The first lane prints as it goes, the others when it is done:
 * what a step prints stays together.
 * @param judge what a step's tally amounts to
 */
export async function runLanes(
  lanes: readonly (readonly Step[])[],
  print: (text: string) => void,
  judge: (step: Step, tally: Tally, say: (text: string) => void) => Tally,
): Promise<StepResult[]> {
  const running = lanes.map(async (steps, index) => {
    const kept: string[] = [];
    const output = index === 0 ? 'inherit' : 'collect';
    const say = index === 0 ? print : (text: string) => void kept.push(text);
    const results: StepResult[] = [];
    for (const step of steps) {
      say(`\n── ${step.name} ──`);
      const started = Date.now();
      const tally = judge(step, await step.run({ timeoutMs: step.timeoutMinutes * 60_000, output, say }), say);
      say(`── ${step.name}: ${closingLine(tally)} (${((Date.now() - started) / 1000).toFixed(1)} s) ──`);
      results.push({ step, tally });
    }
    return { kept, results };
  });
  const all: StepResult[] = [];
  for (const lane of running) {
    const { kept, results } = await lane;
    kept.forEach(print);
    all.push(...results);
  }
  return all;
}
