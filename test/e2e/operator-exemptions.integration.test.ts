/** Exemptions on a real API server: what they do to postures, what is said of them, and that they end. */
import { expect } from 'chai';

import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { ClusterHardeningExemptionSpec, ExemptionStatus } from '../../src/api/v1alpha1/exemption.ts';
import type { AnyExemption } from '../../src/core/exemption.ts';
import { bodyOf } from '../support/api-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import { untilGolden } from './golden-posture.ts';
import { createHardenedNamespace, cronJob, deployment, plainPod } from './manifests.ts';
import { conditionOf, readWrites, untilPosture, useOperatorSuite } from './operator-suite.ts';
import type { NamespaceStatus } from './operator-suite.ts';
import { untilScanAgrees } from './scan-postures.ts';

describe('an exemption', () => {
  const suite = useOperatorSuite({ operatorsEndAfter: 'all tests' });

  before('an operator', async function () {
    this.timeout(60_000);
    await suite.startOperator();
  });
  afterEach('all postures follow the exemptions that are there', () => untilGolden(suite.cluster));

  const resource = (namespace?: string) =>
    namespace === undefined
      ? suite.client.resource<AnyExemption>(API_VERSION, 'clusterhardeningexemptions')
      : suite.client.resource<AnyExemption>(API_VERSION, 'hardeningexemptions', namespace);

  async function apply(name: string, spec: Partial<ClusterHardeningExemptionSpec>, namespace?: string): Promise<void> {
    const kind = namespace === undefined ? 'ClusterHardeningExemption' : 'HardeningExemption';
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    const whole = { reason: 'accepted for this test', rules: ['*'], subjects: [{ kind: 'CronJob' }], ...spec };
    bodyOf('apply an exemption', await resource(namespace).apply(name, { kind, metadata, spec: whole }));
  }

  async function untilReason(reason: string, name: string, namespace?: string): Promise<ExemptionStatus> {
    return waitUntil(
      async () => {
        const { status } = bodyOf('read an exemption', await resource(namespace).get(name));
        if (status === undefined || conditionOf(status, 'Active')?.reason !== reason) {
          throw new Error(JSON.stringify(status));
        }
        return status;
      },
      { what: `exemption "${name}" to be ${reason}` },
    );
  }

  /** One plain workload: one failure of severity high, and others below. */
  async function createTeam(team: string): Promise<void> {
    await createHardenedNamespace(suite.client, team, { team });
    await suite.client.create(cronJob(team, 'report', plainPod));
    await untilPosture(suite.client, team, 'to fail', ({ compliant }) => compliant === 'False');
  }

  it('of the cluster makes a posture compliant, is shown there, and leaves nothing behind when it goes', async () => {
    await createTeam('accepted');
    const subjects = [{ namespace: 'accepted', kind: 'CronJob', name: 'rep*' }];
    await apply('report', { subjects, owner: 'team accepted' });
    const { summary, findings } = await untilPosture(
      suite.client,
      'accepted',
      'to be compliant',
      ({ compliant }) => compliant === 'True',
    );
    const exempt = findings?.filter(({ outcome }) => outcome === 'exempt') ?? [];
    expect(exempt.length).to.equal(summary?.exempt);
    expect(exempt.length).to.be.greaterThan(0);
    for (const finding of exempt) expect(finding.exemption).to.equal('ClusterHardeningExemption/report');
    const status = await untilReason('Active', 'report');
    expect(status).to.deep.include({ matched: exempt.length, matchesByLabelAlone: false });
    expect(conditionOf(status, 'Ready')?.status).to.equal('True');
    const { stdout } = await suite.cluster.kubectl(['get', 'chexm', '-o', 'wide']);
    expect(stdout).to.match(/ACTIVE +REASON +MATCHED +EXPIRES +AGE +RULES +OWNER +MESSAGE/);
    expect(stdout).to.match(/report +True +Active +\d+ .* \["\*"\] +team accepted +it exempts/);
    const wide = await suite.cluster.kubectl(['get', 'secpos', '-n', 'accepted', '-o', 'wide']);
    expect(wide.stdout).to.match(/EXEMPT/);
    await untilScanAgrees(suite.cluster);

    bodyOf('delete', await resource().delete('report'));
    const again = await untilPosture(
      suite.client,
      'accepted',
      'to fail again',
      ({ compliant }) => compliant === 'False',
    );
    expect(again.summary?.exempt).to.equal(0);
  });

  it('ends in its second, while nothing else happens', async function () {
    this.timeout(60_000);
    await createTeam('ending');
    const endsMs = Math.ceil(Date.now() / 1000) * 1000 + 6_000;
    const subjects = [{ namespace: 'ending' }];
    await apply('ending', { subjects, expiresAt: new Date(endsMs).toISOString() });
    await untilPosture(suite.client, 'ending', 'to be compliant', ({ compliant }) => compliant === 'True');
    await untilPosture(suite.client, 'ending', 'to fail again', ({ compliant }) => compliant === 'False');
    expect(Date.now()).to.be.within(endsMs, endsMs + 3_000);
    expect(await untilReason('Expired', 'ending')).to.deep.include({ matched: 0, matches: [] });
    bodyOf('delete', await resource().delete('ending'));
  });

  it('of a namespace is not permitted, until a policy delegates that, and no more when it does not', async () => {
    await createTeam('delegating');
    await apply('own', {}, 'delegating');
    const refused = await untilReason('NotPermitted', 'own', 'delegating');
    expect(refused.matched).to.equal(0);
    const policy = {
      apiVersion: API_VERSION,
      kind: 'ClusterHardeningPolicy',
      metadata: { name: 'delegates' },
      spec: { namespaces: ['delegating'], delegation: { exempt: ['*'] } },
    };
    await suite.client.create(policy);
    await untilPosture(suite.client, 'delegating', 'to be compliant', ({ compliant }) => compliant === 'True');
    expect((await untilReason('Active', 'own', 'delegating')).matched).to.be.greaterThan(0);
    const policies = suite.client.resource(API_VERSION, 'clusterhardeningpolicies');
    bodyOf('delete', await policies.delete('delegates'));
    await untilPosture(suite.client, 'delegating', 'to fail again', ({ compliant }) => compliant === 'False');
    await untilReason('NotPermitted', 'own', 'delegating');
  });

  describe('in an annotation on the object', () => {
    const policies = () => suite.client.resource(API_VERSION, 'clusterhardeningpolicies');
    const policy = (name: string, spec: object) => ({
      apiVersion: API_VERSION,
      kind: 'ClusterHardeningPolicy',
      metadata: { name },
      spec: { namespaces: ['annotated'], ...spec },
    });
    const reason = 'accepted for this test';

    /** Whether it fails, or is exempt by what. */
    const outcomeOf = ({ findings = [] }: NamespaceStatus, rule: string): string => {
      const found = findings.find((one) => one.rule === rule && one.subject.name === 'web');
      return `${found?.outcome ?? 'none'} ${found?.exemption ?? ''}`.trim();
    };
    const untilOutcome = (rule: string, outcome: string) =>
      untilPosture(suite.client, 'annotated', `to have ${rule} ${outcome}`, (status) => {
        return outcomeOf(status, rule) === outcome;
      });

    before('an annotated workload', async () => {
      await createHardenedNamespace(suite.client, 'annotated', {});
      const web = deployment('annotated', 'web', plainPod);
      const annotations = {
        'exempt.merlon.dev/pod-privilege-escalation': reason,
        'exempt.merlon.dev/pod-run-as-non-root': reason,
        'exempt.merlon.dev/pod-run-as-nonroot': reason,
      };
      await suite.client.create({ ...web, metadata: { ...web.metadata, annotations } });
    });

    it('counts for nothing where no policy honours it, and one that names no rule is a finding', async () => {
      const status = await untilOutcome('pod-privilege-escalation', 'fail');
      expect(status.compliant).to.equal('False');
      expect(outcomeOf(status, 'pod-run-as-non-root')).to.equal('fail');
      const mistake = status.findings?.find(({ rule }) => rule === 'exemption-annotation');
      expect(mistake).to.deep.include({ outcome: 'fail', severity: 'low' });
      expect(mistake?.message).to.match(/pod-run-as-nonroot.*did you mean "pod-run-as-non-root"/);
    });

    it('exempts from what a policy delegates and lets annotations exempt, and shows it', async () => {
      await suite.client.apply(policy('delegates-rule', { delegation: { exempt: ['pod-privilege-escalation'] } }));
      await untilPosture(suite.client, 'annotated', 'to follow', ({ policy: name }) => name === 'delegates-rule');
      expect(outcomeOf(await untilOutcome('pod-privilege-escalation', 'fail'), 'pod-run-as-non-root')).to.equal('fail');
      const delegation = { exempt: ['pod-privilege-escalation'], exemptByAnnotation: true };
      await suite.client.apply(policy('delegates-rule', { delegation }));
      const by = 'exempt exempt.merlon.dev/pod-privilege-escalation';
      const status = await untilOutcome('pod-privilege-escalation', by);
      expect(status).to.include({ compliant: 'True' });
      expect(status.summary?.exempt).to.equal(1);
      // Not delegated, though it is annotated.
      expect(outcomeOf(status, 'pod-run-as-non-root')).to.equal('fail');
      await untilScanAgrees(suite.cluster);
    });

    it('counts no more where exemptions must end, nor where the delegation is taken back', async () => {
      const delegation = { exempt: ['pod-privilege-escalation'], exemptByAnnotation: true };
      const by = 'exempt exempt.merlon.dev/pod-privilege-escalation';
      await suite.client.apply(policy('delegates-rule', { delegation }));
      await untilOutcome('pod-privilege-escalation', by);
      await suite.client.apply(policy('ends', { exemptions: { maxLifetimeDays: 30 } }));
      await untilOutcome('pod-privilege-escalation', 'fail');
      bodyOf('delete', await policies().delete('ends'));
      await untilOutcome('pod-privilege-escalation', by);
      bodyOf('delete', await policies().delete('delegates-rule'));
      expect(await untilOutcome('pod-privilege-escalation', 'fail')).to.include({ compliant: 'False' });
    });
  });

  it('is refused by the API server where it can mean nothing', async () => {
    const refusal = async (spec: object): Promise<string> => {
      const body = { kind: 'ClusterHardeningExemption', metadata: { name: 'vague' }, spec };
      const response = await resource().apply('vague', body);
      expect(response.status).to.equal(422);
      return JSON.stringify(response.body);
    };
    const reason = 'accepted for this test';
    const subjects = [{ name: '*' }];
    expect(await refusal({ rules: ['*'], subjects: [{}], reason })).to.match(/a subject says at least one thing/);
    expect(await refusal({ rules: ['*'], subjects, reason: 'too short' })).to.match(/reason/);
    expect(await refusal({ rules: [], subjects, reason })).to.match(/rules/);
    expect(await refusal({ rules: ['*'], subjects: [{ name: 'a'.repeat(254) }], reason })).to.match(/name/);
    expect(await refusal({ rules: ['*'], subjects, reason, expiresAt: 'tomorrow' })).to.match(/expiresAt/);
  });

  it('that names no rule, or nothing that fails, says so', async () => {
    await apply('typo', { rules: ['pod-privilegd'] });
    const typo = await untilReason('UnknownRule', 'typo');
    expect(conditionOf(typo, 'Active')?.message).to.match(/did you mean "pod-privileged"/);
    expect(conditionOf(typo, 'Ready')?.status).to.equal('False');
    await apply('narrow', { subjects: [{ name: 'nobody-is-called-so' }] });
    await untilReason('NoMatch', 'narrow');
    await apply('late', { expiresAt: '2020-01-01T00:00:00Z' });
    await untilReason('Expired', 'late');
    for (const name of ['typo', 'narrow', 'late']) bodyOf('delete', await resource().delete(name));
  });

  it('causes no write while nothing changes', async () => {
    await apply('quiet', { subjects: [{ namespace: 'accepted' }], expiresAt: '2099-01-01T00:00:00Z' });
    await untilReason('Active', 'quiet');
    await untilGolden(suite.cluster);
    const from = await suite.cluster.readAuditPosition();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await readWrites(suite.cluster, from)).to.deep.equal([]);
    bodyOf('delete', await resource().delete('quiet'));
  });
});
