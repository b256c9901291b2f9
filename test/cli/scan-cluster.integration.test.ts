/** `merlon scan --cluster` on a real API server. */
import { expect } from 'chai';

import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { PostureReport } from '../../src/report/posture-report.ts';
import { deployment, hardenedPod, pod, privilegedPod, serviceAccount } from '../e2e/manifests.ts';
import { bodyOf } from '../support/api-client.ts';
import { pathOf } from '../support/audit-log.ts';
import type { ProcessResult } from '../support/run-process.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { editKubeconfig, kubeconfigIn, useClusterWithKinds } from './cluster-suite.ts';
import { runMerlon } from './merlon-process.ts';

const admin = { user: 'ada', groups: ['system:masters'] };

describe('merlon scan --cluster', () => {
  const suite = useClusterWithKinds();
  let kubeconfig: string;

  before('a careless namespace and a careful one', async () => {
    const { client } = suite();
    kubeconfig = await kubeconfigIn('shop', suite(), admin);
    await client.createNamespace('shop');
    await client.createNamespace('calm', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    for (const name of ['default', 'app']) {
      await client.apply({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name, namespace: 'calm' },
        automountServiceAccountToken: false,
      });
    }
    await client.create(deployment('shop', 'web', privilegedPod));
    await client.create(deployment('calm', 'web', hardenedPod));
  });

  const scan = (args: readonly string[], path = kubeconfig): Promise<ProcessResult> =>
    runMerlon(['scan', '--cluster', '--kubeconfig', path, '-o', 'json', ...args]);
  const read = ({ stdout }: ProcessResult): PostureReport => JSON.parse(stdout) as PostureReport;
  const listed = (result: ProcessResult): string[] =>
    read(result).findings.map(
      ({ rule, subject }) => `${rule} ${subject.namespace === undefined ? '' : `${subject.namespace}/`}${subject.name}`,
    );

  it('judges every namespace and the cluster itself with -A', async () => {
    const result = await scan(['-A']);
    expect(result.code).to.equal(1);
    // Its address is a loopback one, which no EndpointSlice names.
    expect(result.stderr).to.match(
      /^not certain: EndpointSlice default\/kubernetes names no API server; only \S+ was asked: .*\n$/,
    );
    expect(listed(result)).to.include.members(['pod-privileged shop/web', 'namespace-pod-security-level kube-system']);
    expect(listed(result).filter((finding) => finding.includes('calm'))).to.deep.equal([]);
    const everything = read(await scan(['-A', '--all']));
    const subjects = everything.findings.map(({ subject }) => subject.kind);
    expect(subjects).to.include.members(['APIServer', 'ClusterRole', 'ClusterRoleBinding', 'Namespace', 'Deployment']);
    expect(everything.summary).to.deep.equal(read(result).summary);
    for (const finding of everything.findings) expect(finding).not.to.have.property('source');
  });

  it('reads what rules look at besides: who else is asked about exec', async () => {
    const all = read(await scan(['-A', '--all'])).findings;
    const found = all.filter(({ rule }) => rule === 'api-server-exec-admission');
    expect(found.map(({ outcome }) => outcome)).to.deep.equal(['fail']);
  });

  it('tells what is enforced, as far as it is known again, and by whom', async () => {
    const printed = await runMerlon(['enforce', '-o', 'yaml', '--mode', 'audit', '--families', 'exec']);
    const applied = await suite().kubectl(['apply', '-f', '-'], { stdin: printed.stdout });
    expect(applied.code, applied.stderr).to.equal(0);
    const told = read(await scan(['-A'])).enforced?.map(({ namespace, what, mode, by }) => [namespace, what, mode, by]);
    const guard = ['exec', 'audit', 'ValidatingAdmissionPolicy/merlon-exec-guard'];
    expect(told)
      .to.deep.include(['shop', ...guard])
      .and.to.deep.include(['calm', ...guard]);
    expect(told).to.deep.include(['calm', 'pss/restricted', 'deny', 'pod-security.kubernetes.io/enforce']);
    expect(told?.filter(([namespace]) => namespace === 'kube-system')).to.deep.equal([]);
    expect(read(await scan(['-n', 'calm']))).not.to.have.property('enforced');
    await suite().kubectl(['delete', '-f', '-'], { stdin: printed.stdout });
  });

  it('tells beside each finding what becomes of the next pod like it, and by whom', async () => {
    const saidOf = async (): Promise<unknown> => {
      const { findings } = read(await scan(['-A']));
      return findings.find(({ rule, subject }) => rule === 'pod-privileged' && subject.namespace === 'shop')
        ?.enforcement;
    };
    const label = (warn: string | null): Promise<unknown> =>
      suite()
        .client.resource('v1', 'namespaces')
        .patch('shop', { metadata: { labels: { 'pod-security.kubernetes.io/warn': warn } } });
    expect(await saidOf()).to.equal(undefined);
    await label('baseline');
    expect(await saidOf()).to.deep.equal({ mode: 'warn', by: 'pod-security.kubernetes.io/warn' });
    // Whoever applied it, and under whatever name.
    const printed = await runMerlon(['enforce', '-o', 'yaml', '--mode', 'deny', '--families', 'pod-security']);
    const stdin = printed.stdout.replaceAll('merlon-pod-security', 'platform-pods');
    expect((await suite().kubectl(['apply', '-f', '-'], { stdin })).stderr).to.equal('');
    expect(await saidOf()).to.deep.equal({ mode: 'deny', by: 'ValidatingAdmissionPolicy/platform-pods' });
    await suite().kubectl(['delete', '-f', '-'], { stdin });
    await label(null);
  });

  it('knows the exec guard that goes by a label of pods, where what keeps the label is there', async () => {
    const args = ['enforce', '-o', 'yaml', '--mode', 'deny', '--families', 'exec', '--namespaces-out', ''];
    const { stdout: stdin } = await runMerlon([...args, '--with', 'label', '--kubernetes-version', '1.36']);
    const outcome = async (): Promise<readonly string[]> =>
      read(await scan(['-A', '--all']))
        .findings.filter(({ rule }) => rule === 'api-server-exec-admission')
        .map((finding) => finding.outcome);
    const applied = await suite().kubectl(['apply', '-f', '-'], { stdin });
    expect(applied.code, applied.stderr).to.equal(0);
    expect(await outcome()).to.deep.equal(['pass']);
    await suite().kubectl(['delete', 'validatingadmissionpolicybinding', 'merlon-exec-label-keeper-deny']);
    expect(await outcome()).to.deep.equal(['unknown']);
    await suite().kubectl(['delete', '--ignore-not-found', '-f', '-'], { stdin });
  });

  it('judges the namespace of the context where none is named', async () => {
    const result = await scan([]);
    expect([result.code, result.stderr]).to.deep.equal([1, '']);
    expect(listed(result)).to.include('pod-privileged shop/web');
    for (const { subject } of read(result).findings) {
      expect(subject.kind === 'Namespace' ? subject.name : subject.namespace).to.equal('shop');
    }
  });

  it('exits with 0 for a namespace in which nothing is wrong', async () => {
    const result = await scan(['-n', 'calm']);
    expect([result.code, result.stderr, listed(result)]).to.deep.equal([0, '', []]);
    expect(read(result).summary.subjects).to.be.greaterThan(2);
  });

  it('exits with 3 for a namespace that does not exist', async () => {
    const { code, stderr, stdout } = await scan(['-n', 'shpo']);
    expect([code, stderr]).to.deep.equal([3, 'nothing to judge: namespace "shpo" does not exist\n']);
    expect((JSON.parse(stdout) as PostureReport).summary.subjects).to.equal(0);
  });

  it('says what it may not read, calls the findings undecided, and exits with 4', async () => {
    const result = await scan(['-n', 'shop'], await suite().kubeconfigFor({ user: 'nobody' }));
    expect(result.code).to.equal(4);
    const lines = result.stderr.trimEnd().split('\n');
    expect(lines).to.include.members([
      'not read: reading namespace "shop" is forbidden',
      'not read: listing pods is forbidden',
      'not read: listing deployments.apps is forbidden',
      'not read: listing clusterhardeningpolicies.merlon.dev is forbidden',
    ]);
    for (const line of lines) expect(line).to.match(/^not read: /);
    expect(read(result).findings.map(({ outcome }) => outcome))
      .to.include('unknown')
      .and.not.include('fail');
    expect(read(result).summary.pass).to.equal(0);
  });

  it('judges what may be read where something may not', async () => {
    await suite().client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'viewers', namespace: 'shop' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'vera' }],
    });
    const result = await scan(['-n', 'shop'], await suite().kubeconfigFor({ user: 'vera' }));
    expect(result.code).to.equal(4);
    expect(listed(result)).to.include('pod-privileged shop/web');
    expect(result.stderr).to.contain('not read: listing roles.rbac.authorization.k8s.io is forbidden\n');
    expect(result.stderr).not.to.contain('namespace "shop"').and.not.to.contain('pods');
  });

  it('exits with 4 where the API server cannot be reached', async () => {
    const nowhere = await editKubeconfig(kubeconfig, (text) => text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'));
    const { code, stdout, stderr } = await scan(['-A'], nowhere);
    expect([code, stdout]).to.deep.equal([4, '']);
    expect(stderr).to.match(/^error: GET https:\/\/127\.0\.0\.1:1\/.*the connection was refused; .*\n$/);
  });

  it('exits with 4 where the credentials are refused', async () => {
    const stranger = await editKubeconfig(kubeconfig, (text) => {
      const config = JSON.parse(text) as { users: [{ user: unknown }] };
      config.users[0].user = { token: 'none-of-yours' };
      return JSON.stringify(config);
    });
    const { code, stdout, stderr } = await scan(['-A'], stranger);
    expect([code, stdout]).to.deep.equal([4, '']);
    expect(stderr).to.match(/^error: the API server does not accept the credentials: /);
  });

  it('exits with 2 for a kubeconfig that says nothing of use', async () => {
    const wrong = await editKubeconfig(kubeconfig, () => '{"contexts": 7');
    expect(await scan(['-A'], wrong)).to.include({ code: 2, stdout: '' });
    const { code, stderr } = await scan(['-A', '--context', 'bogus\x1b[2J']);
    expect(code).to.equal(2);
    expect(stderr).to.match(/^error: kubeconfig ".*" has no context "bogus\\x1b\[2J"; it has "test"\n$/);
  });

  it('takes the kubeconfig that KUBECONFIG names', async () => {
    const { code, stdout } = await runMerlon(['scan', '--cluster'], { env: { KUBECONFIG: kubeconfig } });
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /^OUTCOME .*\nfail +critical +pod-privileged +shop\/Deployment\/web +spec\.template\.spec\.containers\[0\]/,
    );
  });

  it('asks for lists, for its own namespace and for access reviews, and writes nothing', async () => {
    const reader = await suite().kubeconfigFor({ user: 'reader', groups: ['system:masters'] });
    const from = await suite().readAuditPosition();
    expect((await scan(['-A'], reader)).code).to.equal(1);
    expect((await scan(['-n', 'shop'], reader)).code).to.equal(1);
    const asked = (await suite().readAudit({ from, user: 'reader' })).map(
      (event) => `${event.verb} ${event.objectRef?.resource ?? pathOf(event)}`,
    );
    const others = asked.filter((request) => !request.startsWith('list '));
    expect([...new Set(others)].sort()).to.deep.equal([
      'create selfsubjectaccessreviews',
      'create selfsubjectreviews',
      'create subjectaccessreviews',
      'get /flagz',
      'get /metrics',
      'get /version',
      'get configmaps',
      'get endpointslices',
      'get namespaces',
    ]);
    expect(asked.some((request) => request.endsWith(' secrets'))).to.equal(false);
    // Once for each kind: 14 and the policies of everything; fewer for one namespace. Mirror pods are asked for once more.
    expect(asked.filter((request) => request === 'list pods')).to.have.length(3);
    const anonymous = await suite().readAudit({ from, user: 'system:anonymous' });
    for (const { verb } of anonymous) expect(verb).to.be.oneOf(['get', 'list']);
  });

  describe('with a policy', () => {
    const resource = () => suite().client.resource(API_VERSION, 'clusterhardeningpolicies');
    afterEach(async () => {
      await resource().delete('lenient');
    });

    it('judges by it', async () => {
      const spec = { rules: [{ rule: 'pod-privileged', state: 'Disabled' }] };
      bodyOf(
        'create policy',
        await resource().create({ kind: 'ClusterHardeningPolicy', metadata: { name: 'lenient' }, spec }),
      );
      expect(listed(await scan([])).filter((finding) => finding.startsWith('pod-privileged'))).to.deep.equal([]);
    });

    it('judges by its last good version where the present one is wrong, as the operator does', async () => {
      const spec = { rules: [{ rule: 'pod-prileged', state: 'Disabled' }] };
      bodyOf(
        'create policy',
        await resource().create({ kind: 'ClusterHardeningPolicy', metadata: { name: 'lenient' }, spec }),
      );
      expect(listed(await scan([]))).to.include('pod-privileged shop/web');
      const good = { rules: [{ rule: 'pod-privileged', state: 'Disabled' }] };
      const accepted = { generation: 1, spec: good };
      bodyOf('write status', await resource().patchStatus('lenient', { accepted }));
      expect(listed(await scan([])).filter((finding) => finding.startsWith('pod-privileged'))).to.deep.equal([]);
    });
  });

  describe('of a workload in the midst of a rollout', () => {
    before('two pods that are privileged, one of the next revision, and a pod that names the wrong owner', async () => {
      const { client } = suite();
      await client.createNamespace('rollout');
      await client.create(serviceAccount('rollout', 'app'));
      const { metadata } = await client.create(deployment('rollout', 'web', privilegedPod, 2));
      await untilPods(2);
      // Without a kubelet no pod becomes ready: by default the rollout stops after its first pod.
      const { spec } = deployment('rollout', 'web', hardenedPod, 2);
      bodyOf('update', await client.resource('apps/v1', 'deployments', 'rollout').patch('web', { spec }));
      await untilPods(3);
      const forged = pod('rollout', 'forged', privilegedPod);
      const ownerReferences = [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: metadata.uid ?? '', controller: true },
      ];
      await client.create({ ...forged, metadata: { ...forged.metadata, ownerReferences } });
    });

    async function untilPods(count: number): Promise<void> {
      const pods = suite().client.resource('v1', 'pods', 'rollout');
      await waitUntil(async () => bodyOf('list', await pods.list()).items.length === count, {
        what: `${count} pods`,
        timeoutMs: 30_000,
      });
    }

    it('tells how many pods it is about, of which revisions, and whose owner is not believed', async () => {
      const found = read(await scan(['-n', 'rollout'])).findings.filter(({ rule }) => rule === 'pod-privileged');
      const [web, forged] = found.toSorted((a, b) => a.subject.kind.localeCompare(b.subject.kind));
      expect(found).to.have.length(2);
      expect(web?.subject).to.include({ kind: 'Deployment', name: 'web' });
      expect(web?.pods).to.include({ concerned: 2, total: 3 });
      expect(web?.pods?.revisions?.join()).to.match(/^web-[a-z0-9]+$/);
      expect(forged?.subject).to.include({ kind: 'Pod', name: 'forged' });
      expect(forged?.unverifiedOwner).to.equal('a Deployment does not create a Pod');
    });

    it('tells so in the table', async () => {
      const { stdout } = await scan(['-n', 'rollout', '-o', 'table']);
      expect(stdout).to.match(/pod-privileged +rollout\/Deployment\/web .*; 2 of 3 pods \(web-[a-z0-9]+\)\n/);
      expect(stdout).to.match(/pod-privileged +rollout\/Pod\/forged \(unverified owner\) /);
    });
  });

  it('exits by the threshold of the policy, unless another is asked for', async () => {
    const resource = suite().client.resource(API_VERSION, 'clusterhardeningpolicies');
    const spec = { profile: 'none', threshold: 'low', rules: [{ rule: 'pod-privileged', severity: 'low' }] };
    bodyOf('create policy', await resource.create({ kind: 'ClusterHardeningPolicy', metadata: { name: 'low' }, spec }));
    expect((await scan([])).code).to.equal(1);
    expect((await scan(['--fail-on', 'high'])).code).to.equal(0);
    await resource.delete('low');
  });

  it('exits with 4 where a policy selects nothing', async () => {
    const resource = suite().client.resource(API_VERSION, 'clusterhardeningpolicies');
    const spec = { profile: 'none' };
    bodyOf(
      'create policy',
      await resource.create({ kind: 'ClusterHardeningPolicy', metadata: { name: 'none' }, spec }),
    );
    const { code, stderr } = await scan([]);
    await resource.delete('none');
    expect([code, stderr]).to.deep.equal([
      4,
      'not certain: namespace "shop": policy "none" selects no rule, so nothing was judged\n',
    ]);
  });

  it('shows no name raw that somebody gave to an owner', async () => {
    const forged = pod('shop', 'forged', privilegedPod);
    const ownerReferences = [
      { apiVersion: 'evil.example/v1', kind: 'A\x1b[2J', name: 'b\u202ec\u009b', uid: '1', controller: true },
    ];
    await suite().client.create({ ...forged, metadata: { ...forged.metadata, ownerReferences } });
    for (const format of ['table', 'json']) {
      const { stdout } = await scan(['-o', format]);
      expect(stdout).to.match(/A\\(x|u00)1b\[2J/);
      expect(['\x1b', '\u202e', '\u009b'].filter((letter) => stdout.includes(letter))).to.deep.equal([]);
    }
  });
});

describe('merlon scan --cluster where Merlon is not installed', () => {
  const cluster = useControlPlane();

  it('judges by the built-in policy, and misses nothing', async () => {
    const { client } = cluster();
    const namespace = 'scanned-without-merlon';
    await client.createNamespace(namespace);
    await client.create(deployment(namespace, 'web', privilegedPod));
    const kubeconfig = await kubeconfigIn(namespace, cluster(), admin);
    const { code, stdout, stderr } = await runMerlon(['scan', '--cluster', '--kubeconfig', kubeconfig, '-o', 'json']);
    expect([code, stderr]).to.deep.equal([1, '']);
    const { findings } = JSON.parse(stdout) as PostureReport;
    expect(findings.map(({ rule, subject }) => `${rule} ${subject.name}`)).to.include('pod-privileged web');
  });
});
