/** An operator that has a real API server enforce what a policy says: applied, put right, taken away, and never overstated. */
import { expect } from 'chai';

import type { ClusterHardeningPolicy } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { SecurityPosture } from '../../src/api/v1alpha1/security-posture.ts';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { connect, createDebugger, createPod, escalating, LET_IN, REFUSED } from '../enforcement/guarded-cluster.ts';
import { bodyOf } from '../support/api-client.ts';
import type { AuditEvent } from '../support/audit-log.ts';
import { writeVerbs } from '../support/audit-log.ts';
import { waitUntil } from '../support/wait-until.ts';
import { operatorUser } from './operator-process.ts';
import { conditionOf, readClusterPosture, useOperatorSuite } from './operator-suite.ts';
import { hardenedPod, privilegedPod } from './manifests.ts';
import { runMerlon } from '../cli/merlon-process.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';
const often = ['--evidence-interval', '1'];

interface Binding {
  readonly metadata: {
    readonly name: string;
    readonly managedFields?: readonly { readonly manager?: string }[];
  };
  readonly spec: { readonly validationActions: readonly string[] };
}

describe('an operator that enforces', () => {
  const suite = useOperatorSuite();
  const policies = () => suite.client.resource<ClusterHardeningPolicy>(API_VERSION, 'clusterhardeningpolicies');
  const postures = (namespace: string) =>
    suite.client.resource<SecurityPosture>(API_VERSION, 'securitypostures', namespace);
  const guards = () => suite.client.resource(ADMISSION, 'validatingadmissionpolicies');
  const bindings = () => suite.client.resource<Binding>(ADMISSION, 'validatingadmissionpolicybindings');

  const say = async (enforcement: ClusterHardeningPolicySpec['enforcement']): Promise<void> => {
    const metadata = { name: 'enforced' };
    const spec = enforcement === undefined ? {} : { enforcement };
    bodyOf('policy', await policies().apply('enforced', { kind: 'ClusterHardeningPolicy', metadata, spec }));
  };
  const untilSaid = (wanted: string): Promise<string> =>
    waitUntil(
      async () => {
        const { status } = (await readClusterPosture(suite.client)) ?? {};
        const { reason, message = '' } = conditionOf(status, 'Enforced') ?? {};
        if (reason !== wanted) throw new Error(`${reason ?? 'nothing'}: ${message}`);
        return message;
      },
      { what: `the cluster to say ${wanted} of what is enforced`, timeoutMs: 30_000 },
    );
  const namesOf = async (): Promise<readonly string[]> => {
    const listed = [bodyOf('list', await guards().list()).items, bodyOf('list', await bindings().list()).items];
    return listed
      .flatMap((items) => items.map(({ metadata }) => metadata.name))
      .filter((name) => name.startsWith('merlon-exec-guard'));
  };
  const written = async (from: number): Promise<readonly AuditEvent[]> => {
    const events = await suite.cluster.readAudit({ user: operatorUser, verbs: writeVerbs, from });
    return events.filter(({ objectRef }) => objectRef?.apiGroup === 'admissionregistration.k8s.io');
  };
  const setActions = async (...validationActions: readonly string[]): Promise<void> => {
    bodyOf('edit', await bindings().patch('merlon-exec-guard-deny', { spec: { validationActions } }, 'merge'));
  };
  const untilPutRight = (): Promise<unknown> =>
    waitUntil(
      async () => {
        const { spec } = bodyOf('binding', await bindings().get('merlon-exec-guard-deny'));
        expect(spec.validationActions).to.deep.equal(['Deny', 'Audit']);
        return true;
      },
      { what: 'the binding to deny again' },
    );

  before('a pod that is as good as its node, in a namespace that asks for deny', async function () {
    this.timeout(60_000);
    await suite.client.createNamespace('guarded', { 'merlon.dev/enforce': 'deny' });
    await createPod(suite.cluster, 'guarded/agent', escalating['privileged']);
  });

  it('without the role says which it takes, and does not try again and again', async () => {
    await say({ mode: 'deny' });
    const from = await suite.cluster.readAuditPosition();
    await suite.startOperator(often);
    expect(await untilSaid('Forbidden')).to.contain('bind the ClusterRole merlon-enforcement');
    const { status } = bodyOf('policy', await policies().get('enforced'));
    expect(status?.enforcement?.state).to.equal('Forbidden');
    expect(await namesOf()).to.deep.equal([]);
    // It asks for one object, by its name, until somebody's rights change.
    const asked = await suite.cluster.readAudit({ user: operatorUser, verbs: ['get', 'patch', 'create'], from });
    const inVain = asked.filter(({ objectRef }) => objectRef?.name === 'merlon-exec-guard');
    expect(inVain.length).to.be.within(1, 15);
  });

  it('with the role applies what "merlon enforce --policy" prints, and who executes into the pod is refused', async () => {
    const ada = await createDebugger(suite.cluster, 'ada');
    const operator = await suite.startOperator(often);
    await untilSaid('Forbidden');
    const { code, stderr } = await suite.cluster.kubectl(['apply', '--server-side', '-k', 'config/enforcement']);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(await untilSaid('Enforced')).to.contain('merlon-exec-guard (audit, deny)');
    await waitUntil(async () => REFUSED.test(await connect(ada, 'guarded/agent')), { what: 'exec to be refused' });

    const { status } = (await readClusterPosture(suite.client)) ?? {};
    expect(status?.enforcement).to.deep.equal([
      {
        policy: 'merlon-exec-guard',
        kind: 'ValidatingAdmissionPolicy',
        state: 'InForce',
        modes: ['audit: merlon.dev/enforce=audit or warn', 'deny: merlon.dev/enforce=deny'],
      },
    ]);
    await waitUntil(
      async () => bodyOf('policy', await policies().get('enforced')).status?.enforcement?.state === 'deny',
      { what: 'the policy to say deny' },
    );
    const { metadata } = bodyOf('binding', await bindings().get('merlon-exec-guard-deny'));
    expect(metadata.managedFields?.map(({ manager }) => manager)).to.deep.equal(['merlon-enforcer']);

    const stdin = JSON.stringify(bodyOf('policy', await policies().get('enforced')));
    const printed = await runMerlon(['enforce', '-o', 'yaml', '--policy', '-'], { stdin });
    expect(printed.code, printed.stderr).to.equal(0);
    const difference = await suite.cluster.kubectl(['diff', '-f', '-'], { stdin: printed.stdout });
    expect([difference.code, difference.stdout.replaceAll(/^.*last-applied-configuration.*$/gm, '')]).to.deep.equal([
      0,
      '',
    ]);
    await operator.stop();
  });

  it('writes nothing when it is started anew, and nothing while nothing changes', async () => {
    const from = await suite.cluster.readAuditPosition();
    const operator = await suite.startOperator(often);
    await untilSaid('Enforced');
    await operator.stop();
    expect((await written(from)).map(({ requestURI }) => requestURI)).to.deep.equal([]);
    const events = await suite.cluster.readAudit({ user: operatorUser, verbs: writeVerbs, from });
    const postures = events.filter(({ objectRef }) => objectRef?.resource === 'clustersecuritypostures');
    expect(postures.map(({ requestURI }) => requestURI)).to.deep.equal([]);
  });

  it('trap 10: puts right what somebody changes by hand, until that is contested, and says so', async () => {
    await suite.startOperator(often);
    await untilSaid('Enforced');
    // A set that server-side apply would only add to, and then be refused.
    await setActions('Warn');
    await untilPutRight();
    bodyOf('delete', await guards().delete('merlon-exec-guard'));
    await waitUntil(async () => (await namesOf()).length === 3, { what: 'the policy to be applied again' });
    await untilSaid('Enforced');
    await setActions('Audit');
    await untilPutRight();
    await setActions('Audit');
    expect(await untilSaid('Contested')).to.contain('merlon-exec-guard-deny" is changed again and again');
    const { spec } = bodyOf('binding', await bindings().get('merlon-exec-guard-deny'));
    expect(spec.validationActions).to.deep.equal(['Audit']);
  });

  it('takes everything away when it is switched off, and who executes is let in', async () => {
    await suite.startOperator(often);
    await untilSaid('Enforced');
    await say({ mode: 'off' });
    await untilSaid('SwitchedOff');
    expect(await namesOf()).to.deep.equal([]);
    const ada = await suite.cluster.clientFor({ user: 'ada', groups: [] });
    await waitUntil(async () => LET_IN.test(await connect(ada, 'guarded/agent')), { what: 'exec to be let in' });
  });

  it('trap 6: tries what new pods are held to where nothing can be made, and applies it only then', async () => {
    await say({ mode: 'deny', families: ['pod-security'] });
    await suite.startOperator(often);
    expect(await untilSaid('Untried'))
      .to.contain('merlon-pod-security')
      .and.contain('apply config/probes');
    const from = await suite.cluster.readAuditPosition();
    const { code, stderr } = await suite.cluster.kubectl(['apply', '--server-side', '-k', 'config/probes']);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(await untilSaid('Enforced')).to.contain('merlon-pod-security (audit, warn, deny)');
    const pods = suite.client.resource('v1', 'pods', 'guarded');
    const create = (name: string, spec: object) =>
      pods.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'guarded' }, spec });
    await waitUntil(
      async () => {
        const { status, body } = await create('bad', privilegedPod);
        expect([status, JSON.stringify(body)].join(' ')).to.match(
          /^403 .*'merlon-pod-security' with binding 'merlon-pod-security-deny'/,
        );
        return true;
      },
      { what: 'a privileged pod to be refused' },
    );
    const { serviceAccountName: _, ...hardened } = hardenedPod;
    expect((await create('good', { ...hardened, automountServiceAccountToken: false })).status).to.equal(201);

    const stdin = JSON.stringify(bodyOf('policy', await policies().get('enforced')));
    const args = ['enforce', '--preview', '-n', 'guarded', '-o', 'json', '--policy', '-'];
    const preview = await runMerlon([...args, '--kubeconfig', suite.cluster.adminKubeconfig], { stdin });
    const [ofNamespace] = (JSON.parse(preview.stdout) as { namespaces: { mode: string; wouldRefuse: number }[] })
      .namespaces;
    expect(preview.code, preview.stderr).to.equal(1);
    // Pods were there before, and the posture comes to say of them what the preview says.
    const shown = await waitUntil(
      async () => {
        const posture = bodyOf('posture', await postures('guarded').get('current'));
        const { enforcement } = posture.status ?? {};
        if (enforcement?.enforced.length !== 1) throw new Error(JSON.stringify(enforcement));
        expect(enforcement).to.include({ mode: ofNamespace?.mode, wouldRefuse: ofNamespace?.wouldRefuse });
        return enforcement;
      },
      { what: 'the posture of the namespace to say what is in force' },
    );
    expect(shown.message).to.match(/made anew, deny refuses .* here: Pod "agent" \(.*pod-privileged/);
    const [enforcer] = shown.enforced;
    expect(enforcer).to.include({
      what: 'pod-security',
      mode: 'deny',
      by: 'ValidatingAdmissionPolicy/merlon-pod-security',
    });
    expect(enforcer?.rules).to.include('pod-privileged').and.not.include('pod-read-only-root-filesystem');

    const all = bodyOf('list', await guards().list()).items.map(({ metadata }) => metadata.name);
    expect(all).to.include('merlon-pod-security').and.not.include('merlon-canary');
    const tried = await suite.cluster.readAudit({ user: operatorUser, verbs: ['create'], from });
    const ofPods = tried.filter(({ objectRef }) => objectRef?.resource === 'pods');
    expect(ofPods.length).to.be.greaterThan(1);
    for (const { requestURI } of ofPods) expect(requestURI).to.match(/namespaces\/merlon-probes\/pods\?.*dryRun=All/);
    await say({ mode: 'off' });
    await untilSaid('SwitchedOff');
  });

  it('binds nothing to a policy of somebody else that took the place of its own', async () => {
    await say({ mode: 'deny' });
    const operator = await suite.startOperator(often);
    await untilSaid('Enforced');
    await operator.stop();
    bodyOf('delete', await guards().delete('merlon-exec-guard'));
    const matchConstraints = {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
    };
    const spec = { matchConstraints, validations: [{ expression: 'false', message: 'nobody makes anything' }] };
    const policy = { kind: 'ValidatingAdmissionPolicy', metadata: { name: 'merlon-exec-guard' }, spec };
    bodyOf('create', await guards().create(policy));
    await suite.startOperator(often);
    expect(await untilSaid('Foreign'))
      .to.contain('ValidatingAdmissionPolicy "merlon-exec-guard" says something else')
      .and.contain('Merlon binds nothing to it');
    expect(await namesOf()).to.deep.equal(['merlon-exec-guard']);
    const configMaps = suite.client.resource('v1', 'configmaps', 'guarded');
    // An API server hears of it a second later that a policy is bound no more.
    const isMade = async (): Promise<boolean> =>
      (await configMaps.create({ metadata: { name: 'made' } }, { dryRun: 'All' })).status === 201;
    await waitUntil(isMade, { what: 'the policy of somebody else to refuse nothing' });
    bodyOf('delete', await guards().delete('merlon-exec-guard'));
    await untilSaid('Enforced');
    await say({ mode: 'off' });
    await untilSaid('SwitchedOff');
  });

  it('leaves alone what somebody else made under the name, and says whose it is', async () => {
    await say({ mode: 'deny' });
    await suite.startOperator(often);
    await untilSaid('Enforced');
    await say({ mode: 'off' });
    await untilSaid('SwitchedOff');
    const printed = await runMerlon(['enforce', '-o', 'yaml', '--with', 'proxy']);
    const applied = await suite.cluster.kubectl(['apply', '-f', '-'], { stdin: printed.stdout });
    expect(applied.code, applied.stderr).to.equal(0);
    const from = await suite.cluster.readAuditPosition();
    await say({ mode: 'deny' });
    expect(await untilSaid('Foreign')).to.contain('ValidatingAdmissionPolicy "merlon-exec-guard" says something else');
    await say({ mode: 'deny', exec: { connections: ['proxy'] } });
    expect(await untilSaid('Enforced')).to.contain("is not Merlon's");
    await say({ mode: 'off' });
    expect(await untilSaid('SwitchedOff')).to.contain('stands, and Merlon did not apply it');
    expect(await namesOf()).to.have.length(3);
    expect((await written(from)).map(({ requestURI }) => requestURI)).to.deep.equal([]);
  });
});
