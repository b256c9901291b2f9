/** `merlon scan --psp`, as a process: which policy admits what, and how it ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import type { PodSecurityPolicyReport } from '../../src/report/psp-report.ts';
import { runMerlon } from './merlon-process.ts';

const policy = (name: string, spec: string) => `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: ${name} }
spec:
  runAsUser: { rule: RunAsAny }
  seLinux: { rule: RunAsAny }
  supplementalGroups: { rule: RunAsAny }
  fsGroup: { rule: RunAsAny }
  ${spec}
`;
const plain = policy('plain', 'privileged: false').replace('  privileged', '  volumes: [secret]\n  privileged');
const pod = `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  containers:
  - name: web
    image: a
`;
const privileged = `${pod}    securityContext: { privileged: true }\n`;
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      serviceAccountName: web
      containers:
      - name: web
        image: a
        ports:
        - containerPort: 80
          hostPort: 80
`;
const rbac = (subject: string) => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: plain }
rules: [{ verbs: [use], apiGroups: [policy], resources: [podsecuritypolicies], resourceNames: [plain] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: plain, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: plain }
subjects: [${subject}]
`;
const everybody =
  'no role among the files is about the use of PodSecurityPolicies: each of them is a candidate for every pod\n';

describe('merlon scan --psp', function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'merlon-psp-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function scan(files: Readonly<Record<string, string>>, args: readonly string[], stdin?: string) {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return runMerlon(['scan', ...args], { cwd: folder, ...(stdin === undefined ? {} : { stdin }) });
  }
  async function report(files: Readonly<Record<string, string>>, args: readonly string[]) {
    const { stdout, code } = await scan(files, [...args, '-o', 'json']);
    return { code, report: JSON.parse(stdout) as PodSecurityPolicyReport };
  }

  it('names the policy that admits, and says that nothing tells who may use which', async () => {
    const { code, stdout, stderr } = await scan({ 'psp.yaml': plain, 'pod.yaml': pod }, [
      '--psp',
      'psp.yaml',
      'pod.yaml',
    ]);
    expect([code, stderr]).to.deep.equal([0, everybody]);
    expect(stdout).to.match(
      /^OUTCOME .*\nadmitted +shop\/Pod\/web +pod\.yaml:1 +plain\n\n0 refused, 1 admitted, 0 of them changed; asked 1 PodSecurityPolicy\n$/,
    );
  });

  it('says why each policy refuses, where, and by which of its fields; and exits with 1', async () => {
    const files = { 'a.yaml': plain, 'b.yaml': policy('strict', 'hostPorts: []'), 'web.yaml': privileged };
    const args = ['--psp', 'a.yaml', '--psp', 'b.yaml', 'web.yaml'];
    const found = await report(files, args);
    expect(found.code).to.equal(1);
    expect(found.report).to.deep.equal({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'PodSecurityPolicyReport',
      candidates: {
        selection: 'all',
        message: everybody.trimEnd(),
        policies: [
          { name: 'plain', source: { path: 'a.yaml', line: 1 } },
          { name: 'strict', source: { path: 'b.yaml', line: 1 } },
        ],
      },
      summary: { admitted: 0, mutated: 0, refused: 1, unknown: 0 },
      results: [
        {
          source: { path: 'web.yaml', line: 8 },
          subject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' },
          outcome: 'refused',
          refusals: ['plain', 'strict'].map((name) => ({
            policy: name,
            reasons: [
              {
                path: 'spec.containers[0].securityContext.privileged',
                line: 8,
                field: 'spec.privileged',
                message: 'container "web" is privileged; the policy does not allow it',
              },
            ],
          })),
        },
      ],
    });
    expect((await scan({}, args)).stdout).to.match(
      /\nrefused +shop\/Pod\/web +web\.yaml:8 +strict +container "web" is privileged; the policy does not allow it \(spec\.privileged\)\n/,
    );
  });

  it('judges the pods that workloads make, and tells what would be set in them', async () => {
    const { code, report: found } = await report(
      {
        'psp.yaml': policy(
          'ports',
          'volumes: ["*"]\n  hostPorts: [{ min: 80, max: 80 }]\n  readOnlyRootFilesystem: true',
        ),
        'web.yaml': deployment,
      },
      ['--psp', 'psp.yaml', 'web.yaml'],
    );
    expect(code).to.equal(0);
    expect(found.results).to.deep.equal([
      {
        source: { path: 'web.yaml', line: 1 },
        subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
        outcome: 'admitted',
        policy: 'ports',
        mutated: true,
        mutations: [{ path: 'spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem', value: true }],
        refusals: [],
      },
    ]);
  });

  it('says that a cluster mounts a token which the policy would refuse', async () => {
    const { report: found } = await report({ 'psp.yaml': policy('none', 'volumes: []'), 'pod.yaml': pod }, [
      '--psp',
      'psp.yaml',
      'pod.yaml',
    ]);
    expect(found.results[0]?.message).to.match(/neither secret nor projected volumes/);
  });

  describe('asks the policies that RBAC objects among the files allow', () => {
    const hostPort = deployment;
    const loose = policy('loose', 'hostPorts: [{ min: 0, max: 65535 }]');
    const args = ['--psp', 'psp.yaml', 'web.yaml'];

    it('to the service account of the pod', async () => {
      const files = {
        'psp.yaml': `${plain}---\n${loose}${rbac('{ kind: ServiceAccount, name: web }')}`,
        'web.yaml': hostPort,
      };
      const { code, report: found } = await report(files, args);
      expect(code).to.equal(1);
      expect(found.candidates.selection).to.equal('rbac');
      expect(found.results[0]?.refusals.map(({ policy: name, reasons }) => [name, reasons[0]?.message])).to.deep.equal([
        [
          'loose',
          '"system:serviceaccount:shop:web" and "system:serviceaccount:kube-system:replicaset-controller" may not use "loose"',
        ],
        ['plain', 'container "web" uses host port 80; none is allowed'],
      ]);
    });

    it('to the controller that creates the pods', async () => {
      const subject = '{ kind: ServiceAccount, name: replicaset-controller, namespace: kube-system }';
      const files = { 'psp.yaml': plain, 'web.yaml': hostPort.replace('hostPort: 80', 'name: http') + rbac(subject) };
      expect((await report(files, args)).report.results[0]).to.include({ outcome: 'admitted', policy: 'plain' });
    });

    it('to whoever --psp-user says creates the pods, and the groups of that user', async () => {
      const files = { 'psp.yaml': plain, 'web.yaml': pod + rbac('{ kind: Group, name: developers }') };
      const user = ['--psp-user', 'jane', '--psp-group', 'developers'];
      expect((await report(files, args)).code).to.equal(1);
      expect((await report(files, [...args, ...user])).code).to.equal(0);
    });

    it('and says unknown, with 4, where a role that is bound is not there', async () => {
      const elsewhere = `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: other }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: other }
subjects: [{ kind: ServiceAccount, name: default, namespace: shop }]
`;
      const files = { 'psp.yaml': plain, 'web.yaml': pod + rbac('{ kind: User, name: jane }') + elsewhere };
      const { code, report: found } = await report(files, args);
      expect(code).to.equal(4);
      expect(found.results[0]).to.include({ outcome: 'unknown' });
      expect(found.results[0]?.message).to.match(/ClusterRole "other", which "other" binds, is not among the files/);
    });
  });

  describe('exits with 3', () => {
    const args = ['--psp', 'psp.yaml', 'pod.yaml'];
    const failing = async (psp: string, judged = pod) => {
      const { code, stderr, stdout } = await scan({ 'psp.yaml': psp, 'pod.yaml': judged }, args);
      expect(code).to.equal(3);
      return { stderr, stdout };
    };

    it('where a strategy is not known, with document, field and what is allowed; and the pods are unknown', async () => {
      const { stderr, stdout } = await failing(
        plain.replace('runAsUser: { rule: RunAsAny }', 'runAsUser: { rule: RunAsNobody }'),
      );
      expect(stderr).to.contain(
        'psp.yaml:5: PodSecurityPolicy "plain": field "spec.runAsUser.rule" must be one of MustRunAs, MustRunAsNonRoot, RunAsAny, found "RunAsNobody"\n',
      );
      expect(stdout).to.match(/unknown +shop\/Pod\/web .*not every policy could be read/);
    });
    it('where a field is of a wrong type', async () => {
      expect((await failing(plain.replace('false', '"no"'))).stderr).to.contain(
        'psp.yaml:10: PodSecurityPolicy "plain": field "spec.privileged" must be a boolean, found the string "no"\n',
      );
    });
    it('where a field is mistyped: it would ask nothing', async () => {
      expect((await failing(plain.replace('privileged:', 'priviliged:'))).stderr).to.match(
        /^psp\.yaml:10: PodSecurityPolicy "plain": "spec\.priviliged" is no field of a PodSecurityPolicy; there are privileged, /,
      );
    });
    it('where Kubernetes never served a policy', async () => {
      expect((await failing(plain.replace('policy/v1beta1', 'policy/v1'))).stderr).to.contain(
        'psp.yaml:1: Kubernetes knew no PodSecurityPolicy in "policy/v1"; write apiVersion policy/v1beta1\n',
      );
    });
    it('where two policies have one name', async () => {
      expect((await failing(`${plain}---\n${plain}`)).stderr).to.contain(
        'psp.yaml:12: PodSecurityPolicy "plain" is already at psp.yaml:1, and a cluster has one of a name\n',
      );
    });
    it('where there is no policy', async () => {
      expect((await failing(pod)).stderr).to.contain('psp.yaml: holds no PodSecurityPolicy\n');
    });
    it('where the file with the policies does not exist', async () => {
      const { code, stderr } = await scan({ 'pod.yaml': pod }, args);
      expect([code, stderr]).to.deep.equal([3, 'psp.yaml: no such file or folder\n']);
    });
    it('where there is no pod', async () => {
      expect((await failing(plain, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n')).stderr).to.equal(
        'nothing to judge in pod.yaml: no pod, and nothing that makes pods\n',
      );
    });
    it('where a manifest has a kind in a version that it does not have', async () => {
      expect((await failing(plain, `${pod}---\n${pod.replace('v1', 'apps/v1')}`)).stderr).to.contain(
        'pod.yaml:9: Kubernetes knows no Pod in "apps/v1"; write kind Pod and apiVersion v1\n',
      );
    });
  });

  it('says unknown, with 4, for a pod whose field is of a wrong type', async () => {
    const files = { 'psp.yaml': plain, 'pod.yaml': pod.replace('  containers', '  hostPID: 1\n  containers') };
    const { code, report: found } = await report(files, ['--psp', 'psp.yaml', 'pod.yaml']);
    expect(code).to.equal(4);
    expect(found.results[0]).to.deep.include({
      source: { path: 'pod.yaml', line: 5 },
      outcome: 'unknown',
      message: 'field "spec.hostPID" must be a boolean, found the number 1',
      refusals: [],
    });
  });

  it('says, with 4, that it does not judge what makes pods in a way of its own', async () => {
    const rollout = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web }
spec: { template: { spec: { containers: [{ name: web, image: a }] } } }
`;
    const files = { 'psp.yaml': plain, 'a.yaml': `${pod}---\n${rollout}` };
    const { code, stderr } = await scan(files, ['--psp', 'psp.yaml', 'a.yaml']);
    expect(code).to.equal(4);
    expect(stderr).to.contain('not judged, though they hold pod templates: 1 Rollout (argoproj.io/v1alpha1)\n');
  });

  it('is not asked for: then the policies themselves are judged by rules', async () => {
    const loose = policy('loose', 'volumes: ["*"]\n  privileged: true');
    const { code, stdout } = await scan({ 'psp.yaml': loose }, ['psp.yaml']);
    expect(code).to.equal(1);
    expect(stdout).to.match(/fail +high +psp-privileged +PodSecurityPolicy\/loose +psp\.yaml:10 /);
    expect(stdout).to.match(/fail +high +psp-volumes +PodSecurityPolicy\/loose +psp\.yaml:9 /);
    expect(stdout).to.match(/fail +medium +psp-run-as-any +PodSecurityPolicy\/loose +psp\.yaml:5 /);
  });

  it('reads what is judged from standard input', async () => {
    expect((await scan({ 'psp.yaml': plain }, ['--psp', 'psp.yaml', '-'], pod)).code).to.equal(0);
  });

  it('does not ask policies that stand among what is judged, and says so', async () => {
    const { stderr } = await scan({ 'psp.yaml': plain, 'pod.yaml': `${pod}---\n${plain}` }, [
      '--psp',
      'psp.yaml',
      'pod.yaml',
    ]);
    expect(stderr).to.contain('not asked: 1 PodSecurityPolicy among what is judged; name the files with --psp\n');
  });

  it('says which strategies a fragment lacks', async () => {
    const fragment =
      'apiVersion: extensions/v1beta1\nkind: PodSecurityPolicy\nmetadata: { name: a }\nspec: { fsGroup: { rule: RunAsAny } }\n';
    const { code, stderr } = await scan({ 'psp.yaml': fragment, 'pod.yaml': pod }, ['--psp', 'psp.yaml', 'pod.yaml']);
    expect(code).to.equal(0);
    expect(stderr).to.contain(
      'psp.yaml:1: PodSecurityPolicy "a" lacks runAsUser, seLinux, supplementalGroups, which the API required: nothing is asked there\n',
    );
  });

  describe('refuses, with 2,', () => {
    for (const option of ['--all', '--cluster', '--fail-on=high', '--namespace=a']) {
      it(`${option}, which is about something else`, async () => {
        const { code, stderr } = await scan({}, ['--psp', 'a.yaml', 'b.yaml', option]);
        expect(code).to.equal(2);
        expect(stderr).to.contain(
          `--psp judges files as PodSecurityPolicy did, and takes no ${option.replace(/=.*/, '')}\n`,
        );
      });
    }
    it('to be given nothing to judge', async () => {
      expect((await scan({}, ['--psp', 'a.yaml'])).code).to.equal(2);
    });
    it('a group without a user', async () => {
      expect((await scan({}, ['--psp', 'a.yaml', 'b.yaml', '--psp-group', 'a'])).code).to.equal(2);
    });
    it('standard input for both', async () => {
      expect((await scan({}, ['--psp', '-', '-'])).code).to.equal(2);
    });
  });
});
