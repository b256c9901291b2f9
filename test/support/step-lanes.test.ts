import { expect } from 'chai';
import type { Step, StepContext } from './step.ts';
import { runLanes } from './step-lanes.ts';
import type { Tally } from './test-tally.ts';

const passed: Tally = { passed: 1, failed: 0, skipped: [] };

describe('steps in lanes', () => {
  let printed: string[];
  beforeEach(() => {
    printed = [];
  });
  const run = (...lanes: readonly (readonly Step[])[]) =>
    runLanes(
      lanes,
      (text) => printed.push(text.replace(/\(.* s\)/, '(… s)')),
      (_step, tally) => tally,
    );
  const step = (name: string, act: (context: StepContext) => Promise<Tally> | Tally): Step => ({
    name,
    timeoutMinutes: 2,
    run: async (context) => act(context),
  });

  it('run side by side, and those of one lane one after the other', async () => {
    const events: string[] = [];
    const other = Promise.withResolvers<undefined>();
    await run(
      [
        step('first', async () => {
          // Would wait for ever if the other lane had not begun.
          await other.promise;
          events.push('first');
          return passed;
        }),
        step('second', () => {
          events.push('second');
          return passed;
        }),
      ],
      [
        step('beside', () => {
          other.resolve(undefined);
          return passed;
        }),
      ],
    );
    expect(events).to.deep.equal(['first', 'second']);
  });

  it('run to their end, whatever the others came to', async () => {
    const failed: Tally = { passed: 0, failed: 1, skipped: [] };
    const results = await run([step('bad', () => failed), step('good', () => passed)], [step('worse', () => failed)]);
    expect(results.map(({ step: { name }, tally }) => [name, tally.failed])).to.deep.equal([
      ['bad', 1],
      ['good', 0],
      ['worse', 1],
    ]);
  });

  it('print together what belongs together: the first lane as it goes, another when that is done', async () => {
    const beside = Promise.withResolvers<undefined>();
    await run(
      [
        step('unit', async ({ output, say }) => {
          await beside.promise;
          say(`unit may ${output}`);
          return passed;
        }),
      ],
      [
        step('lint', ({ output, say }) => {
          say(`lint may ${output}`);
          beside.resolve(undefined);
          return passed;
        }),
      ],
    );
    expect(printed).to.deep.equal([
      '\n── unit ──',
      'unit may inherit',
      '── unit: 1 passed, 0 failed (… s) ──',
      '\n── lint ──',
      'lint may collect',
      '── lint: 1 passed, 0 failed (… s) ──',
    ]);
  });

  it('get their time in milliseconds', async () => {
    await run([
      step('unit', ({ timeoutMs }) => {
        expect(timeoutMs).to.equal(120_000);
        return passed;
      }),
    ]);
  });
});
