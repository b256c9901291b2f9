import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { compileCacheEnvironment } from '../support/compile-cache.ts';
import type { ProcessResult } from '../support/run-process.ts';
import { runProcess } from '../support/run-process.ts';
import { testedPrograms } from '../support/tested-programs.ts';
import { waitUntil } from '../support/wait-until.ts';
import { untilGolden } from './golden-posture.ts';
import { cronJob, createHardenedNamespace, forbidPostures, privilegedPod } from './manifests.ts';
import { operatorProgram } from './operator-process.ts';
import type { OperatorProcess } from './operator-process.ts';
import { readClusterPosture, readPosture, untilLogged, useOperatorSuite } from './operator-suite.ts';

const stopLimitMs = 5000;

function runOperator(...flags: string[]): Promise<ProcessResult> {
  return runProcess(process.execPath, [operatorProgram, ...flags], { env: {}, timeoutMs: 20_000 });
}

async function stopTimed(operator: OperatorProcess) {
  const before = performance.now();
  const exit = await operator.stop();
  return { ...exit, afterMs: performance.now() - before };
}

function expectCleanLog(operator: OperatorProcess, token: string): void {
  expect(operator.log).to.have.lengthOf(operator.records.length).above(2);
  for (const record of operator.records) expect(record).to.include.keys('level', 'message', 'timestamp');
  const text = operator.log.join('\n');
  for (const part of token.split('.')) expect(text).not.to.contain(part);
  expect(text).not.to.match(/bearer|PRIVATE KEY/i);
}

describe('the command line of the operator', () => {
  it('tells its options', async () => {
    const { code, stdout, stderr } = await runOperator('--help');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(/^Usage: merlon-operator \[options\]/);
    for (const flag of ['--kubeconfig', '--token-folder', '--once', '--health-port', '--log-level']) {
      expect(stdout).to.contain(flag);
    }
  });

  it('refuses an option that it does not have', async () => {
    const { code, stdout, stderr } = await runOperator('--verbose');
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    expect(stderr).to.contain("unknown option '--verbose'").and.contain('--help');
  });

  it('refuses a value that an option cannot have', async () => {
    const { code, stderr } = await runOperator('--health-port', '70000');
    expect(code).to.equal(2);
    expect(stderr).to.contain('--health-port').and.contain('0 to 65535');
  });

  it('refuses words that are no options', async () => {
    expect((await runOperator('watch')).code).to.equal(2);
  });

  it('says what is missing outside of a pod', async () => {
    const { code, stdout } = await runOperator();
    expect(code).to.equal(1);
    expect(stdout).to.contain('KUBERNETES_SERVICE_HOST').and.contain('--kubeconfig');
  });
});

describe('the process of the operator', () => {
  const suite = useOperatorSuite();

  it('judges once, writes and ends, where that is asked for', async () => {
    const operator = await suite.launchOperator(['--once']);
    expect(await operator.exited).to.deep.equal({ code: 0, signal: null });
    await untilGolden(suite.cluster, { isOneLook: true });
  });

  it('fails once it was run once and a posture might not be written', async () => {
    const { client } = suite;
    await client.createNamespace('full');
    await forbidPostures(client, 'full');
    const operator = await suite.launchOperator(['--once']);
    expect(await operator.exited).to.deep.equal({ code: 1, signal: null });
    expect(await readPosture(client, 'full')).to.equal(undefined);
    const inputs = (await readClusterPosture(client))?.status?.inputs;
    expect(inputs?.find(({ state }) => state === 'refused')?.message).to.contain('exceeded quota: no-postures');
    await client.resource('v1', 'namespaces').delete('full');
  });

  it('is healthy, and ready when everything is read', async () => {
    const operator = await suite.startOperator();
    expect(await operator.probe('/healthz')).to.deep.equal({ status: 200, text: 'ok\n' });
    expect(await operator.probe('/readyz')).to.deep.equal({ status: 200, text: 'ok\n' });
  });

  it('is healthy but not ready while the API server does not answer, and says what it waits for', async () => {
    await suite.cluster.apiServer.suspend();
    try {
      const operator = await suite.launchOperator();
      const { status, text } = await waitUntil(() => operator.probe('/readyz'), { what: 'the health port to open' });
      expect(status).to.equal(503);
      expect(text).to.match(/^not read yet: .*\bpods\b.*\bclusterhardeningpolicies\.merlon\.dev\b/);
      expect((await operator.probe('/healthz')).status).to.equal(200);
      suite.cluster.apiServer.resume();
      await waitUntil(async () => (await operator.probe('/readyz')).status === 200, {
        what: 'the operator to be ready',
        timeoutMs: 20_000,
      });
    } finally {
      suite.cluster.apiServer.resume();
    }
  });

  it('ends soon and in peace on SIGTERM', async () => {
    const operator = await suite.startOperator();
    const { code, afterMs } = await stopTimed(operator);
    expect(code).to.equal(0);
    expect(afterMs).to.be.below(stopLimitMs);
    expect(operator.records.at(-1)?.message).to.equal('stopping');
  });

  it('ends as soon on SIGTERM while the API server does not answer', async () => {
    await suite.cluster.apiServer.suspend();
    try {
      const operator = await suite.launchOperator();
      await waitUntil(() => operator.probe('/healthz'), { what: 'the health port to open' });
      const { code, afterMs } = await stopTimed(operator);
      expect(code).to.equal(0);
      expect(afterMs).to.be.below(stopLimitMs);
    } finally {
      suite.cluster.apiServer.resume();
    }
  });

  it('ends within its deadline on SIGTERM while a write hangs', async () => {
    const { client, cluster } = suite;
    await createHardenedNamespace(client, 'busy');
    const operator = await suite.startOperator();
    await client.create(cronJob('busy', 'agent', privilegedPod));
    await cluster.apiServer.suspend();
    try {
      const { signal, afterMs } = await stopTimed(operator);
      expect(signal).to.equal(null);
      expect(afterMs).to.be.below(stopLimitMs + 1000);
    } finally {
      cluster.apiServer.resume();
    }
  });

  it('logs JSON lines, and never its token', async () => {
    const operator = await suite.startOperator(['--log-level', 'debug']);
    const token = await readFile(join(operator.tokenFolder, 'token'), 'utf8');
    await operator.stop();
    expectCleanLog(operator, token);
  });

  it('says that its token is refused, without the token', async () => {
    const tokenFolder = await mkdtemp(join(suite.cluster.dir, 'wrong-token-'));
    const token = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZXJsb24ifQ.c2lnbmF0dXJl';
    await Promise.all([
      writeFile(join(tokenFolder, 'token'), token),
      writeFile(join(tokenFolder, 'ca.crt'), suite.cluster.caPem),
    ]);
    const operator = await suite.launchOperator(['--token-folder', tokenFolder, '--log-level', 'debug']);
    await waitUntil(() => operator.records.some(({ reason }) => String(reason).includes('401')), {
      what: 'the operator to log that it is refused',
    });
    expect((await operator.probe('/readyz')).text)
      .to.contain('not read yet')
      .and.contain('pods');
    expect((await operator.stop()).code).to.equal(0);
    expectCleanLog(operator, token);
  });

  it('writes nothing where it starts again and nothing has changed', async () => {
    await (await suite.startOperator()).stop();
    await untilGolden(suite.cluster);
    const { client } = suite;
    const before = await client.resource(API_VERSION, 'securitypostures').list();
    const again = await suite.startOperator();
    await again.stop();
    const after = await client.resource(API_VERSION, 'securitypostures').list();
    expect(after.body.items).to.deep.equal(before.body.items);
  });

  it('stands by while another one writes, and takes over when that stops', async () => {
    const { client, cluster } = suite;
    const first = await suite.startOperator();
    const second = await suite.launchOperator(['--identity', 'merlon-1']);
    await second.whileRunning(untilLogged(second, 'everything is read or refused'));
    expect((await second.probe('/readyz')).status).to.equal(200);
    await createHardenedNamespace(client, 'handed-over');
    await client.create(cronJob('handed-over', 'agent', privilegedPod));
    await untilGolden(cluster);
    const holder = async () => {
      const lease = await client.resource('coordination.k8s.io/v1', 'leases', 'merlon').get('merlon');
      return (lease.body['spec'] as { holderIdentity?: string }).holderIdentity;
    };
    expect(await holder()).to.equal('merlon-0');
    expect(second.records.map(({ message }) => message)).not.to.include('elected');
    await first.stop();
    await client.resource('batch/v1', 'cronjobs', 'handed-over').delete('agent');
    await untilGolden(cluster);
    expect(await holder()).to.equal('merlon-1');
    // Killed, it would keep the others waiting.
    await second.stop();
  });

  describe('shows in "merlon status"', () => {
    const readStatus = (...flags: string[]): Promise<ProcessResult> =>
      runProcess(process.execPath, [testedPrograms.cli, 'status', ...flags], {
        env: { ...compileCacheEnvironment, KUBECONFIG: suite.cluster.adminKubeconfig },
        timeoutMs: 20_000,
      });

    const untilStatus = (isWanted: (status: ProcessResult) => boolean, ...flags: string[]): Promise<ProcessResult> =>
      waitUntil(
        async () => {
          const status = await readStatus(...flags);
          if (!isWanted(status)) throw new Error(`${status.stdout}${status.stderr}`);
          return status;
        },
        { what: 'the status to be as it should' },
      );

    it('while it lives, and after it stopped', async () => {
      const operator = await suite.startOperator();
      // Its first heartbeat tells that nothing was read yet.
      const alive = await untilStatus(({ code }) => code === 0);
      expect(alive.stdout)
        .to.match(/^operator: alive as "merlon-0"/)
        .and.contain('inputs: complete since');
      await operator.stop();
      const stopped = await readStatus();
      expect(stopped.stdout).to.match(/^operator: stopped in good order/);
      expect(stopped.code).to.equal(4);
    });

    it('after it crashed, as soon as its last sign of life is too old', async () => {
      const operator = await suite.startOperator();
      await operator.kill();
      const dead = await untilStatus(({ stdout }) => stdout.includes('dead'), '--max-age', '1');
      expect(dead.stdout).to.match(/^operator: dead or cut off \("merlon-0"\)/);
      expect(dead.code).to.equal(4);
    });
  });
});
