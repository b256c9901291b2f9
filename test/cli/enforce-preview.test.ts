/** `merlon enforce --preview` over files, as a process. */
import { expect } from 'chai';

import { useScanFolder } from './scan-folder.ts';

interface Preview {
  readonly namespaces: readonly {
    readonly namespace: string;
    readonly mode: string;
    readonly wouldRefuse: number;
    readonly refused: readonly { readonly rule: string; readonly subject: { readonly name: string } }[];
    readonly exempt: readonly { readonly exemption: string }[];
    readonly undecided: readonly { readonly rule: string; readonly subject: { readonly name: string } }[];
    readonly execTargets: readonly unknown[];
    readonly withoutPullSecrets?: readonly { readonly name: string }[];
  }[];
  readonly namespacesOut: readonly string[];
  readonly notPreviewed: readonly string[];
}

function deployment(name: string, namespace: string, container: object = {}): string {
  const spec = { containers: [{ name: 'main', image: 'registry.example/main:1', ...container }] };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { selector: {}, template: { metadata: {}, spec } },
  });
}

const privileged = { securityContext: { privileged: true } };

describe('merlon enforce --preview', function () {
  this.timeout(60_000);
  const folder = useScanFolder();

  beforeEach('a namespace with one that breaks a rule, one without, and one that is left alone', () =>
    folder().write({
      'shop/web.yaml': [deployment('web', 'shop', privileged), deployment('plain', 'other')].join('\n---\n'),
      'shop/system.yaml': deployment('proxy', 'kube-system', privileged),
      'shop/namespace.yaml': `{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {merlon.dev/enforce: warn}}}`,
      'exempt.yaml': JSON.stringify({
        apiVersion: 'merlon.dev/v1alpha1',
        kind: 'ClusterHardeningExemption',
        metadata: { name: 'agents' },
        spec: { rules: ['pod-privileged'], subjects: [{ namespace: 'shop' }], reason: 'agents of the nodes' },
      }),
    }),
  );

  const run = (...args: readonly string[]) =>
    folder().run(['enforce', '--preview', '-f', 'shop', '--rules', 'pod-privileged', ...args]);

  it('lists what would be refused, and by which rule, and exits with 1', async () => {
    const { code, stdout, stderr } = await run();
    expect([code, stderr]).to.deep.equal([1, '']);
    const cells = stdout.split('\n').map((line) => line.split(/ {3,}/));
    expect(cells.slice(0, 3)).to.deep.equal([
      ['NAMESPACE', 'NOW', 'ANSWER', 'OBJECT', 'RULE', 'WHY'],
      [
        ...['shop', 'warn', 'refused', 'Deployment "web"', 'pod-privileged'],
        'spec.template.spec.containers[0].securityContext.privileged: container "main" is privileged; remove it or set it to false',
      ],
      ['shop', 'warn', 'guarded', 'Deployment "web"', 'exec', 'exec and attach into it would be refused'],
    ]);
    expect(stdout).to.match(
      /\n\ndeny would refuse 1 workload, in 1 of 2 namespaces\nnever in these namespaces: kube-system\nNothing was written.\n$/,
    );
  });

  it('prints all of it as JSON, for one namespace', async () => {
    const { code, stdout } = await run(
      ...['-n', 'shop', '-o', 'json', '--families', 'exec,pod-security,image-pulls,service-accounts'],
      ...['--kubernetes-version', '1.36'],
    );
    const report = JSON.parse(stdout) as Preview;
    expect(code).to.equal(1);
    expect(report.namespaces.map(({ namespace, mode, wouldRefuse }) => [namespace, mode, wouldRefuse])).to.deep.equal([
      ['shop', 'warn', 1],
    ]);
    const [shop] = report.namespaces;
    expect(shop?.refused.map(({ rule, subject }) => [rule, subject.name])).to.deep.equal([['pod-privileged', 'web']]);
    expect(shop?.execTargets).to.deep.equal([{ kind: 'Deployment', name: 'web' }]);
    expect(shop?.withoutPullSecrets?.map(({ name }) => name)).to.deep.equal(['web']);
    // Which account pods get is not among the files.
    expect(shop?.undecided.map(({ rule, subject }) => [rule, subject.name])).to.deep.equal([
      ['service-accounts', 'web'],
    ]);
    expect(report.notPreviewed).to.deep.equal([]);
  });

  it('exits with 4, and says nothing for certain, where something is planned that nobody can look for', async () => {
    const account = { metadata: { name: 'default', namespace: 'other' }, automountServiceAccountToken: false };
    await folder().write({
      'shop/account.yaml': JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', ...account }),
    });
    const args = ['enforce', '--preview', '-f', 'shop', '-n', 'other', '--kubernetes-version', '1.36'];
    const ask = (...more: readonly string[]) => folder().run([...args, '--families', 'service-accounts', ...more]);
    expect((await ask()).stdout).to.contain('deny would refuse nothing of what is in 1 namespace\n');
    expect((await ask()).code).to.equal(0);
    const { code, stdout } = await ask('--with', 'token-secrets');
    expect(code).to.equal(4);
    expect(stdout).to.contain('deny would refuse nothing that is known of what is in 1 namespace\n');
    expect(stdout).to.contain('\nnot looked for, as Merlon reads no Secrets: merlon-service-accounts-secrets\n');
  });

  it('tells of roles and bindings what would be refused anew, and apart of those in no namespace', async () => {
    const rbac = (kind: string, name: string, fields: object) =>
      JSON.stringify({ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name, ...fields }, ...fields });
    const rules = [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'joe' }];
    await folder().write({
      'rbac/role.yaml': rbac('Role', 'impersonator', { namespace: 'team', rules }),
      'rbac/binding.yaml': rbac('ClusterRoleBinding', 'joe', { roleRef, subjects }),
    });
    const args = ['enforce', '--preview', '-f', 'rbac', '--families', 'rbac'];
    const { code, stdout } = await folder().run([...args, '--cluster-rbac', 'audit', '--with', 'cluster-admin']);
    expect(code).to.equal(1);
    const cells = stdout.split('\n').map((line) => line.split(/ {3,}/).map((cell) => cell.trim()));
    expect(cells.slice(1, 3)).to.deep.equal([
      [
        ...['', 'audit', 'refused', 'ClusterRoleBinding "joe"', 'rbac'],
        'subjects[0]: it grants cluster-admin to User joe, whom nobody named',
      ],
      [
        ...['team', 'off', 'refused', 'Role "impersonator"', 'rbac'],
        'rules[0]: it lets act as just anybody; list in resourceNames who is meant',
      ],
    ]);
    expect(stdout).to.contain(
      '\ndeny would refuse 1 object, in 1 of 1 namespace\nin no namespace deny would refuse 1 object\n',
    );
    const alone = await folder().run([...args, '-n', 'team', '--cluster-rbac', 'audit', '-o', 'json']);
    expect(JSON.parse(alone.stdout)).not.to.have.property('cluster');
  });

  it('lists what an exemption lets through, and exits with 0 where nothing else is refused', async () => {
    const { code, stdout } = await run('--exemptions', 'exempt.yaml', '-o', 'json');
    const [, shop] = (JSON.parse(stdout) as Preview).namespaces;
    expect([code, shop?.refused]).to.deep.equal([0, []]);
    expect(shop?.exempt.map(({ exemption }) => exemption)).to.deep.equal(['ClusterHardeningExemption/agents']);
  });

  it('goes by what policies say, with their parameters', async () => {
    await folder().write({
      'policy.yaml': JSON.stringify({
        apiVersion: 'merlon.dev/v1alpha1',
        kind: 'ClusterHardeningPolicy',
        metadata: { name: 'p' },
        spec: {
          enforcement: {
            mode: 'audit',
            families: ['pod-security'],
            rules: ['pod-privileged'],
            namespacesOut: ['shop'],
          },
        },
      }),
    });
    const { code, stdout } = await folder().run([
      ...['enforce', '--preview', '-f', 'shop', '--policy', 'policy.yaml', '-o', 'json'],
    ]);
    const report = JSON.parse(stdout) as Preview;
    expect([code, report.namespaces.map(({ namespace }) => namespace)]).to.deep.equal([0, ['other']]);
    expect(report.namespacesOut).to.deep.equal(['kube-system', 'shop']);
  });

  it('is never a pass where something makes pods that is not read, or a file is broken, or there is nothing', async () => {
    await folder().write({
      'rollout.yaml': `{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: r}, spec: {template: {spec: {containers: []}}}}`,
      'broken.yaml': '{',
    });
    const ask = (path: string) => folder().run(['enforce', '--preview', '--rules', 'pod-privileged', '-f', path]);
    expect((await ask('rollout.yaml')).code).to.equal(4);
    expect((await ask('broken.yaml')).code).to.equal(3);
    const nothing = await ask('shop/namespace.yaml');
    expect([nothing.code, nothing.stderr]).to.deep.equal([
      3,
      'nothing to look at: no pod, and nothing that makes pods, stands in shop/namespace.yaml\n',
    ]);
  });

  const mistakes = [
    [['--preview', '-o', 'yaml'], '--preview prints a table or JSON'],
    [['-o', 'json'], '-o json goes with --preview'],
    [['-f', 'shop'], '--filename goes with --preview'],
    [['-n', 'shop'], '--namespace goes with --preview'],
    [['--preview', '-f', 'a', '--context', 'b'], 'leave one of them out'],
    [['--preview', '--kubernetes-version', '1.36'], '--kubernetes-version goes with files'],
    [['--preview', '-f', '-', '--policy', '-'], 'standard input can be read only once'],
  ] as const;
  for (const [args, message] of mistakes) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, stderr } = await folder().run(['enforce', ...args]);
      expect(code).to.equal(2);
      expect(stderr).to.contain(message);
    });
  }

  it('says for an old version what would do instead', async () => {
    const { code, stderr } = await run('--kubernetes-version', '1.29');
    expect(code).to.equal(3);
    expect(stderr)
      .to.contain('serves no ValidatingAdmissionPolicy')
      .and.to.contain('pod-security.kubernetes.io/enforce');
  });
});
