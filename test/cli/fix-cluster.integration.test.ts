/** `merlon fix --cluster` on a real API server: what is patched, what is held back, and what nobody but a person writes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { deployment, hardenedPod, plainPod, roleBinding } from '../e2e/manifests.ts';
import { readDefaultAccount } from '../e2e/remediation-suite.ts';
import { bodyOf } from '../support/api-client.ts';
import type { KubeObject } from '../support/api-client.ts';
import type { ProcessResult } from '../support/run-process.ts';
import { useClusterWithKinds } from './cluster-suite.ts';
import { repository, runMerlon } from './merlon-process.ts';

const DEFAULT_RULE = 'service-account-default-token-mount';
const FIELD = 'automountServiceAccountToken';

interface ManagedFields {
  readonly manager: string;
  readonly operation: string;
}

describe('merlon fix --cluster', function () {
  this.timeout(60_000);
  const suite = useClusterWithKinds();
  let kubeconfig: string;
  let count = 0;

  before('credentials', async () => {
    kubeconfig = await suite().kubeconfigFor({ user: 'ada', groups: ['system:masters'] });
  });

  const createNamespace = async (): Promise<string> => {
    const name = `fix-${(count += 1)}`;
    await suite().client.createNamespace(name);
    return name;
  };
  const fix = (args: readonly string[], path = kubeconfig): Promise<ProcessResult> =>
    runMerlon(['fix', '--cluster', '--kubeconfig', path, ...args]);
  const fixDefault = (namespace: string, args: readonly string[] = [], path?: string): Promise<ProcessResult> =>
    fix(['-n', namespace, '--rule', DEFAULT_RULE, ...args], path);
  const account = (namespace: string): Promise<KubeObject> => readDefaultAccount(suite().client, namespace);
  const applyAs = async (namespace: string, fieldManager: string, fields: object): Promise<void> => {
    const accounts = suite().client.resource('v1', 'serviceaccounts', namespace);
    const manifest = { kind: 'ServiceAccount', metadata: { name: 'default' }, ...fields };
    bodyOf('apply', await accounts.apply('default', manifest, { fieldManager }));
  };
  const line = (what: string, namespace: string): string =>
    `ServiceAccount ${namespace}/default: ${what}  ${DEFAULT_RULE}\n`;
  const change = `    ${FIELD}: not set -> false\n`;

  it('prints what it would patch, by itself or after asking the API server, and writes nothing', async () => {
    const namespace = await createNamespace();
    const before = await account(namespace);
    expect(await fixDefault(namespace, ['--dry-run=client'])).to.include({
      code: 1,
      stdout: line('would be patched (client dry run)', namespace) + change,
      stderr: '',
    });
    expect(await fixDefault(namespace, ['--dry-run=server'])).to.include({
      code: 1,
      stdout: line('would be patched (server dry run)', namespace) + change,
      stderr: '',
    });
    expect((await account(namespace)).metadata.resourceVersion).to.equal(before.metadata.resourceVersion);
    // What its page shows.
    const page = await readFile(join(repository, 'docs/remediation.md'), 'utf8');
    const printed = line('would be patched (client dry run)', 'billing') + change;
    expect(page).to.contain(`$ merlon fix --cluster -n billing --dry-run=client\n${printed}\`\`\``);
  });

  it('patches with a field manager of its own, once', async () => {
    const namespace = await createNamespace();
    expect(await fixDefault(namespace)).to.include({
      code: 0,
      stdout: line('patched', namespace) + change,
      stderr: '',
    });
    const after = await account(namespace);
    expect(after[FIELD]).to.equal(false);
    const managers = (after.metadata['managedFields'] as readonly ManagedFields[]).map(
      ({ manager, operation }) => `${manager} ${operation}`,
    );
    expect(managers).to.include('merlon-fix Apply').and.not.include('merlon-remediator Apply');
    expect(await fixDefault(namespace)).to.include({ code: 0, stdout: '', stderr: 'nothing to fix\n' });
  });

  it('holds back where a workload would lose its token, unless it is told otherwise', async () => {
    const namespace = await createNamespace();
    await suite().client.create(deployment(namespace, 'web', plainPod));
    const held = await fixDefault(namespace);
    expect(held).to.include({ code: 1, stderr: '1 held back\n' });
    expect(held.stdout).to.contain(line('held back, WorkloadAtRisk', namespace));
    expect(held.stdout).to.contain('Deployment "web" mounts the token of "default"');
    expect(await account(namespace)).not.to.have.property(FIELD);
    expect(await fixDefault(namespace, ['--allow-in-use'])).to.include({ code: 0, stderr: '' });
    expect((await account(namespace))[FIELD]).to.equal(false);
  });

  it('takes nothing from Argo CD, nor from anybody else, and prints the patch', async () => {
    const [git, hand] = [await createNamespace(), await createNamespace()];
    await applyAs(git, 'argocd-controller', { [FIELD]: true });
    await applyAs(hand, 'somebody', { [FIELD]: true });
    const owned = await fixDefault(git, ['--allow-in-use']);
    expect([owned.code, owned.stderr]).to.deep.equal([1, '1 held back\n']);
    expect(owned.stdout).to.contain(line('held back, GitOpsOwned', git));
    expect(owned.stdout).to.contain(
      `      metadata:\n        name: default\n        namespace: ${git}\n      ${FIELD}: false\n`,
    );
    const conflict = await fixDefault(hand, ['--allow-in-use']);
    expect(conflict.stdout).to.contain(line('held back, FieldConflict', hand)).and.to.contain('"somebody"');
    for (const namespace of [git, hand]) expect((await account(namespace))[FIELD]).to.equal(true);
  });

  it('says of each object where the caller may not patch it, and exits with 4', async () => {
    const namespace = await createNamespace();
    const { client } = suite();
    await client.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'reader-of-all' },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }],
    });
    await client.create({
      ...roleBinding(namespace, 'readers', 'reader-of-all', 'vera'),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader-of-all' },
    });
    const vera = await suite().kubeconfigFor({ user: 'vera' });
    const { code, stdout, stderr } = await fixDefault(namespace, [], vera);
    expect(code).to.equal(4);
    expect(stdout).to.contain(line('not patched, Forbidden', namespace));
    expect(stdout).to.match(/you may not patch it: .*User "vera" cannot patch resource "serviceaccounts"/);
    expect(stderr).to.match(/^1 not patched$/m);
    expect(await account(namespace)).not.to.have.property(FIELD);
  });

  it('prints what it never writes as a patch to be applied, which the API server takes', async () => {
    const namespace = await createNamespace();
    await applyAs(namespace, 'merlon-fix', { [FIELD]: false });
    const pulled = { ...hardenedPod, containers: [{ name: 'app', image: 'registry.example/app:1' }] };
    await suite().client.create(deployment(namespace, 'web', pulled));
    const { code, stdout, stderr } = await fix(['-n', namespace, '--rule', 'pod-image-pull-policy']);
    expect([code, stderr]).to.deep.equal([0, '1 to be applied by yourself\n']);
    expect(stdout).to.contain(`Deployment ${namespace}/web: to be applied by yourself  pod-image-pull-policy\n`);
    const [, printed = ''] = stdout.split('    the patch:\n');
    const patch = printed.replaceAll(/^ {6}/gm, '');
    const applied = await suite().kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], { stdin: patch });
    expect(applied.code, applied.stderr).to.equal(0);
    expect(await fix(['-n', namespace, '--rule', 'pod-image-pull-policy'])).to.include({ code: 0, stdout: '' });
  });

  it('labels a namespace with the level that everything in it passes', async () => {
    const namespace = await createNamespace();
    const level = 'pod-security.kubernetes.io/enforce';
    const rule = ['-n', namespace, '--rule', 'namespace-pod-security-level'];
    expect(await fix(rule)).to.include({ code: 0, stderr: '' });
    const labels = async () =>
      bodyOf('namespace', await suite().client.resource('v1', 'namespaces').get(namespace)).metadata.labels;
    expect(await labels()).to.include({ [level]: 'restricted' });
  });

  it('leaves the namespaces of the cluster itself alone unless they are named', async () => {
    const all = await fix(['-A', '--rule', DEFAULT_RULE, '--dry-run=client']);
    expect(all.stdout).not.to.contain('kube-system/');
    expect(all.stderr).to.match(/left alone in namespaces of the cluster itself, which -n names/);
    const named = await fixDefault('kube-system', ['--dry-run=client', '--allow-in-use']);
    expect(named.stdout).to.contain('ServiceAccount kube-system/default: would be patched');
  });

  it('fixes nothing that is exempt', async () => {
    const namespace = await createNamespace();
    await suite().client.create({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'ClusterHardeningExemption',
      metadata: { name: namespace },
      spec: {
        rules: [DEFAULT_RULE],
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
        reason: 'the agent of the platform needs it',
      },
    });
    expect(await fixDefault(namespace)).to.include({ code: 0, stdout: '', stderr: 'nothing to fix\n' });
    expect(await account(namespace)).not.to.have.property(FIELD);
  });
});
