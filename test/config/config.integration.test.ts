/** config/ on a real API server: it can be applied, the operator's pod is admitted, and people see what they may. */
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';

import { expect } from 'chai';
import { load, loadAll } from 'js-yaml';

import { buildInstallManifests } from '../../src/generate/install-manifests.ts';
import { runMerlon } from '../cli/merlon-process.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';

interface PodTemplate {
  readonly metadata: object;
  readonly spec: { readonly containers: readonly object[] };
}

const root = join(import.meta.dirname, '../..');

describe('config/ on a real API server', () => {
  const cluster = useControlPlane({ own: {} });
  const kubectl = async (args: readonly string[], stdin?: string) =>
    cluster().kubectl(args, stdin === undefined ? {} : { stdin });
  const dryRunPod = async (template: PodTemplate) => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'trial', namespace: 'merlon' },
      spec: template.spec,
    };
    return kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(pod));
  };

  before('install', async () => {
    const applied = await kubectl(['apply', '--server-side', '-k', join(root, 'config')]);
    expect(applied).to.include({ code: 0, stderr: '' });
    const isServed = async () => (await kubectl(['get', 'secpos,csecpos,chpol,hpol,chexm,hexm', '-A'])).code === 0;
    await waitUntil(isServed, { what: 'the kinds of Merlon to be served' });
  });

  it('kubectl kustomize gives the same objects as make install-manifests', async () => {
    const { stdout } = await kubectl(['kustomize', join(root, 'config')]);
    expect(loadAll(await buildInstallManifests(root))).to.have.deep.members(loadAll(stdout));
  });

  it('for older nodes holds the same but for what they refuse', async () => {
    const field = '        supplementalGroupsPolicy: Strict\n';
    const { stdout } = await kubectl(['kustomize', join(root, 'config')]);
    expect(stdout.split(field)).to.have.length(2);
    const older = await kubectl(['kustomize', join(root, 'config/older-nodes')]);
    expect(older).to.include({ code: 0, stdout: stdout.replace(field, '') });
  });

  it('applied once more changes nothing', async () => {
    const { code, stdout } = await kubectl(['diff', '--server-side', '-k', join(root, 'config')]);
    expect(stdout).to.equal('');
    expect(code).to.equal(0);
  });

  it('the Deployment is admitted without a warning where Pod Security enforces restricted, and so is its pod', async () => {
    const path = join(root, 'config/manager/deployment.yaml');
    expect(await kubectl(['apply', '--dry-run=server', '--server-side', '-f', path])).to.include({
      code: 0,
      stderr: '',
    });
    const { spec } = load(await readFile(path, 'utf8')) as { readonly spec: { readonly template: PodTemplate } };
    expect(await dryRunPod(spec.template)).to.include({ code: 0, stderr: '' });
    // Without its security context it would not be.
    const [container] = spec.template.spec.containers;
    const careless = { ...spec.template, spec: { containers: [{ ...container, securityContext: {} }] } };
    expect((await dryRunPod(careless)).stderr).to.match(/violates PodSecurity "restricted/);
  });

  const apply = async (yaml: string): Promise<void> => {
    const { code, stderr } = await kubectl(['apply', '--server-side', '-f', '-'], yaml);
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
  };
  const readBlocks = async (page: string): Promise<readonly string[]> =>
    [...(await readFile(join(root, page), 'utf8')).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml]) => yaml ?? '');

  it('the samples can be applied, twice', async () => {
    for (const attempt of ['first', 'second']) {
      const { code, stderr } = await kubectl(['apply', '--server-side', '-R', '-f', join(root, 'config/samples')]);
      expect(code, `${attempt}: ${stderr}`).to.equal(0);
    }
  });

  describe('exemptions', () => {
    const print = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await runMerlon(args);
      expect([code, stderr]).to.deep.equal([0, '']);
      return stdout;
    };
    const expiry = ['--expires', '2099-01-01'];

    it('the packs can be applied', async () => {
      const { code, stderr } = await kubectl(['apply', '--server-side', '-k', join(root, 'config/exemptions')]);
      expect([code, stderr]).to.deep.equal([0, '']);
    });

    it('what merlon exempt prints is accepted', async () => {
      const why = ['--reason', 'as the "other": it is # so \u{1f642}', '--owner', 'shop', '--ticket', 'S-1', ...expiry];
      await apply(await print('exempt', 'pod-privileged', 'deploy/w*', '-n', 'shop', '--container', 'a*', ...why));
      await apply(await print('exempt', 'rbac-secrets-read', 'clusterrole/a:b', '--cluster', ...why));
    });

    it('what merlon baseline prints of a namespace is accepted, and is the same the next time', async () => {
      const kubeconfig = await cluster().kubeconfigFor({ user: 'ada', groups: ['system:masters'] });
      const args = ['baseline', '--cluster', '--kubeconfig', kubeconfig, '-n', 'shop', ...expiry];
      const { stdout } = await runMerlon(args);
      expect(stdout).to.include('name: baseline-pod-privilege-escalation');
      await apply(stdout);
      expect((await runMerlon(args)).stdout).to.equal(stdout);
    });

    it('so is the YAML of docs/exemptions.md', async () => {
      const blocks = await readBlocks('docs/exemptions.md');
      expect(blocks).to.have.length(3);
      for (const block of blocks) await apply(block);
    });
  });

  it('the YAML of docs/remediation.md can be applied, but for what is for Argo CD', async () => {
    const blocks = await readBlocks('docs/remediation.md');
    const isForArgoCd = (block: string) => block.startsWith('apiVersion: argoproj.io');
    expect(blocks.filter(isForArgoCd)).to.have.length(1);
    for (const block of blocks) if (!isForArgoCd(block)) await apply(block);
  });

  describe('people', () => {
    before('bind', async () => {
      const commands = [
        ['create', 'namespace', 'team'],
        ['create', 'rolebinding', 'reads', '-n', 'team', '--clusterrole=merlon-posture-viewer', '--user=reader'],
        ['create', 'rolebinding', 'views', '-n', 'team', '--clusterrole=view', '--user=viewer'],
        ['create', 'clusterrolebinding', 'sees', '--clusterrole=merlon-cluster-posture-viewer', '--user=officer'],
        ['create', 'clusterrolebinding', 'writes', '--clusterrole=merlon-policy-editor', '--user=editor'],
      ];
      for (const command of commands) expect((await kubectl(command)).code, command.join(' ')).to.equal(0);
    });

    const rows: readonly { readonly name: string; readonly question: string; readonly answer: 'yes' | 'no' }[] = [
      { name: 'a posture viewer reads the posture', question: 'reader: get secpos -n team', answer: 'yes' },
      { name: 'a posture viewer reads no other namespace', question: 'reader: get secpos -n default', answer: 'no' },
      { name: 'a posture viewer changes nothing', question: 'reader: update secpos/status -n team', answer: 'no' },
      { name: 'a posture viewer sees nothing of the cluster', question: 'reader: get csecpos', answer: 'no' },
      {
        name: 'who may view a namespace sees no posture by that',
        question: 'viewer: get secpos -n team',
        answer: 'no',
      },
      { name: 'a viewer of the cluster reads its posture', question: 'officer: watch csecpos', answer: 'yes' },
      { name: 'a viewer of the cluster reads policies', question: 'officer: list chpol', answer: 'yes' },
      { name: 'a viewer of the cluster writes no policy', question: 'officer: create chpol', answer: 'no' },
      { name: 'a policy editor writes policies', question: 'editor: patch chpol', answer: 'yes' },
      { name: 'a policy editor writes policies of namespaces', question: 'editor: create hpol -n team', answer: 'yes' },
      {
        name: 'a posture viewer reads what the namespace expects',
        question: 'reader: get hpol -n team',
        answer: 'yes',
      },
      { name: 'a posture viewer does not change it', question: 'reader: update hpol -n team', answer: 'no' },
      { name: 'a policy editor does not write their status', question: 'editor: update chpol/status', answer: 'no' },
      { name: 'a policy editor reads no posture', question: 'editor: get csecpos', answer: 'no' },
    ];
    for (const { name, question, answer } of rows) {
      it(name, async () => {
        const [user = '', words = ''] = question.split(': ');
        const [verb = '', resource = '', ...flags] = words.split(' ');
        const [plural = '', subresource] = resource.split('/');
        const sub = subresource === undefined ? [] : [`--subresource=${subresource}`];
        const { stdout } = await kubectl(['auth', 'can-i', verb, plural, ...sub, ...flags, '--as', user]);
        expect(stdout.trim()).to.equal(answer);
      });
    }
  });
});
