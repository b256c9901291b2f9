/** An operator that has a real API server set what pods leave open, and refuse tokens and rights: by label, and gone when it is over. */
import { expect } from 'chai';

import type { ClusterHardeningPolicy } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { SecurityPosture } from '../../src/api/v1alpha1/security-posture.ts';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { enforcedFamilies } from '../../src/api/v1alpha1/enforcement.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { runMerlon } from '../cli/merlon-process.ts';
import { bodyOf } from '../support/api-client.ts';
import { writeVerbs } from '../support/audit-log.ts';
import { waitUntil } from '../support/wait-until.ts';
import { plainPod } from './manifests.ts';
import { operatorUser } from './operator-process.ts';
import { conditionOf, readClusterPosture, useOperatorSuite } from './operator-suite.ts';
import type { SuiteOptions } from './operator-suite.ts';

const ADMISSION = 'admissionregistration.k8s.io/v1';
const often = ['--evidence-interval', '1'];
const enforcement = {
  mode: 'deny',
  families: ['image-pulls', 'pod-defaults', 'service-accounts', 'rbac'],
  serviceAccounts: { tokenSecrets: true },
} as const satisfies ClusterHardeningPolicySpec['enforcement'];
const withToken = {
  volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
};
const anonymous = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'system:anonymous' }];
const RBAC = 'rbac.authorization.k8s.io/v1';
const namespaces = ['refuses', 'warns', 'silent'] as const;

interface PodSpec {
  readonly containers: readonly { readonly imagePullPolicy?: string }[];
  readonly securityContext?: { readonly runAsNonRoot?: boolean };
}

/** Call it inside `describe`: namespaces that ask for each mode, and how a policy says what is enforced in them. */
function useFamilies(options?: SuiteOptions) {
  const suite = useOperatorSuite(options);
  const policies = () => suite.client.resource<ClusterHardeningPolicy>(API_VERSION, 'clusterhardeningpolicies');

  const say = async (
    stated: NonNullable<ClusterHardeningPolicySpec['enforcement']>,
    rules: NonNullable<ClusterHardeningPolicySpec['rules']> = [],
  ): Promise<void> => {
    const spec = { enforcement: stated, rules };
    const object = { kind: 'ClusterHardeningPolicy', metadata: { name: 'enforced' }, spec };
    bodyOf('policy', await policies().apply('enforced', object));
  };
  const untilSaid = (wanted: string, part = ''): Promise<string> =>
    waitUntil(
      async () => {
        const { status } = (await readClusterPosture(suite.client)) ?? {};
        const { reason, message = '' } = conditionOf(status, 'Enforced') ?? {};
        if (reason !== wanted || !message.includes(part)) throw new Error(`${reason ?? 'nothing'}: ${message}`);
        return message;
      },
      { what: `the cluster to say ${wanted} of what is enforced`, timeoutMs: 40_000 },
    );
  const namesOf = async (plural: string): Promise<readonly string[]> =>
    bodyOf(plural, await suite.client.resource(ADMISSION, plural).list()).items.map(({ metadata }) => metadata.name);
  const create = (namespace: string, kind: string, plural: string, object: object, group = 'v1') =>
    suite.client
      .resource(group, plural, namespace)
      .create({ apiVersion: group, kind, metadata: { generateName: 'one-', namespace }, ...object });
  const createPod = (namespace: string, spec: object = {}) =>
    create(namespace, 'Pod', 'pods', { spec: { automountServiceAccountToken: false, ...plainPod, ...spec } });
  const bind = (namespace: string) => {
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
    return create(namespace, 'RoleBinding', 'rolebindings', { roleRef, subjects: anonymous }, RBAC);
  };
  const bindInCluster = async () => {
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
    const metadata = { generateName: 'one-' };
    const object = { apiVersion: RBAC, kind: 'ClusterRoleBinding', metadata, roleRef, subjects: anonymous };
    return suite.client.resource(RBAC, 'clusterrolebindings').create(object);
  };

  before('namespaces that ask for each mode, and the rights', async function () {
    this.timeout(60_000);
    await suite.client.createNamespace('refuses', { 'merlon.dev/enforce': 'deny' });
    await suite.client.createNamespace('warns', { 'merlon.dev/enforce': 'warn' });
    await suite.client.createNamespace('silent');
    for (const folder of ['enforcement', 'probes']) {
      const { code, stderr } = await suite.cluster.kubectl(['apply', '--server-side', '-k', `config/${folder}`]);
      expect([code, stderr]).to.deep.equal([0, '']);
    }
  });

  return { suite, policies, say, untilSaid, namesOf, create, createPod, bind, bindInCluster };
}

describe('an operator that enforces all families', function () {
  this.timeout(120_000);
  const { suite, policies, say, untilSaid, namesOf, create, createPod, bind, bindInCluster } = useFamilies();

  describe('where the API server sets by itself', () => {
    before(function () {
      if (suite.cluster.minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
    });

    it('names the role that it takes to set something, and refuses without it', async () => {
      await say(enforcement);
      await suite.startOperator(often);
      expect(await untilSaid('Forbidden', 'in force: 4 of 8')).to.contain(
        'bind the ClusterRole merlon-enforcement-mutating (config/enforcement/mutating)',
      );
      expect(await namesOf('mutatingadmissionpolicies')).to.deep.equal([]);
    });

    it('sees that somebody else applied the same without that role, and leaves alone what says something else', async () => {
      await suite.startOperator(often);
      await untilSaid('Forbidden');
      const print = (...args: readonly string[]) =>
        runMerlon(['enforce', '-o', 'yaml', '--families', 'image-pulls,pod-defaults,service-accounts', ...args]);
      const { stdout } = await print();
      const setters = stdout.split('---\n').filter((one) => one.includes('kind: MutatingAdmissionPolicy'));
      const stdin = setters.join('---\n');
      const applied = await suite.cluster.kubectl(['apply', '--server-side', '-f', '-'], { stdin });
      expect([applied.code, applied.stderr]).to.deep.equal([0, '']);
      expect(await untilSaid('Enforced')).to.match(/who applied MutatingAdmissionPolicy\w* ".*" may not be read/);
      const policies = suite.client.resource(ADMISSION, 'mutatingadmissionpolicies');
      bodyOf('edit', await policies.patch('merlon-pod-defaults', { spec: { failurePolicy: 'Ignore' } }, 'merge'));
      await untilSaid('Forbidden', 'merlon-pod-defaults');
      expect((await suite.cluster.kubectl(['delete', '-f', '-'], { stdin })).code).to.equal(0);
    });

    it('with the role sets where deny is asked for, and tells of it where warn is', async () => {
      const from = await suite.cluster.readAuditPosition();
      await suite.startOperator(often);
      const folder = 'config/enforcement/mutating';
      const { code, stderr } = await suite.cluster.kubectl(['apply', '--server-side', '-k', folder]);
      expect([code, stderr]).to.deep.equal([0, '']);
      const message = await untilSaid('Enforced');
      expect(message).to.contain('merlon-image-pulls (on)').and.contain('merlon-pod-defaults (on)');

      await waitUntil(
        async () => {
          const { containers, securityContext } = bodyOf('pod', await createPod('refuses'))['spec'] as PodSpec;
          return containers[0]?.imagePullPolicy === 'Always' && securityContext?.runAsNonRoot === true;
        },
        { what: 'new pods to be changed' },
      );
      const [refuses, warns, silent] = await Promise.all(namespaces.map((namespace) => createPod(namespace)));
      const specOf = (answer: typeof refuses) => bodyOf('pod', answer ?? expect.fail('no answer'))['spec'] as PodSpec;
      expect(specOf(refuses)).to.nested.include({
        'containers[0].imagePullPolicy': 'Always',
        'securityContext.runAsNonRoot': true,
      });
      for (const answer of [warns, silent]) {
        expect(specOf(answer)).to.nested.include({ 'containers[0].imagePullPolicy': 'IfNotPresent' });
        expect(specOf(answer)).not.to.have.nested.property('securityContext.runAsNonRoot');
      }
      expect(refuses?.headers['warning'] ?? '').not.to.contain('merlon-');
      expect(warns?.headers['warning']).to.contain("'merlon-image-pulls' with binding 'merlon-image-pulls-warn'");
      expect(silent?.headers['warning'] ?? '').not.to.contain('merlon-');

      const tried = await suite.cluster.readAudit({ user: operatorUser, verbs: ['create'], from });
      const ofPods = tried.filter(({ objectRef }) => objectRef?.resource === 'pods');
      expect(ofPods.length).to.be.greaterThan(4);
      for (const { requestURI } of ofPods) expect(requestURI).to.match(/namespaces\/merlon-probes\/pods\?.*dryRun=All/);
      for (const plural of ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings']) {
        expect(await namesOf(plural)).not.to.include.members(['merlon-canary']);
        expect((await namesOf(plural)).filter((name) => name.startsWith('merlon-canary'))).to.deep.equal([]);
      }
    });

    it('names who may take back what it sets, as long as he is there', async () => {
      await suite.startOperator(often);
      await untilSaid('Enforced');
      const hooks = suite.client.resource(ADMISSION, 'mutatingwebhookconfigurations');
      const webhook = {
        name: 'mesh.example.com',
        clientConfig: { url: 'https://127.0.0.1:1/' },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
        reinvocationPolicy: 'IfNeeded',
        failurePolicy: 'Ignore',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 1,
      };
      bodyOf('webhook', await hooks.create({ metadata: { name: 'mesh' }, webhooks: [webhook] }));
      const said = 'MutatingWebhookConfiguration "mesh" may take back what image-pulls sets: such pods are refused';
      await untilSaid('Enforced', said);
      await waitUntil(
        async () => {
          const { status } = bodyOf('policy', await policies().get('enforced'));
          return JSON.stringify(status).includes('MutatingWebhookConfiguration \\"mesh\\" may take back');
        },
        { what: 'the policy to say it, too' },
      );
      const postures = suite.client.resource<SecurityPosture>(API_VERSION, 'securitypostures', 'refuses');
      await waitUntil(
        async () => {
          const { status: posture } = bodyOf('posture', await postures.get('current'));
          expect(posture?.enforcement?.message)
            .to.contain('another policy or webhook may take back')
            .and.not.contain('mesh');
          expect(posture?.enforcement?.enforced).to.deep.include({
            what: 'service-accounts',
            mode: 'on',
            by: 'MutatingAdmissionPolicy/merlon-service-accounts',
          });
          return true;
        },
        { what: 'the posture of the namespace to say it' },
      );
      await hooks.delete('mesh');
      await waitUntil(async () => !(await untilSaid('Enforced')).includes('mesh'), { what: 'it to be gone' });
    });

    it('has default accounts made without a token, in new namespaces that ask for deny', async () => {
      await suite.startOperator(often);
      await untilSaid('Enforced');
      await suite.client.createNamespace('newcomer', { 'merlon.dev/enforce': 'deny' });
      const accounts = suite.client.resource('v1', 'serviceaccounts', 'newcomer');
      const made = await waitUntil(async () => bodyOf('account', await accounts.get('default')), {
        what: 'the default account',
      });
      expect(made['automountServiceAccountToken']).to.equal(false);
    });

    it('puts right what somebody changes by hand, and writes nothing when it is started anew', async () => {
      const operator = await suite.startOperator(often);
      await untilSaid('Enforced');
      const setters = suite.client.resource(ADMISSION, 'mutatingadmissionpolicies');
      const edit = {
        spec: { mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }] },
      };
      bodyOf('edit', await setters.patch('merlon-pod-defaults', edit, 'merge'));
      await waitUntil(
        async () => {
          const { spec } = bodyOf('policy', await setters.get('merlon-pod-defaults'));
          expect(JSON.stringify(spec)).to.contain('runAsNonRoot');
          return true;
        },
        { what: 'the defaults to be set again' },
      );
      await untilSaid('Enforced');
      await operator.stop();
      const from = await suite.cluster.readAuditPosition();
      const next = await suite.startOperator(often);
      await untilSaid('Enforced');
      await next.stop();
      const events = await suite.cluster.readAudit({ user: operatorUser, verbs: writeVerbs, from });
      const ofAdmission = events.filter(({ objectRef }) => objectRef?.apiGroup === 'admissionregistration.k8s.io');
      expect(ofAdmission.map(({ requestURI }) => requestURI)).to.deep.equal([]);
    });
  });

  describe('whichever API server it is', () => {
    it('has tokens and rights refused where deny is asked for, and of what has no namespace nothing', async () => {
      await suite.startOperator(often);
      await waitUntil(async () => (await bind('refuses')).status === 403, { what: 'the binding to be refused' });
      const annotations = { 'kubernetes.io/service-account.name': 'default' };
      const secret = (namespace: string) =>
        create(namespace, 'Secret', 'secrets', {
          metadata: { generateName: 'one-', namespace, annotations },
          type: 'kubernetes.io/service-account-token',
        });
      const attempts = {
        token: (namespace: string) => createPod(namespace, withToken),
        secret,
        binding: bind,
      };
      for (const [what, attempt] of Object.entries(attempts)) {
        const answers = await Promise.all(namespaces.map((namespace) => attempt(namespace)));
        expect([what, ...answers.map(({ status }) => status)]).to.deep.equal([what, 403, 201, 201]);
        expect(answers[1]?.headers['warning'], what).to.contain('merlon-');
        expect(answers[2]?.headers['warning'] ?? '', what).not.to.contain('merlon-');
      }
      expect((await bindInCluster()).status).to.equal(201);
    });

    it('has rights in the whole cluster refused once that is said by itself', async () => {
      await suite.startOperator(often);
      await say({ ...enforcement, families: ['rbac'], cluster: { rbac: 'deny' } });
      expect(await untilSaid('Enforced', 'merlon-rbac-cluster')).to.contain('merlon-rbac-cluster (deny)');
      await waitUntil(async () => (await bindInCluster()).status === 403, { what: 'the binding to be refused' });
    });

    it('prints what it applies', async () => {
      await say({ ...enforcement, cluster: { rbac: 'audit', nodesProxy: 'audit' }, families: enforcedFamilies });
      const operator = await suite.startOperator(often);
      await (suite.cluster.minor < oldestMinors.MutatingAdmissionPolicy
        ? untilSaid('NotApplicable', 'in force: 8 of 8')
        : untilSaid('Enforced', 'merlon-pod-security'));
      const stdin = JSON.stringify(bodyOf('policy', await policies().get('enforced')));
      const version = `1.${suite.cluster.minor}`;
      const args = ['enforce', '-o', 'yaml', '--kubernetes-version', version, '--policy', '-'];
      const printed = await runMerlon(args, { stdin });
      const difference = await suite.cluster.kubectl(['diff', '-f', '-'], { stdin: printed.stdout });
      const said = difference.stdout.replaceAll(/^.*last-applied-configuration.*$/gm, '');
      expect([difference.code, said, difference.stderr]).to.deep.equal([0, '', '']);
      await operator.stop();
    });

    it('tries rules with the parameters that a policy sets', async () => {
      const ids = { ranges: [{ min: 70, max: 80 }], mustBeSet: true };
      const stated = [
        ...['pod-run-as-user', 'pod-run-as-group', 'pod-fs-group', 'pod-supplemental-groups'].map((rule) => ({
          rule,
          state: 'Enabled' as const,
          params: ids,
        })),
        { rule: 'pod-volume-types', params: { allowed: ['configMap'] } },
        { rule: 'pod-seccomp-profile', params: { allowed: ['Localhost/profiles/web.json'] } },
        { rule: 'pod-image-tag', params: { forbidden: ['1'] } },
      ];
      await say({ mode: 'deny', families: ['pod-security'] }, stated);
      await suite.startOperator(often);
      expect(await untilSaid('Enforced', 'merlon-pod-security')).not.to.contain('left out');
    });

    it('takes everything away when it is switched off', async () => {
      await suite.startOperator(often);
      await say({ mode: 'off' });
      await untilSaid('SwitchedOff');
      const left = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'];
      if (suite.cluster.minor >= oldestMinors.MutatingAdmissionPolicy) {
        left.push('mutatingadmissionpolicies', 'mutatingadmissionpolicybindings');
      }
      const shipped = ['merlon-own-objects', 'merlon-namespace-labels', 'merlon-remediation-actions', 'merlon-probes'];
      for (const plural of left) {
        const names = (await namesOf(plural)).filter((name) => name.startsWith('merlon-') && !shipped.includes(name));
        expect([plural, names]).to.deep.equal([plural, []]);
      }
      await waitUntil(async () => (await bind('refuses')).status === 201, { what: 'the binding to be let in' });
      const isLeft = async (): Promise<boolean> => {
        const { containers, securityContext } = bodyOf('pod', await createPod('refuses'))['spec'] as PodSpec;
        return containers[0]?.imagePullPolicy === 'IfNotPresent' && securityContext?.runAsNonRoot === undefined;
      };
      await waitUntil(isLeft, { what: 'new pods to be left as they are' });
    });
  });
});

describe('an operator that enforces all families where the API server sets nothing', function () {
  this.timeout(120_000);
  const { suite, say, untilSaid, createPod } = useFamilies({ emulatedVersion: '1.35' });

  it('has pods refused instead, and says what is left out', async () => {
    await say(enforcement);
    await suite.startOperator(often);
    const message = await untilSaid('NotApplicable', 'in force: 4 of 4');
    expect(message).to.match(/^pod-defaults: Kubernetes 1\.\d+ serves no MutatingAdmissionPolicy/);
    await say({ ...enforcement, families: ['image-pulls', 'service-accounts', 'rbac'] });
    expect(await untilSaid('Enforced')).to.contain('left out: Kubernetes 1.');
    const answers = await Promise.all(namespaces.map((namespace) => createPod(namespace)));
    expect(answers.map(({ status }) => status)).to.deep.equal([403, 201, 201]);
  });
});
