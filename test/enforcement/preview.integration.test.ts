/**
 * What `merlon enforce --preview` says would be refused is what a real API server then refuses: generated pods and workloads
 * that are there, each made anew on trial in a namespace that denies, and exec into each pod. `SEED=… mocha FILE` repeats a run.
 */
import { expect } from 'chai';

import type { Json } from '../pod-security/generator.ts';
import { workloadForms } from '../pod-security/generator-workloads.ts';
import { runMerlon } from '../cli/merlon-process.ts';
import { bodyOf } from '../support/api-client.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { useControlPlane } from '../support/integration.ts';
import { applyYaml, connect, createDebugger, createPod, REFUSED, waitForAnswer } from './guarded-cluster.ts';
import type { PostureReport } from '../../src/report/posture-report.ts';
import { askAnew, createCompared, readSaid } from './asked-anew.ts';
import { generatePodCase } from './differential/pod-cases.ts';
import type { PodCase } from './differential/pod-cases.ts';

const cases = 120;
type Case = Pick<PodCase, 'kind' | 'manifest'>;

/** Lacks only what is set. */
const silent: Case = {
  kind: 'Pod',
  manifest: {
    apiVersion: 'v1',
    kind: 'Pod',
    spec: {
      securityContext: { appArmorProfile: { type: 'RuntimeDefault' } },
      containers: [{ name: 'main', image: 'registry.example/main:1.0' }],
    },
  },
};
const families = 'exec,pod-security';
/** The same with what sets something in pods first, where the API server does. */
const setting = 'exec,pod-security,pod-defaults,image-pulls';

interface Preview {
  readonly namespaces: readonly {
    readonly namespace: string;
    readonly refused: readonly {
      readonly subject: { readonly kind: string; readonly name: string };
      readonly only?: string;
    }[];
    readonly undecided: readonly { readonly message: string }[];
    readonly execTargets: readonly { readonly name: string }[];
    readonly withoutPullSecrets?: readonly { readonly name: string }[];
  }[];
}

describe('what a preview says', () => {
  const cluster = useControlPlane({ needs: ['build'], own: { auditLog: false } });
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
  const present: { readonly name: string; readonly asked: Case }[] = [];

  before('generated objects in a namespace that nothing is enforced in', async function () {
    this.timeout(120_000);
    await cluster().client.createNamespace('present');
    await cluster().client.createNamespace('denied', { 'merlon.dev/enforce': 'deny' });
    const generated = Array.from({ length: cases }, (_, index) => generatePodCase(seed, index));
    for (const [index, asked] of [silent, ...generated].entries()) {
      const name = `case-${index}`;
      const { status } = await create('present', name, asked);
      if (status === 201) present.push({ name, asked });
    }
  });

  function create(
    namespace: string,
    name: string,
    { kind, manifest }: Case,
    query: Readonly<Record<string, string>> = {},
  ) {
    const { apiVersion, plural } = kind === 'Pod' ? { apiVersion: 'v1', plural: 'pods' } : workloadForms[kind];
    const metadata = { ...(manifest['metadata'] as Json), name };
    return cluster()
      .client.resource(apiVersion, plural, namespace)
      .create({ ...manifest, metadata }, query);
  }

  async function preview(of: string) {
    const { adminKubeconfig } = cluster();
    const args = ['enforce', '--preview', '-n', 'present', '-o', 'json', '--kubeconfig', adminKubeconfig];
    const { code, stdout, stderr } = await runMerlon([...args, '--families', of]);
    expect(stderr).to.equal('');
    expect(code).to.equal(1);
    const [one] = (JSON.parse(stdout) as Preview).namespaces;
    if (one === undefined) throw new Error(stdout);
    return one;
  }

  async function applyFamilies(of: string): Promise<void> {
    const version = `1.${cluster().minor}`;
    const args = ['enforce', '-o', 'yaml', '--kubernetes-version', version, '--families', of];
    await applyYaml(cluster(), (await runMerlon(args)).stdout);
  }

  const ask = async ({ name, asked }: (typeof present)[number]): Promise<string> => {
    const { status, body } = await create('denied', name, asked, { dryRun: 'All' });
    return `${status} ${String((body as { message?: unknown }).message)}`;
  };
  const nameOf = ({ name, asked }: (typeof present)[number]): string => `${asked.kind} ${name}`;
  const findRefused = async (): Promise<readonly string[]> => {
    const refused: string[] = [];
    for (const one of present) if ((await ask(one)).startsWith('403 ')) refused.push(nameOf(one));
    return refused.toSorted();
  };
  const tellRefused = ({ refused }: Awaited<ReturnType<typeof preview>>): readonly string[] => {
    const declared = refused.filter(({ only }) => only !== 'running');
    return [...new Set(declared.map(({ subject }) => `${subject.kind} ${subject.name}`))].toSorted();
  };

  it(`is what a namespace that denies then does, of ${cases} generated pods and workloads (SEED=${seed})`, async function () {
    this.timeout(180_000);
    const said = await preview(families);
    await applyFamilies(families);
    const known = present.find((one) => tellRefused(said).includes(nameOf(one)));
    if (known === undefined) throw new Error('nothing would be refused');
    await waitForAnswer(() => ask(known), /^403 .*merlon-pod-security-deny/);
    const refused = await findRefused();
    expect(tellRefused(said), `SEED=${seed}`).to.deep.equal(refused);
    // What no kubelet accepts nobody refuses, and nobody knows what would run.
    for (const { message } of said.undecided) expect(message).to.match(/is no image that a kubelet accepts$/);
    expect(refused.length).to.be.greaterThan(10).and.lessThan(present.length);
    expect(present.length).to.be.greaterThan(cases * 0.9);
  });

  it(`is what it does where something is set in pods first (SEED=${seed})`, async function () {
    this.timeout(180_000);
    if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
    const before = await findRefused();
    const told = tellRefused(await preview(setting));
    await applyFamilies(setting);
    const spared = present.find((one) => before.includes(nameOf(one)) && !told.includes(nameOf(one)));
    if (spared === undefined) throw new Error('nothing would be spared by what is set');
    await waitForAnswer(() => ask(spared), /^201 /);
    expect(told, `SEED=${seed}`).to.deep.equal(await findRefused());
    expect(told.length).to.be.greaterThan(10).and.lessThan(before.length);
  });

  it('is also which workloads have no credentials for their images, as the API server gives them to pods', async () => {
    const { client, adminKubeconfig } = cluster();
    await client.createNamespace('pulling');
    const metadata = { name: 'puller', namespace: 'pulling' };
    const imagePullSecrets = [{ name: 'registry' }];
    await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata, imagePullSecrets });
    const make = (name: string, fields: Json) =>
      createPod(cluster(), `pulling/${name}`, { automountServiceAccountToken: false, ...fields });
    await make('by-account', { serviceAccountName: 'puller' });
    await make('by-itself', { imagePullSecrets });
    await make('bare', {});
    const args = ['enforce', '--preview', '-n', 'pulling', '-o', 'json', '--families', 'image-pulls'];
    const { stdout } = await runMerlon([...args, '--kubeconfig', adminKubeconfig]);
    const [one] = (JSON.parse(stdout) as Preview).namespaces;
    expect(one?.withoutPullSecrets?.map(({ name }) => name)).to.deep.equal(['bare']);
  });

  it('is whom exec then refuses', async function () {
    this.timeout(120_000);
    const { client } = cluster();
    const debugging = await createDebugger(cluster(), 'dora');
    const { execTargets } = await preview(families);
    bodyOf(
      'label',
      await client
        .resource('v1', 'namespaces')
        .patch('present', { metadata: { labels: { 'merlon.dev/enforce': 'deny' } } }),
    );
    const [first] = execTargets;
    if (first === undefined) throw new Error('no pod is guarded');
    await waitForAnswer(() => connect(debugging, `present/${first.name}`), REFUSED);
    const { items } = bodyOf('pods', await client.resource('v1', 'pods', 'present').list());
    const refused: string[] = [];
    for (const { metadata } of items) {
      const answer = await connect(debugging, `present/${metadata.name}`);
      if (REFUSED.test(answer)) refused.push(metadata.name);
      else expect(answer).to.match(/^400 /);
    }
    expect(execTargets.map(({ name }) => name).toSorted()).to.deep.equal(refused.toSorted());
    expect(refused.length).to.be.lessThan(items.length);
  });

  describe('is also beside findings of what is there, as the API server answers to each', () => {
    const namespace = 'said';
    const policies = 'validatingadmissionpolicybindings,validatingadmissionpolicies';
    const setters = 'mutatingadmissionpolicybindings,mutatingadmissionpolicies';
    const rows: readonly (readonly [what: string, stands: Stands, answers: readonly string[]])[] = [
      [
        'what is set, and what refuses the rest',
        { families: setting, label: 'deny' },
        ['deny Deployment outspoken', 'deny Deployment silent', 'deny Pod debugged-silent', 'deny Pod outspoken'],
      ],
      [
        'what refuses where nothing is set any more',
        { families: setting, label: 'deny', isNothingSet: true },
        [
          ...[
            'deny Deployment digest',
            'deny Deployment outspoken',
            'deny Deployment seldom',
            'deny Deployment silent',
          ],
          ...['deny Pod debugged-seldom', 'deny Pod debugged-silent', 'deny Pod digest', 'deny Pod outspoken'],
          ...['deny Pod seldom', 'deny Pod silent'],
        ],
      ],
      ['what sets pulls alone', { families: 'image-pulls', label: 'deny' }, []],
      [
        'a label of Pod Security, after what is set',
        { families: 'pod-defaults', label: 'deny', level: 'restricted' },
        ['deny Deployment outspoken', 'deny Pod debugged-silent', 'deny Pod outspoken', 'warn Deployment silent'],
      ],
      [
        'what warns, where nothing is set',
        { families: setting, label: 'warn' },
        [
          ...[
            'warn Deployment digest',
            'warn Deployment outspoken',
            'warn Deployment seldom',
            'warn Deployment silent',
          ],
          ...['warn Pod debugged-seldom', 'warn Pod debugged-silent', 'warn Pod digest', 'warn Pod outspoken'],
          ...['warn Pod seldom', 'warn Pod silent'],
        ],
      ],
    ];

    before(async function () {
      if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
      await cluster().client.createNamespace(namespace);
      await createCompared(cluster(), namespace);
    });

    const remove = async (kinds: string): Promise<void> => {
      const { code, stderr } = await cluster().kubectl(['delete', kinds, '-l', 'app.kubernetes.io/managed-by=merlon']);
      if (code !== 0) throw new Error(stderr);
    };
    const enforce = async ({ families: of, label, level, isNothingSet }: Stands): Promise<void> => {
      const labels = { 'merlon.dev/enforce': label, 'pod-security.kubernetes.io/enforce': level ?? null };
      await remove(`${policies},${setters}`);
      await applyFamilies(of);
      if (isNothingSet === true) await remove(setters);
      bodyOf('label', await cluster().client.resource('v1', 'namespaces').patch(namespace, { metadata: { labels } }));
    };
    const listNotTaken = (answers: Awaited<ReturnType<typeof askAnew>>): readonly string[] =>
      Object.entries(answers)
        .flatMap(([name, answer]) => (answer === 'taken' ? [] : [`${answer} ${name}`]))
        .toSorted();

    for (const [what, stands, expected] of rows) {
      it(`where there is ${what}`, async function () {
        this.timeout(60_000);
        await enforce(stands);
        let answers: Awaited<ReturnType<typeof askAnew>> = {};
        const ask = async (): Promise<string> =>
          listNotTaken((answers = await askAnew(cluster(), namespace))).join('\n');
        await waitForAnswer(ask, new RegExp(`^${expected.join('\n')}$`));
        const args = ['scan', '--cluster', '-A', '-o', 'json', '--kubeconfig', cluster().adminKubeconfig];
        const { findings } = JSON.parse((await runMerlon(args)).stdout) as PostureReport;
        expect(readSaid(findings, namespace, Object.keys(answers))).to.deep.equal(answers);
      });
    }
  });
});

/** What is in force in a namespace. */
interface Stands {
  readonly families: string;
  readonly label: 'warn' | 'deny';
  readonly level?: 'restricted';
  /** Whether what sets something is gone. */
  readonly isNothingSet?: true;
}
