/**
 * From what "merlon enforce -o yaml" prints to what Merlon says of the cluster then: applied by kubectl, with the rights
 * that docs/enforcement.md names and no others.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';
import { load, loadAll } from 'js-yaml';

import type { ApiServerReport } from '../../src/report/api-server-report.ts';
import { runMerlon } from '../cli/merlon-process.ts';
import { bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { applyYaml, grant, removeGuards } from './guarded-cluster.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';
const root = join(import.meta.dirname, '../..');

describe('merlon enforce, applied', () => {
  const cluster = useControlPlane({ own: {} });
  let kubeconfig: string;
  let yaml: string;

  before('somebody with the rights that the page names', async function () {
    this.timeout(60_000);
    const page = await readFile(join(root, 'docs/enforcement.md'), 'utf8');
    const [, role = ''] = /```yaml\n(apiVersion: rbac[^`]*)```/.exec(page) ?? [];
    const { rules } = load(role) as { readonly rules: readonly object[] };
    await grant(cluster(), 'platform', rules);
    kubeconfig = await cluster().kubeconfigFor({ user: 'platform' });
    yaml = await print();
  });

  async function print(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await runMerlon([
      'enforce',
      '-o',
      'yaml',
      '--kubernetes-version',
      '1.37',
      ...args,
    ]);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout;
  }

  /** Made by kubectl, which reads its schema and what is there. */
  const everything = ['--with', 'portforward,proxy,ephemeral-containers,host-network', '--nodes-proxy', 'audit'];

  it('is taken, all of it, and a second time nothing changes', async () => {
    const all = await print(...everything);
    expect(await applyYaml(cluster(), all, kubeconfig)).to.match(/merlon-exec-guard created/);
    const again = await applyYaml(cluster(), all, kubeconfig);
    expect(again.trimEnd().split('\n')).to.have.length(12);
    for (const line of again.trimEnd().split('\n')) expect(line).to.match(/ unchanged$/);
    const serverSide = ['apply', '--server-side', '--force-conflicts', '-f', '-'];
    expect(await cluster().kubectl(serverSide, { kubeconfig, stdin: all })).to.include({ code: 0 });
  });

  it('is stored as it was printed: no default of the API server is left unsaid', async () => {
    const policy = bodyOf(
      'policy',
      await cluster().client.resource(ADMISSION, 'validatingadmissionpolicies').get('merlon-exec-guard'),
    );
    const all = await print(...everything);
    const printed = load(all.split('---\n')[0] ?? '') as { readonly spec: object };
    expect(policy['spec']).to.deep.equal(printed.spec);
    const bindings = cluster().client.resource(ADMISSION, 'validatingadmissionpolicybindings');
    const binding = bodyOf('binding', await bindings.get('merlon-exec-guard-audit'));
    const printedBinding = load(all.split('---\n')[1] ?? '') as { readonly spec: object };
    expect(binding['spec']).to.deep.equal(printedBinding.spec);
    const policies = cluster().client.resource(ADMISSION, 'validatingadmissionpolicies');
    const ofPods = (
      loadAll(all) as readonly { readonly metadata: { readonly name: string }; readonly spec: object }[]
    ).find(({ metadata }) => metadata.name === 'merlon-pod-security');
    expect(bodyOf('policy', await policies.get('merlon-pod-security'))['spec']).to.deep.equal(ofPods?.spec);
  });

  it('can be taken away with them', async () => {
    const args = ['delete', '--wait=false', '-f', '-'];
    const result = await cluster().kubectl(args, { kubeconfig, stdin: await print(...everything) });
    expect([result.code, result.stderr]).to.deep.equal([0, '']);
    const { items } = bodyOf(
      'policies',
      await cluster().client.resource(ADMISSION, 'validatingadmissionpolicies').list(),
    );
    expect(items).to.deep.equal([]);
  });

  const lacking = [
    ['get', 'list', /must have "get" permission on all objects of the referenced paramKind/],
    ['list', 'get', /does not have "list" permission on the object referenced by paramRef/],
  ] as const;
  for (const [lacks, has, message] of lacking) {
    it(`is not taken from somebody who may not ${lacks} pods`, async () => {
      await removeGuards(cluster());
      const user = `lacks-${lacks}`;
      const objects = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'];
      await grant(cluster(), user, [
        { apiGroups: ['admissionregistration.k8s.io'], resources: objects, verbs: ['create', 'get', 'patch'] },
        { apiGroups: [''], resources: ['pods'], verbs: [has] },
      ]);
      const failure = await applyYaml(cluster(), yaml, await cluster().kubeconfigFor({ user })).catch(String);
      expect(failure).to.match(message);
    });
  }

  describe('is what the rule about exec goes by', () => {
    interface Said {
      readonly outcome: string;
      readonly severity: string | undefined;
      readonly message: string;
    }

    async function verdict(): Promise<Said> {
      const { stdout } = await runMerlon(['api-server', '-o', 'json', '--kubeconfig', cluster().adminKubeconfig]);
      const { verdicts } = JSON.parse(stdout) as ApiServerReport;
      const found = verdicts.find(({ rule }) => rule === 'api-server-exec-admission');
      return { outcome: found?.outcome ?? '', severity: found?.severity, message: found?.message ?? '' };
    }

    before('namespaces of every mode', async () => {
      await removeGuards(cluster());
      await cluster().client.createNamespace('shop', { 'merlon.dev/enforce': 'deny' });
      await cluster().client.createNamespace('lab', { 'merlon.dev/enforce': 'audit' });
      await cluster().client.createNamespace('ci', { 'merlon.dev/enforce': 'deny' });
    });

    it('without it nobody decides', async () => {
      expect(await verdict()).to.deep.include({ outcome: 'fail', severity: 'medium' });
      expect((await verdict()).message).not.to.contain('guard');
    });

    it('it says where it refuses, where it only records, and what is left', async () => {
      await applyYaml(cluster(), await print('--namespaces-out', 'kube-system,merlon,ci'));
      const { outcome, severity, message } = await verdict();
      expect([outcome, severity]).to.deep.equal(['fail', 'low']);
      expect(message).to.match(
        /in namespace "ci" and 5 more; Merlon's exec guard "merlon-exec-guard" refuses them in namespace "shop", and only records them in namespace "lab"; bind/,
      );
    });

    it('with --mode deny only those are left that are kept out, or labelled otherwise', async () => {
      await applyYaml(cluster(), await print('--mode', 'deny', '--namespaces-out', 'kube-system,merlon,ci'));
      const { message } = await verdict();
      expect(message).to.match(
        /in namespace "ci" and 2 more; .* in namespace "default" and 3 more, and only records them in namespace "lab"/,
      );
    });

    it('it passes where nothing is left', async () => {
      await cluster()
        .client.resource('v1', 'namespaces')
        .patch('lab', { metadata: { labels: { 'merlon.dev/enforce': 'deny' } } });
      await applyYaml(
        cluster(),
        await print('--mode', 'deny', '--namespaces-out', '', '--break-glass-group', "on'call \\ 24/7"),
      );
      expect(await verdict()).to.deep.include({ outcome: 'pass' });
    });

    it('somebody who changes it by hand makes it unknown', async () => {
      const policies = cluster().client.resource(ADMISSION, 'validatingadmissionpolicies');
      const condition = { name: 'target', expression: 'false' };
      bodyOf('patch', await policies.patch('merlon-exec-guard', { spec: { matchConditions: [condition] } }));
      const said = await verdict();
      expect(said.outcome).to.equal('unknown');
      expect(said.message).to.match(
        /^ValidatingAdmissionPolicy "merlon-exec-guard" is called like Merlon's exec guard/,
      );
      await applyYaml(cluster(), await print('--mode', 'deny', '--namespaces-out', ''));
      expect((await verdict()).outcome).to.equal('pass');
    });
  });

  it('trap 10: comes back to what it was where somebody changed the actions of a binding', async () => {
    await applyYaml(cluster(), yaml);
    const bindings = cluster().client.resource(ADMISSION, 'validatingadmissionpolicybindings');
    bodyOf('patch', await bindings.patch('merlon-exec-guard-deny', { spec: { validationActions: ['Warn'] } }));
    await applyYaml(cluster(), yaml);
    expect(bodyOf('binding', await bindings.get('merlon-exec-guard-deny'))['spec']).to.have.deep.property(
      'validationActions',
      ['Deny', 'Audit'],
    );
  });

  it('trap 10: is refused by server-side apply then, and never half of it stored: the binding has to go first', async () => {
    const bindings = cluster().client.resource(ADMISSION, 'validatingadmissionpolicybindings');
    bodyOf('patch', await bindings.patch('merlon-exec-guard-deny', { spec: { validationActions: ['Warn'] } }));
    const args = ['apply', '--server-side', '--force-conflicts', '-f', '-'];
    const refused = await cluster().kubectl(args, { stdin: yaml });
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain('must not contain both Deny and Warn');
    await bindings.delete('merlon-exec-guard-deny');
    expect(await cluster().kubectl(args, { stdin: yaml })).to.include({ code: 0 });
  });
});
