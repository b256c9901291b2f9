/** What API servers count of what is recorded, warned of and refused is told by a preview: at least, and never as none. */
import { expect } from 'chai';

import { runMerlon } from '../cli/merlon-process.ts';
import { useControlPlane } from '../support/integration.ts';
import { applyYaml, grant, waitForAnswer } from './guarded-cluster.ts';

interface Preview {
  readonly counted?: readonly {
    readonly binding: string;
    readonly mode: string;
    readonly count: number;
    readonly since: string;
    readonly instances: readonly string[];
  }[];
  readonly countedUnknown?: readonly string[];
}

const args = ['--families', 'pod-security', '--rules', 'pod-privileged,pod-host-namespaces'];

describe('what API servers count of what policies refuse', () => {
  const cluster = useControlPlane({ needs: ['restart'], own: { auditLog: false } });

  before('namespaces that ask for each mode', async () => {
    for (const mode of ['audit', 'warn', 'deny']) {
      await cluster().client.createNamespace(mode, { 'merlon.dev/enforce': mode });
    }
    const { stdout } = await runMerlon(['enforce', '-o', 'yaml', ...args]);
    await applyYaml(cluster(), stdout);
    await waitForAnswer(() => tryPod('deny', { hostPID: true }), /^403/);
  });

  async function tryPod(namespace: string, fields: object): Promise<string> {
    const spec = { containers: [{ name: 'main', image: 'registry.example/main:1' }], ...fields };
    const pods = cluster().client.resource('v1', 'pods', namespace);
    const { status } = await pods.create({ metadata: { generateName: 'a-' }, spec }, { dryRun: 'All' });
    return String(status);
  }

  async function preview(kubeconfig = cluster().adminKubeconfig): Promise<Preview> {
    const { stdout } = await runMerlon(['enforce', '--preview', '-o', 'json', '--kubeconfig', kubeconfig, ...args]);
    return JSON.parse(stdout) as Preview;
  }

  it('is told by binding, once for each rule that a request broke, and since when', async () => {
    const before = new Map((await preview()).counted?.map(({ binding, count }) => [binding, count]));
    const both = {
      hostPID: true,
      containers: [{ name: 'main', image: 'registry.example/main:1', securityContext: { privileged: true } }],
    };
    for (const spec of [both, { hostPID: true }, {}]) expect(await tryPod('warn', spec)).to.equal('201');
    expect(await tryPod('deny', { hostPID: true })).to.equal('403');
    const { counted = [], countedUnknown } = await preview();
    const more = counted.map(({ binding, mode, count }) => [binding, mode, count - (before.get(binding) ?? 0)]);
    expect(more).to.deep.equal([
      ['merlon-pod-security-warn', 'warn', 3],
      ['merlon-pod-security-deny', 'deny', 1],
    ]);
    for (const { since, instances } of counted) {
      expect(Date.parse(since)).to.be.within(Date.now() - 600_000, Date.now());
      expect(instances).to.have.length(1);
    }
    // Its address is a loopback one, so that there may be others.
    expect(countedUnknown?.[0]).to.match(/only \S+ was asked/);
    const table = await runMerlon(['enforce', '--preview', '--kubeconfig', cluster().adminKubeconfig, ...args]);
    expect(table.stdout).to.match(
      /\nso far, in all namespaces, counted once for each rule that a request broke, on trial or not:\n {2}merlon-pod-security-warn: 3 warned of, by API server \S+ since \S+Z\n/,
    );
  });

  it('is not known to who may not see it, and not none', async () => {
    const rules = ['', 'apps', 'batch'].map((group) => ({ apiGroups: [group], resources: ['*'], verbs: ['list'] }));
    await grant(cluster(), 'reader', rules);
    const kubeconfig = await cluster().kubeconfigFor({ user: 'reader' });
    await waitForAnswer(
      async () => (await preview(kubeconfig)).countedUnknown?.[0] ?? '',
      /\/metrics was answered 403/,
    );
    expect(await preview(kubeconfig)).not.to.have.property('counted');
  });

  it('is forgotten by an API server that is started anew, and then not said to be none', async function () {
    this.timeout(60_000);
    await cluster().apiServer.restart();
    expect(await preview()).not.to.have.property('counted');
  });
});
