/** `merlon api-server` on a real API server. */
import { expect } from 'chai';

import { rules } from '../../src/rules/index.ts';
import type { ApiServerReport } from '../../src/report/api-server-report.ts';
import { installProbes, waitForGuard } from '../evidence/variants/operator-rights.ts';
import type { ProcessResult } from '../support/run-process.ts';
import { useClusterWithKinds } from './cluster-suite.ts';
import { runMerlon } from './merlon-process.ts';

describe('merlon api-server', () => {
  const suite = useClusterWithKinds();
  let admin: string;
  let stranger: string;

  before('who may see everything, and who nothing', async () => {
    admin = await suite().kubeconfigFor({ user: 'ada', groups: ['system:masters'] });
    stranger = await suite().kubeconfigFor({ user: 'mallory', groups: [] });
  });

  const run = (kubeconfig: string, ...args: readonly string[]): Promise<ProcessResult> =>
    runMerlon(['api-server', '--kubeconfig', kubeconfig, ...args]);
  const read = ({ stdout }: ProcessResult): ApiServerReport => JSON.parse(stdout) as ApiServerReport;
  const verdictOf = (report: ApiServerReport, rule: string) => report.verdicts.find((one) => one.rule === rule);

  it('says of each rule what is so, who says it and how sure that is', async () => {
    const result = await run(admin, '-o', 'json', '--fail-on', 'low');
    expect([result.code, result.stderr]).to.deep.equal([1, '']);
    const report = read(result);
    const about = rules.filter(({ subject, id }) => subject === 'APIServer' && id.startsWith('api-server-'));
    expect(report.verdicts.map(({ rule }) => rule).toSorted()).to.deep.equal(about.map(({ id }) => id).toSorted());
    expect(verdictOf(report, 'api-server-profiling')).to.deep.equal({
      rule: 'api-server-profiling',
      outcome: 'fail',
      severity: 'low',
      message: '--profiling=true (/flagz); start kube-apiserver with --profiling=false',
      sources: ['/flagz'],
      confidence: 'high',
    });
    expect(verdictOf(report, 'api-server-node-authorizer')).to.deep.include({
      outcome: 'pass',
      message: 'a node that is none is refused by the authorizer Node',
    });
    expect(report.servers.map(({ instance }) => instance)).to.deep.equal([new URL(suite().url).host]);
    expect(report.servers[0]?.facts.profiling)
      .to.have.property('observedAt')
      .that.satisfies((time: string) => Math.abs(Date.now() - Date.parse(time)) < 60_000 && time.endsWith('Z'));
  });

  it('prints a table, and every fact where that is asked for', async () => {
    const short = await run(admin);
    expect(short.stdout).to.match(/^OUTCOME +SEVERITY +RULE +SOURCE +CONFIDENCE +MESSAGE\n/);
    expect(short.stdout).to.match(/^fail +low +api-server-profiling +\/flagz +high +--profiling=true/m);
    expect(short.stdout).to.match(/\d+ fail, 0 unknown, \d+ pass; (\d+) of \1 facts are known\n$/);
    expect(short.stdout).not.to.include('API SERVER');
    const long = await run(admin, '--evidence');
    expect(long.stdout).to.match(
      /^127\.0\.0\.1:\d+ +requestTimeout +60 +\/flagz +high +\d s +--request-timeout=1m0s$/m,
    );
  });

  it('says what would make known what the caller may not see, and is not clean then', async () => {
    const result = await run(stranger, '-o', 'json', '--fail-on', 'critical');
    expect(result.code).to.equal(4);
    const report = read(result);
    expect(verdictOf(report, 'api-server-profiling')).to.deep.include({ outcome: 'unknown', sources: [] });
    expect(verdictOf(report, 'api-server-profiling')?.message).to.contain('grant get on the URL /flagz');
    expect(report.servers[0]?.facts.nodeAuthorizer)
      .to.have.property('unknown')
      .that.contains('permission to create subjectaccessreviews');
    // What everybody may see is the same for everybody.
    expect(report.servers[0]?.facts.rbacAuthorizer).to.include({
      value: true,
      source: '/readyz?verbose',
      confidence: 'medium',
    });
    expect(verdictOf(report, 'api-server-tls-version')?.outcome).to.equal('pass');
  });

  it('tries pods only where that is asked for, with the rights of whoever asks, and behind the guard', async () => {
    const factOf = (result: ProcessResult) => read(result).servers[0]?.facts.serviceAccountAdmission;
    const without = await run(admin, '-o', 'json', '--dry-run-probes');
    expect(factOf(without)).to.include({ value: true }).and.not.to.include({ source: 'dry run' });
    await installProbes(suite().client);
    expect(await waitForGuard(suite().client)).to.equal(true);
    const from = await suite().readAuditPosition();

    expect(factOf(await run(admin, '-o', 'json'))).not.to.include({ source: 'dry run' });
    expect(await suite().readAudit({ from, user: 'ada', resource: 'pods', verbs: ['create'] })).to.deep.equal([]);
    expect(factOf(await run(admin, '-o', 'json', '--dry-run-probes'))).to.include({ value: true, source: 'dry run' });
    const tried = await suite().readAudit({ from, user: 'ada', resource: 'pods', verbs: ['create'] });
    expect([...new Set(tried.map(({ requestURI }) => requestURI))]).to.deep.equal([
      '/api/v1/namespaces/merlon-probes/pods?dryRun=All',
    ]);
    const refused = await run(stranger, '-o', 'json', '--dry-run-probes');
    expect(factOf(refused)).to.have.property('unknown').that.includes('may not be read; grant get on it');
  });

  it('asks each API server that is named, as that one, and says of whom a verdict is', async () => {
    const here = new URL(suite().url).host;
    const named = ['--api-server-endpoint', here, '--api-server-endpoint', '127.0.0.1:1'];
    const result = await run(admin, '-o', 'json', ...named);
    const report = read(result);
    expect(report.servers.map(({ instance }) => instance)).to.deep.equal([here, '127.0.0.1:1']);
    expect(report).not.to.have.property('doubt');
    expect(verdictOf(report, 'api-server-profiling')).to.deep.include({ outcome: 'fail', instances: [here] });
    expect(verdictOf(report, 'api-server-node-authorizer')).to.deep.include({
      outcome: 'unknown',
      message: '127.0.0.1:1: not reached as kubernetes.default.svc: connect ECONNREFUSED 127.0.0.1:1',
      instances: ['127.0.0.1:1'],
    });
  });

  it('says what an endpoint is where one is none', async () => {
    const result = await run(admin, '--api-server-endpoint', '10.0.0.5');
    expect(result.code).to.equal(2);
    expect(result.stderr).to.include("argument '10.0.0.5' is invalid. it must be a host and a port, as 10.0.0.5:6443");
  });

  it('says that there may be others where the cluster names none', async () => {
    const { stdout } = await run(admin);
    expect(stdout).to.match(
      /\n\nEndpointSlice default\/kubernetes names no API server; only 127\.0\.0\.1:\d+ was asked: /,
    );
  });

  it('writes nothing and takes no credentials where none belong', async () => {
    const from = await suite().readAuditPosition();
    await run(admin);
    const writes = (await suite().readAudit({ from, user: 'ada' })).filter(
      ({ verb, objectRef }) => !['get', 'list'].includes(verb) && objectRef?.resource?.endsWith('reviews') !== true,
    );
    expect(writes.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).to.deep.equal([]);
  });
});
