import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { waitUntil } from './wait-until.ts';
import { skipUnlessMet } from './integration.ts';

const launcher = fileURLToPath(new URL('testdata/launch.ts', import.meta.url));

const runs: ChildProcess[] = [];

interface Launched {
  readonly dir: string;
  readonly supervisorPid: number;
}

describe('the supervisor of a control plane', () => {
  before(function () {
    skipUnlessMet(this, ['own', 'restart']);
  });
  beforeEach(function () {
    this.currentTest?.timeout(60_000);
  });
  afterEach(() => {
    for (const run of runs.splice(0)) run.kill('SIGKILL');
  });

  it('leaves no process and no folder behind when the test run is killed', async () => {
    const { run, launched } = await launch();
    expect(processesOf(launched.dir)).to.have.length.greaterThan(1);

    run.kill('SIGKILL');

    await waitUntil(() => processesOf(launched.dir).length === 0 && !existsSync(launched.dir), {
      what: 'the control plane to be gone',
    });
  });

  it('leaves no process behind when it is killed itself, and the next one removes the folder', async () => {
    const first = await launch();
    process.kill(first.launched.supervisorPid, 'SIGKILL');
    await waitUntil(() => processesOf(first.launched.dir).length === 0, { what: 'the control plane to be gone' });
    expect(existsSync(first.launched.dir)).to.be.true;

    const second = await launch();
    expect(existsSync(first.launched.dir)).to.be.false;

    second.run.kill('SIGKILL');
    await waitUntil(() => !existsSync(second.launched.dir), { what: 'the second control plane to be gone' });
  });
});

/** Starts a control plane from a process of its own, which then waits to be killed. */
async function launch() {
  const run = spawn(process.execPath, [launcher], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 });
  runs.push(run);
  const [line] = (await once(createInterface({ input: run.stdout }), 'line')) as [string];
  return { run, launched: JSON.parse(line) as Launched };
}

/** The parts of one control plane: their command lines name its folder. */
function processesOf(dir: string): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(dir));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
