/** The controller's own decisions; that they hold on a real API server is shown in test/e2e. */
import { expect } from 'chai';

import type {
  ClusterHardeningPolicySpec,
  ClusterHardeningPolicyStatus,
} from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterPostureStatus } from '../../src/api/v1alpha1/cluster-security-posture.ts';
import type { HardeningPolicySpec, HardeningPolicyStatus } from '../../src/api/v1alpha1/hardening-policy.ts';
import type { PostureStatus } from '../../src/api/v1alpha1/posture-status.ts';
import type { NamespacePostureStatus } from '../../src/api/v1alpha1/security-posture.ts';
import { PostureController } from '../../src/controller/posture-controller.ts';
import type { AnyOwned, PostureWriter, WriteResult } from '../../src/controller/posture-writer.ts';
import type { PostureObject, PostureScope } from '../../src/controller/posture-store.ts';
import { kindNames } from '../../src/core/kinds.ts';
import type { Log } from '../../src/core/log.ts';
import { policyMergerOf } from '../../src/core/policy-merge.ts';
import { defineRule, violation } from '../../src/core/rule.ts';
import type { AnyRule } from '../../src/core/rule.ts';
import { execReach } from '../../src/rules/pod/exec-reach.ts';
import { ruleNamed } from '../core/finding-of.ts';
import { objectOf } from '../core/yaml-objects.ts';
import { FakeClock } from './fake-clock.ts';

/** Fails the default account that mounts its token. */
const accountRule = defineRule({
  ...ruleNamed('account-rule'),
  subject: 'ServiceAccount',
  check: (account) => (account.automountServiceAccountToken === false ? [] : [violation('x', undefined, 'it mounts')]),
});
const shop = 'namespace/shop';
const other = 'namespace/other';

/** An API server that holds postures and shows them to the watch when the test says so. */
class FakeServer implements PostureWriter {
  readonly writes: string[] = [];
  readonly postures = new Map<PostureScope, PostureObject>();
  readonly policyStatuses = new Map<string, ClusterHardeningPolicyStatus & HardeningPolicyStatus>();
  /** What becomes of writes instead, by scope or by the name of a policy. */
  readonly failures = new Map<string, WriteResult<never>>();
  /** What the server makes of a status that it is given. */
  prune = (status: PostureStatus): PostureStatus => status;
  #version = 0;

  createPosture(scope: PostureScope): Promise<WriteResult<PostureObject>> {
    return this.#write('create', scope, undefined);
  }

  replacePostureStatus(
    scope: PostureScope,
    resourceVersion: string,
    status: PostureStatus,
  ): Promise<WriteResult<PostureObject>> {
    const stands = this.postures.get(scope);
    if (stands === undefined) return Promise.resolve({ outcome: 'gone' });
    const isCurrent = stands.metadata.resourceVersion === resourceVersion;
    return isCurrent ? this.#write('put', scope, status) : Promise.resolve({ outcome: 'conflict' });
  }

  replacePolicyStatus(
    { metadata: { name } }: AnyOwned,
    status: ClusterHardeningPolicyStatus,
  ): Promise<WriteResult<unknown>> {
    const failure = this.failures.get(name);
    if (failure !== undefined) return Promise.resolve(failure);
    this.policyStatuses.set(name, status);
    return Promise.resolve({ outcome: 'written', object: undefined });
  }

  /** As somebody else does it. */
  edit(scope: PostureScope, status: PostureStatus | undefined): PostureObject {
    this.#version += 1;
    const [, namespace] = scope.split('/');
    const metadata = { name: namespace === undefined ? 'cluster' : 'current', resourceVersion: String(this.#version) };
    const object = {
      metadata: namespace === undefined ? metadata : { ...metadata, namespace },
      ...(status === undefined ? {} : { status }),
    };
    this.postures.set(scope, object);
    return object;
  }

  #write(verb: string, scope: PostureScope, status: PostureStatus | undefined): Promise<WriteResult<PostureObject>> {
    const failure = this.failures.get(scope);
    if (failure !== undefined) return Promise.resolve(failure);
    this.writes.push(`${verb} ${scope}`);
    const object = this.edit(scope, status === undefined ? undefined : this.prune(status));
    return Promise.resolve({ outcome: 'written', object });
  }
}

class Cluster {
  readonly clock = new FakeClock();
  readonly server = new FakeServer();
  /** Messages of the severity error. */
  readonly errors: string[] = [];
  readonly controller: PostureController;
  /** Whether this process holds the lease. */
  isWriter = true;

  readonly rules: readonly AnyRule[];

  constructor(rules: readonly AnyRule[] = [accountRule]) {
    this.rules = rules;
    this.controller = new PostureController({
      rules,
      writer: this.server,
      mayWrite: () => this.isWriter,
      log: this.#log(),
      queue: { clock: this.clock, concurrency: 1, minIntervalMs: 20, firstRetryMs: 100, maxRetryMs: 1000 },
      timestamp: () => new Date(this.clock.wallTimeMs()).toISOString().replace(/\.\d+Z$/, 'Z'),
      writeIntervalMs: 250,
      refusedRetryMs: 60_000,
    });
    for (const source of kindNames) this.controller.cluster.observe({ source, state: 'observed', message: '' });
    this.controller.observePolicies({ source: 'ClusterHardeningPolicy', state: 'observed', message: '' });
    this.controller.observeOwnPolicies({ source: 'HardeningPolicy', state: 'observed', message: '' });
    for (const source of ['ClusterHardeningExemption', 'HardeningExemption'] as const) {
      this.controller.observeExemptions({ source, state: 'observed', message: '' });
    }
  }

  /** The controller at work on the namespaces `shop` and `other`, everything written and nothing due. */
  static async atRest(rules?: readonly AnyRule[]): Promise<Cluster> {
    const cluster = new Cluster(rules);
    cluster.putNamespace('shop');
    cluster.putNamespace('other');
    cluster.controller.start();
    await cluster.clock.advance(10_000);
    cluster.server.writes.length = 0;
    return cluster;
  }

  #log(): Log {
    const nothing = (): void => undefined;
    const error = (message: string): void => {
      this.errors.push(message);
    };
    return { debug: nothing, info: nothing, warn: nothing, error };
  }

  putNamespace(name: string, parts = ''): void {
    this.controller.cluster.upsert(
      'Namespace',
      objectOf('Namespace', `{ kind: Namespace, metadata: { name: ${name}, labels: { name: ${name} } }, ${parts} }`),
    );
  }

  putAccount(namespace: string, isMounting: boolean, name = 'default'): void {
    this.controller.cluster.upsert(
      'ServiceAccount',
      objectOf(
        'ServiceAccount',
        `{ kind: ServiceAccount, metadata: { name: ${name}, namespace: ${namespace} }, automountServiceAccountToken: ${String(isMounting)} }`,
      ),
    );
  }

  putPolicy(name: string, spec: ClusterHardeningPolicySpec, generation = 1, resourceVersion?: string): void {
    const status = this.server.policyStatuses.get(name);
    this.controller.policies.ofCluster.upsert({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'ClusterHardeningPolicy',
      metadata: { name, uid: name, generation, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
      spec,
      ...(status === undefined ? {} : { status }),
    });
  }

  putOwnPolicy(namespace: string, spec: HardeningPolicySpec, generation = 1): void {
    this.controller.policies.own.upsert({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'HardeningPolicy',
      metadata: { name: 'own', namespace, uid: `own-${namespace}`, generation },
      spec,
    });
  }

  /** The watch shows a posture as it stands. */
  show(scope: PostureScope): void {
    const object = this.server.postures.get(scope);
    if (object !== undefined) this.controller.postures.upsert(object);
  }

  takeWrites(): readonly string[] {
    return this.server.writes.splice(0);
  }

  /** A CronJob that passes restricted. */
  putCronJob(namespace: string): void {
    const spec =
      '{ securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }, containers: [{ name: web, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }] }';
    this.controller.cluster.upsert(
      'CronJob',
      objectOf(
        'CronJob',
        `{ kind: CronJob, metadata: { name: nightly, namespace: ${namespace} }, spec: { jobTemplate: { spec: { template: { spec: ${spec} } } } } }`,
      ),
    );
  }

  /** A webhook that is asked about every pod. */
  putWebhook(caBundle = ''): void {
    this.controller.cluster.upsert(
      'MutatingWebhookConfiguration',
      objectOf(
        'MutatingWebhookConfiguration',
        `{ kind: MutatingWebhookConfiguration, webhooks: [{ clientConfig: { caBundle: '${caBundle}' }, rules: [{ operations: [CREATE], apiGroups: [''], resources: [pods] }] }] }`,
      ),
    );
  }

  putPrivilegedPod(namespace: string): void {
    this.controller.cluster.upsert(
      'Pod',
      objectOf(
        'Pod',
        `{ kind: Pod, metadata: { name: agent, namespace: ${namespace}, uid: ${namespace} }, spec: { hostPID: true, containers: [{ name: agent }] } }`,
      ),
    );
  }

  /** And one that grants everything. */
  putExecRole(): void {
    for (const [name, group, resource, verb] of [
      ['exec', '', 'pods/exec', 'create'],
      ['root', '*', '*', '*'],
    ]) {
      this.controller.cluster.upsert(
        'ClusterRole',
        objectOf(
          'ClusterRole',
          `{ kind: ClusterRole, metadata: { name: ${name} }, rules: [{ apiGroups: ['${group}'], resources: ['${resource}'], verbs: ['${verb}'] }] }`,
        ),
      );
    }
  }

  putBinding(kind: 'RoleBinding' | 'ClusterRoleBinding', namespace: string, subject: string, role = 'exec'): void {
    const place = namespace === '' ? '' : `, namespace: ${namespace}`;
    this.controller.cluster.upsert(
      kind,
      objectOf(
        kind,
        `{ kind: ${kind}, metadata: { name: ${role}${place} }, roleRef: { kind: ClusterRole, name: ${role} }, subjects: [${subject}] }`,
      ),
    );
  }

  observeVersion(minorVersion: number): void {
    this.controller.cluster.setEvidence({
      anonymousRequests: { unobserved: 'off' },
      unknownUserAllowed: { unobserved: 'off' },
      minorVersion: { value: minorVersion, source: '/version', confidence: 'high', detail: '' },
    });
  }

  podSecurityOf(scope: PostureScope): string {
    const object: { readonly status?: NamespacePostureStatus } | undefined = this.server.postures.get(scope);
    const { enforced, ready, readyVersion = '' } = object?.status?.podSecurity ?? {};
    return `${enforced ?? ''}, ${ready ?? ''} ${readyVersion}`;
  }

  statusOf(scope: PostureScope): ClusterPostureStatus | undefined {
    return this.server.postures.get(scope)?.status;
  }

  conditionOf(scope: PostureScope, type: string): string | undefined {
    const condition = this.statusOf(scope)?.conditions?.find((one) => one.type === type);
    return condition === undefined ? undefined : `${condition.status} ${condition.reason}`;
  }
}

describe('the controller of postures', () => {
  describe('begins', () => {
    it('with nothing before it is started: nobody may read that nothing is wrong', async () => {
      const cluster = new Cluster();
      cluster.putNamespace('shop');
      cluster.putAccount('shop', true);
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
    });

    it('with a posture of each namespace, and then of the cluster, which sums them up', async () => {
      const cluster = new Cluster();
      cluster.putNamespace('shop');
      cluster.putNamespace('other');
      cluster.putAccount('shop', true);
      cluster.controller.start();
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([
        `create ${shop}`,
        `put ${shop}`,
        `create ${other}`,
        `put ${other}`,
        'create cluster',
        'put cluster',
      ]);
      expect(cluster.statusOf(shop)?.compliant).to.equal('False');
      expect(cluster.statusOf(other)?.compliant).to.equal('True');
      expect(cluster.statusOf('cluster')).to.include({ namespacesCompliant: '1/2' });
    });

    it('with the policies that stand already', async () => {
      const cluster = new Cluster();
      cluster.putNamespace('shop');
      cluster.putPolicy('strict', { threshold: 'low' });
      cluster.controller.start();
      await cluster.clock.advance(10_000);
      expect(cluster.server.policyStatuses.get('strict')).to.include({ matchedNamespaces: 1 });
      expect(cluster.statusOf(shop)?.threshold).to.equal('low');
    });

    it('with what stands already, and writes nothing where that is right', async () => {
      const before = await Cluster.atRest();
      const cluster = new Cluster();
      cluster.putNamespace('shop');
      cluster.putNamespace('other');
      for (const [scope, object] of before.server.postures) {
        cluster.server.postures.set(scope, object);
        cluster.show(scope);
      }
      cluster.controller.start();
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
    });
  });

  describe('advises a Pod Security level', () => {
    it('which is unknown until the version of the API server is known', async () => {
      const cluster = await Cluster.atRest();
      expect(cluster.podSecurityOf(shop)).to.equal('unknown, unknown ');
      cluster.observeVersion(36);
      await cluster.clock.advance(10_000);
      expect(cluster.podSecurityOf(shop)).to.equal('unknown, restricted v1.36');
    });

    it('that follows the workloads of the namespace, and what changes pods everywhere', async () => {
      const cluster = await Cluster.atRest();
      cluster.observeVersion(37);
      await cluster.clock.advance(10_000);
      cluster.takeWrites();
      cluster.putWebhook();
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites(), 'a webhook where there are no workloads').to.deep.equal([]);
      cluster.putCronJob('shop');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`]);
      expect(cluster.podSecurityOf(shop)).to.equal('unknown, unknown v1.37');
      cluster.controller.cluster.remove('MutatingWebhookConfiguration', { metadata: { name: 'any' } });
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`]);
      expect(cluster.podSecurityOf(shop)).to.equal('unknown, restricted v1.37');
    });

    it('and writes nothing where a webhook only gets another certificate', async () => {
      const cluster = await Cluster.atRest();
      cluster.observeVersion(37);
      cluster.putCronJob('shop');
      cluster.putWebhook('one');
      await cluster.clock.advance(10_000);
      cluster.takeWrites();
      cluster.putWebhook('two');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
    });
  });

  describe('follows', () => {
    it('a change of an object, in the posture of its namespace and in the sum', async () => {
      const cluster = await Cluster.atRest();
      cluster.putAccount('shop', true);
      await cluster.clock.advance(1);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`, 'put cluster']);
      expect(cluster.statusOf(shop)?.summary?.high).to.equal(1);
      expect(cluster.statusOf('cluster')?.namespacesCompliant).to.equal('1/2');
    });

    it('a change that changes no verdict without a word', async () => {
      const cluster = await Cluster.atRest([ruleNamed('pod-rule')]);
      cluster.putAccount('shop', true);
      cluster.putNamespace('shop', 'status: { phase: Active }');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
    });

    it('a change at once after one that changed no verdict', async () => {
      const cluster = await Cluster.atRest();
      cluster.putNamespace('shop', 'status: { phase: Active }');
      await cluster.clock.advance(20);
      cluster.putAccount('shop', true);
      await cluster.clock.advance(1);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`, 'put cluster']);
      expect(cluster.controller.writes).to.equal(5);
    });

    it('many changes with a write at once and then one for each interval', async () => {
      const cluster = await Cluster.atRest();
      cluster.putAccount('shop', true, 'a');
      await cluster.clock.advance(0);
      expect(cluster.takeWrites()).to.include(`put ${shop}`);
      cluster.putAccount('shop', true, 'b');
      await cluster.clock.advance(100);
      cluster.putAccount('shop', true, 'c');
      await cluster.clock.advance(149);
      expect(cluster.takeWrites()).to.deep.equal([]);
      await cluster.clock.advance(1);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`]);
      expect(cluster.statusOf(shop)?.summary?.high).to.equal(3);
    });

    it('who may get into pods: of one namespace in its posture, and of all in each that has such pods', async () => {
      const cluster = await Cluster.atRest([execReach]);
      cluster.observeVersion(37);
      for (const namespace of ['shop', 'other']) cluster.putPrivilegedPod(namespace);
      cluster.putExecRole();
      await cluster.clock.advance(10_000);
      cluster.takeWrites();
      const found = (): readonly (string | undefined)[] =>
        ([shop, other] as const).map((scope) => cluster.statusOf(scope)?.findings?.[0]?.message);

      cluster.putBinding('RoleBinding', 'shop', '{ kind: User, name: joe }');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.have.members([`put ${shop}`, 'put cluster']);
      expect(found()[0]).to.match(/User "joe" by RoleBindings of this namespace\)/);

      cluster.putBinding('ClusterRoleBinding', '', '{ kind: User, name: jane }');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.have.members([`put ${shop}`, `put ${other}`, 'put cluster']);
      expect(found()[0]).to.match(/User "joe" by RoleBindings of this namespace, 1 by cluster-wide grants\)/);
      expect(found()[1]).to.match(/somebody who is not cluster-admin \(1 by cluster-wide grants\)/);

      // Whoever becomes cluster-admin by another grant counts no more.
      cluster.putBinding('ClusterRoleBinding', '', '{ kind: User, name: jane }', 'root');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.include.members([`put ${shop}`, `put ${other}`]);
      expect(found()[1]).to.equal(undefined);
    });

    it('nothing of a binding that lets nobody into pods', async () => {
      const cluster = await Cluster.atRest([execReach]);
      cluster.observeVersion(37);
      cluster.putPrivilegedPod('shop');
      await cluster.clock.advance(10_000);
      cluster.takeWrites();
      const { evaluations } = cluster.controller.evaluator;
      cluster.putBinding('ClusterRoleBinding', '', '{ kind: User, name: jane }', 'view');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
      expect(cluster.controller.evaluator.evaluations).to.equal(evaluations);
    });

    it('a new namespace', async () => {
      const cluster = await Cluster.atRest();
      cluster.putNamespace('new');
      await cluster.clock.advance(1000);
      expect(cluster.takeWrites()).to.deep.equal(['create namespace/new', 'put namespace/new', 'put cluster']);
      expect(cluster.statusOf('cluster')?.namespaces?.total).to.equal(3);
    });

    it('a namespace that goes, which is left alone and counts no more', async () => {
      const cluster = await Cluster.atRest();
      cluster.putNamespace('shop', 'status: { phase: Terminating }');
      cluster.putAccount('shop', true);
      await cluster.clock.advance(1000);
      expect(cluster.takeWrites()).to.deep.equal(['put cluster']);
      expect(cluster.statusOf('cluster')?.namespaces?.total).to.equal(1);
    });

    it('a namespace that comes back, with new times', async () => {
      const cluster = await Cluster.atRest();
      const before = cluster.statusOf(shop)?.changedTime;
      cluster.controller.cluster.remove('Namespace', { metadata: { name: 'shop' } });
      cluster.server.postures.delete(shop);
      cluster.controller.postures.remove({ metadata: { name: 'current', namespace: 'shop' } });
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal(['put cluster']);
      cluster.putNamespace('shop');
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([`create ${shop}`, `put ${shop}`, 'put cluster']);
      expect(cluster.statusOf(shop)?.changedTime).not.to.equal(before);
    });

    it('a permission that is lost and found', async () => {
      const cluster = await Cluster.atRest();
      cluster.controller.cluster.observe({ source: 'ServiceAccount', state: 'forbidden', message: 'grant it' });
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)?.compliant).to.equal('Unknown');
      expect(cluster.conditionOf(shop, 'InputsComplete')).to.equal('False PermissionMissing');
      expect(cluster.statusOf('cluster')?.namespaces?.unknown).to.equal(2);
      cluster.controller.cluster.observe({ source: 'ServiceAccount', state: 'observed', message: '' });
      await cluster.clock.advance(1000);
      expect(cluster.conditionOf(shop, 'InputsComplete')).to.equal('True AllInputsRead');
      expect(cluster.statusOf('cluster')?.namespaces?.compliant).to.equal(2);
    });

    it('in the sum how well a kind is known that no rule reads', async () => {
      const cluster = await Cluster.atRest();
      cluster.controller.cluster.observe({ source: 'Pod', state: 'forbidden', message: 'grant it' });
      await cluster.clock.advance(1000);
      expect(cluster.takeWrites()).to.deep.equal(['put cluster']);
      expect(cluster.statusOf('cluster')?.inputs).to.deep.include({
        source: 'Pod',
        state: 'forbidden',
        message: 'grant it',
      });
    });
  });

  describe('puts right', () => {
    it('a status that somebody edited, with one write and its own times', async () => {
      const cluster = await Cluster.atRest();
      const right = cluster.statusOf(shop);
      cluster.server.edit(shop, { ...right, compliant: 'False', changedTime: '1999-01-01T00:00:00Z' });
      cluster.show(shop);
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`]);
      expect(cluster.statusOf(shop)).to.deep.equal(right);
      cluster.show(shop);
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
    });

    it('a condition that somebody added', async () => {
      const cluster = await Cluster.atRest();
      const right = cluster.statusOf(shop);
      const forged = { type: 'Forged', status: 'True', reason: 'So', message: '', lastTransitionTime: '' } as const;
      cluster.server.edit(shop, { ...right, conditions: [...(right?.conditions ?? []), forged] });
      cluster.show(shop);
      await cluster.clock.advance(10_000);
      expect(cluster.statusOf(shop)).to.deep.equal(right);
    });

    it('a posture that somebody deleted, with the times that it had', async () => {
      const cluster = await Cluster.atRest();
      const right = cluster.statusOf(shop);
      cluster.server.postures.delete(shop);
      cluster.controller.postures.remove({ metadata: { name: 'current', namespace: 'shop' } });
      await cluster.clock.advance(10_000);
      expect(cluster.takeWrites()).to.deep.equal([`create ${shop}`, `put ${shop}`]);
      expect(cluster.statusOf(shop)).to.deep.equal(right);
    });

    it('a posture that is gone although the watch has not said so', async () => {
      const cluster = await Cluster.atRest();
      cluster.server.postures.delete(shop);
      cluster.putAccount('shop', true);
      await cluster.clock.advance(1000);
      expect(cluster.takeWrites().filter((write) => write.endsWith(shop))).to.deep.equal([
        `create ${shop}`,
        `put ${shop}`,
      ]);
      expect(cluster.statusOf(shop)?.compliant).to.equal('False');
    });

    it('a posture that somebody changed first, once the watch has shown it', async () => {
      const cluster = await Cluster.atRest();
      cluster.server.edit(shop, undefined);
      cluster.putAccount('shop', true);
      await cluster.clock.advance(50);
      expect(cluster.statusOf(shop)).to.equal(undefined);
      cluster.show(shop);
      await cluster.clock.advance(10_000);
      expect(cluster.statusOf(shop)?.compliant).to.equal('False');
    });
  });

  describe('may not write', () => {
    it('a posture that a quota refuses: the sum names it, and it is tried again much later', async () => {
      const cluster = await Cluster.atRest();
      cluster.server.failures.set(shop, { outcome: 'refused', message: 'quota "few" is exceeded' });
      cluster.putAccount('shop', true);
      await cluster.clock.advance(59_000);
      expect(cluster.statusOf('cluster')?.inputs).to.deep.include({
        source: `SecurityPosture ${shop}`,
        state: 'refused',
        message: 'quota "few" is exceeded',
      });
      cluster.server.failures.clear();
      cluster.takeWrites();
      await cluster.clock.advance(2000);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`, 'put cluster']);
      expect(cluster.statusOf('cluster')?.inputs?.map(({ state }) => state)).not.to.include('refused');
    });

    it('a posture that a quota refuses, and names it no more once its namespace is gone', async () => {
      const cluster = await Cluster.atRest();
      cluster.server.failures.set(shop, { outcome: 'refused', message: 'quota "few" is exceeded' });
      cluster.putAccount('shop', true);
      await cluster.clock.advance(1000);
      cluster.controller.cluster.remove('Namespace', { metadata: { name: 'shop' } });
      await cluster.clock.advance(1000);
      expect(cluster.statusOf('cluster')?.inputs?.map(({ state }) => state)).not.to.include('refused');
    });

    it('postures of a kind that is gone, and writes them when it is back', async () => {
      const cluster = await Cluster.atRest();
      cluster.server.failures.set(shop, { outcome: 'gone' });
      cluster.server.postures.delete(shop);
      cluster.controller.postures.remove({ metadata: { name: 'current', namespace: 'shop' } });
      await cluster.clock.advance(100_000);
      expect(cluster.takeWrites()).to.deep.equal([]);
      cluster.server.failures.clear();
      cluster.controller.observePostures('namespaces', true);
      await cluster.clock.advance(1000);
      expect(cluster.takeWrites()).to.deep.equal([`create ${shop}`, `put ${shop}`]);
    });

    it('postures of a kind that is gone for a moment, and tries again though nobody says that it is back', async () => {
      const cluster = await Cluster.atRest();
      cluster.server.failures.set(shop, { outcome: 'gone' });
      cluster.server.postures.delete(shop);
      cluster.controller.postures.remove({ metadata: { name: 'current', namespace: 'shop' } });
      await cluster.clock.advance(1000);
      cluster.server.failures.clear();
      await cluster.clock.advance(60_000);
      expect(cluster.takeWrites()).to.deep.equal([`create ${shop}`, `put ${shop}`]);
    });

    it('postures of a kind that it cannot know, and does not even try until it can', async () => {
      const cluster = await Cluster.atRest();
      cluster.controller.observePostures('namespaces', false);
      cluster.putAccount('shop', true);
      await cluster.clock.advance(100_000);
      expect(cluster.takeWrites()).to.deep.equal(['put cluster']);
      cluster.controller.observePostures('namespaces', true);
      await cluster.clock.advance(1000);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`]);
    });

    it('the posture of the cluster, where it cannot know that, and writes the others all the same', async () => {
      const cluster = await Cluster.atRest();
      cluster.controller.observePostures('cluster', false);
      cluster.putAccount('shop', true);
      await cluster.clock.advance(100_000);
      expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`]);
    });

    it('the status of a policy that somebody else changes, and tries again soon', async () => {
      const cluster = await Cluster.atRest();
      cluster.server.failures.set('strict', { outcome: 'conflict' });
      cluster.putPolicy('strict', {});
      await cluster.clock.advance(50);
      cluster.server.failures.clear();
      await cluster.clock.advance(1000);
      expect(cluster.server.policyStatuses.get('strict')).to.include({ matchedNamespaces: 2 });
    });

    it('the status of a policy twice, while the watch has not shown the first time', async () => {
      const cluster = await Cluster.atRest();
      cluster.putPolicy('strict', {}, 1, '7');
      await cluster.clock.advance(1000);
      cluster.server.policyStatuses.delete('strict');
      cluster.putNamespace('third');
      await cluster.clock.advance(1000);
      expect(cluster.server.policyStatuses.get('strict')).to.equal(undefined);
      cluster.putPolicy('strict', {}, 1, '8');
      await cluster.clock.advance(1000);
      expect(cluster.server.policyStatuses.get('strict')).to.include({ matchedNamespaces: 3 });
    });

    it('the status of a policy that is refused, and tries again much later', async () => {
      const cluster = await Cluster.atRest();
      cluster.server.failures.set('strict', { outcome: 'refused', message: 'no' });
      cluster.putPolicy('strict', {});
      await cluster.clock.advance(50);
      cluster.server.failures.clear();
      await cluster.clock.advance(50_000);
      expect(cluster.server.policyStatuses.get('strict')).to.equal(undefined);
      await cluster.clock.advance(11_000);
      expect(cluster.server.policyStatuses.get('strict')).to.include({ matchedNamespaces: 2 });
    });

    it('what the CRDs of another version do not know, and says so', async () => {
      const cluster = await Cluster.atRest();
      expect(cluster.errors).to.deep.equal([]);
      cluster.server.prune = ({ findings, ...status }) => status;
      cluster.putAccount('shop', true);
      await cluster.clock.advance(10);
      expect(cluster.errors[0]).to.match(/are the CRDs of this version/);
    });

    it('a posture whose namespace is going, and lets it go', async () => {
      const cluster = await Cluster.atRest();
      cluster.server.failures.set(shop, { outcome: 'gone' });
      cluster.putAccount('shop', true);
      await cluster.clock.advance(100_000);
      expect(cluster.takeWrites()).to.deep.equal(['put cluster']);
      expect(cluster.statusOf('cluster')?.inputs?.map(({ state }) => state)).not.to.include('refused');
    });
  });

  describe('judges what namespaces expect', () => {
    const expecting = (namespace: string) => ({
      expectations: [{ subject: { kind: 'ServiceAccount', namespace, name: 'web' }, only: true }] as const,
    });
    const expectationRule = defineRule({
      ...ruleNamed('expectation-rule'),
      subject: 'Expectation',
      check: ({ scope }) => (scope === 'cluster' ? [] : [violation('spec', 'x', 'it is too much')]),
    });

    it('in the posture of the namespace, and counts it in the status of the policy', async () => {
      const cluster = await Cluster.atRest([expectationRule]);
      cluster.putOwnPolicy('shop', expecting('shop'));
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.deep.include({
        compliant: 'False',
        observedPolicies: [{ kind: 'HardeningPolicy', name: 'own', generation: 1 }],
      });
      expect(cluster.server.policyStatuses.get('own')).to.include({ expectations: 1 });
      expect(cluster.takeWrites()).not.to.include(`put ${other}`);
    });

    it('and forgets it with the policy', async () => {
      const cluster = await Cluster.atRest([expectationRule]);
      cluster.putOwnPolicy('shop', expecting('shop'));
      await cluster.clock.advance(1000);
      cluster.controller.policies.own.remove({ metadata: { name: 'own', namespace: 'shop' } });
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.deep.include({ compliant: 'True', observedPolicies: [] });
    });

    it('by the last good version of a policy that reaches for another namespace', async () => {
      const cluster = await Cluster.atRest([expectationRule]);
      cluster.putOwnPolicy('shop', expecting('shop'));
      await cluster.clock.advance(1000);
      cluster.putOwnPolicy('shop', expecting('other'), 2);
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.include({ compliant: 'False' });
      expect(cluster.conditionOf(shop, 'Ready')).to.equal('True PolicyInvalid');
      expect(cluster.server.policyStatuses.get('own')?.conditions?.[0]?.reason).to.equal('InvalidExpectation');
      expect(cluster.statusOf(other)).to.include({ compliant: 'True' });
    });

    it('and says in its status where the deciding policy has that disabled', async () => {
      const cluster = await Cluster.atRest([expectationRule]);
      cluster.putOwnPolicy('shop', expecting('shop'));
      await cluster.clock.advance(1000);
      cluster.putPolicy('silent', { rules: [{ rule: 'expectation-rule', state: 'Disabled' }] });
      await cluster.clock.advance(1000);
      expect(cluster.server.policyStatuses.get('own')?.conditions?.[0]?.reason).to.equal('NotJudged');
    });
  });

  describe('obeys policies', () => {
    it('as soon as they stand', async () => {
      const cluster = await Cluster.atRest();
      cluster.putAccount('shop', true);
      cluster.putPolicy('lenient', {
        namespaceSelector: { matchLabels: { name: 'shop' } },
        rules: [{ rule: 'account-rule', severity: 'low' }],
      });
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.include({ policy: 'lenient', compliant: 'True' });
      expect(cluster.statusOf(other)).to.include({ policy: 'default' });
      expect(cluster.server.policyStatuses.get('lenient')).to.include({ matchedNamespaces: 1, rules: 1 });
    });

    it('in their last good version, and says so in both', async () => {
      const cluster = await Cluster.atRest();
      cluster.putPolicy('strict', { threshold: 'low' });
      await cluster.clock.advance(1000);
      cluster.putPolicy('strict', { rules: [{ rule: 'gone' }] }, 2);
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.deep.include({
        threshold: 'low',
        observedPolicies: [{ kind: 'ClusterHardeningPolicy', name: 'strict', generation: 1 }],
      });
      expect(cluster.conditionOf(shop, 'Ready')).to.equal('True PolicyInvalid');
      expect(cluster.server.policyStatuses.get('strict')?.conditions?.[0]?.reason).to.equal('UnknownRule');
    });

    it('no more, once they are gone', async () => {
      const cluster = await Cluster.atRest();
      cluster.putPolicy('strict', { threshold: 'low' });
      await cluster.clock.advance(1000);
      cluster.controller.policies.ofCluster.remove({ metadata: { name: 'strict' } });
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.include({ policy: 'default', threshold: 'high' });
    });

    it('and tells each how many namespaces it selects, also where another one goes before it', async () => {
      const cluster = await Cluster.atRest();
      cluster.putPolicy('everywhere', {});
      await cluster.clock.advance(1000);
      expect(cluster.server.policyStatuses.get('everywhere')?.matchedNamespaces).to.equal(2);
      cluster.putPolicy('shops', { priority: 5, namespaceSelector: { matchLabels: { name: 'shop' } } });
      await cluster.clock.advance(1000);
      expect(cluster.server.policyStatuses.get('everywhere')?.matchedNamespaces).to.equal(2);
      expect(cluster.server.policyStatuses.get('shops')?.matchedNamespaces).to.equal(1);
      cluster.putNamespace('third');
      await cluster.clock.advance(2000);
      expect(cluster.server.policyStatuses.get('everywhere')?.matchedNamespaces).to.equal(3);
    });

    it('and names in each posture every policy that it was made with', async () => {
      const cluster = await Cluster.atRest();
      cluster.putPolicy('everywhere', { threshold: 'low' });
      cluster.putPolicy('shops', { priority: 5, namespaces: ['shop'] }, 4);
      cluster.putOwnPolicy('shop', { threshold: 'info' }, 7);
      await cluster.clock.advance(1000);
      expect(cluster.statusOf(shop)).to.deep.include({
        policy: 'shops',
        threshold: 'info',
        observedPolicies: [
          { kind: 'ClusterHardeningPolicy', name: 'shops', generation: 4 },
          { kind: 'ClusterHardeningPolicy', name: 'everywhere', generation: 1 },
          { kind: 'HardeningPolicy', name: 'own', generation: 7 },
        ],
      });
      expect(cluster.statusOf(other)).to.include({ policy: 'everywhere', threshold: 'low' });
    });

    it('and says in the status of a policy what another one overrules', async () => {
      const cluster = await Cluster.atRest();
      cluster.putPolicy('weak', { threshold: 'low' });
      await cluster.clock.advance(2000);
      expect(cluster.server.policyStatuses.get('weak')?.conditions?.[0]?.reason).to.equal('Accepted');
      cluster.putPolicy('strong', { priority: 1, threshold: 'info' });
      await cluster.clock.advance(2000);
      expect(cluster.server.policyStatuses.get('weak')?.conditions?.[0]?.reason).to.equal('Overruled');
      cluster.putPolicy('strong', { priority: 1, threshold: 'info', namespaces: ['shop'] }, 2);
      await cluster.clock.advance(2000);
      expect(cluster.server.policyStatuses.get('weak')?.conditions?.[0]?.reason).to.equal('Accepted');
      cluster.putPolicy('weak', { threshold: 'low', namespaces: ['gone'] }, 2);
      await cluster.clock.advance(2000);
      expect(cluster.server.policyStatuses.get('weak')?.conditions?.[0]?.reason).to.equal('SelectsNothing');
    });

    it('and tells a policy of the namespace what of it has no effect, until it is delegated', async () => {
      const cluster = await Cluster.atRest();
      cluster.putOwnPolicy('shop', { rules: [{ rule: 'account-rule', state: 'Disabled' }] });
      await cluster.clock.advance(2000);
      const own = () => cluster.server.policyStatuses.get('own');
      expect(own()?.conditions?.[0]?.reason).to.equal('PartlyIgnored');
      expect(own()?.ignored?.map(({ path, reason }) => `${path} ${reason}`)).to.deep.equal([
        'spec.rules[0].state NotDelegated',
      ]);
      cluster.putPolicy('delegates', { delegation: { loosen: ['account-rule'] } });
      await cluster.clock.advance(2000);
      expect(own()?.conditions?.[0]?.reason).to.equal('Accepted');
      expect(own()).to.include({ rules: 1 }).and.not.to.have.property('ignored');
      expect(cluster.conditionOf(shop, 'Compliant')).to.equal('Unknown NothingSelected');
    });

    it('in doubt, where it is not known whether one of them selects a namespace', async () => {
      const cluster = await Cluster.atRest();
      cluster.putAccount('shop', false);
      cluster.putPolicy('shops', { namespaceSelector: { matchLabels: { name: 'shop' } } });
      cluster.controller.cluster.observe({ source: 'Namespace', state: 'forbidden', message: 'grant it' });
      await cluster.clock.advance(2000);
      expect(cluster.conditionOf(shop, 'Compliant')).to.equal('Unknown PolicyUnknown');
    });

    it('and judges only the namespaces again that a changed one selects', async () => {
      const judgedAgain = { count: 0 };
      const counting = defineRule({
        ...ruleNamed('counting-rule'),
        subject: 'ServiceAccount',
        params: {
          type: 'object',
          properties: { floor: { type: 'integer', format: 'int32', minimum: 0, default: 0, description: '' } },
        },
        check: () => {
          judgedAgain.count += 1;
          return [];
        },
      });
      const cluster = await Cluster.atRest([counting]);
      for (let n = 0; n < 1000; n += 1) {
        const name = `ns-${String(n).padStart(4, '0')}`;
        cluster.putNamespace(name);
        cluster.putAccount(name, false);
      }
      cluster.putPolicy('everywhere', { threshold: 'low' });
      await cluster.clock.advance(60_000);
      cluster.takeWrites();
      const merger = policyMergerOf(cluster.rules);
      const mergesBefore = merger.merges;

      cluster.putPolicy('some', { priority: 1, namespaces: ['ns-000*'], threshold: 'info' });
      await cluster.clock.advance(60_000);
      const some = Array.from({ length: 10 }, (_, n) => `put namespace/ns-000${n}`);
      expect([...cluster.takeWrites()].sort()).to.deep.equal(some);
      expect(merger.merges - mergesBefore, 'merges for ten namespaces').to.be.at.most(2);

      judgedAgain.count = 0;
      const rules = [{ rule: 'counting-rule', params: { floor: 1 } }];
      cluster.putPolicy('some', { priority: 1, namespaces: ['ns-000*'], threshold: 'info', rules }, 2);
      await cluster.clock.advance(60_000);
      expect(judgedAgain.count, 'subjects that were judged again').to.equal(10);
      expect([...cluster.takeWrites()].sort()).to.deep.equal(some);

      cluster.putPolicy('everywhere', { threshold: 'medium' }, 2);
      await cluster.clock.advance(60_000);
      expect(cluster.takeWrites().filter((write) => write.startsWith('put namespace/'))).to.have.lengthOf(1002);
      expect(merger.merges - mergesBefore, 'merges for a thousand namespaces').to.be.at.most(8);
    });

    it('says how well it can read them', async () => {
      const cluster = await Cluster.atRest();
      cluster.controller.observePolicies({ source: 'ClusterHardeningPolicy', state: 'absent', message: 'no CRD' });
      await cluster.clock.advance(1000);
      expect(cluster.conditionOf(shop, 'InputsComplete')).to.equal('False InputUnavailable');
      expect(cluster.statusOf('cluster')?.inputs).to.deep.include({
        source: 'ClusterHardeningPolicy',
        state: 'absent',
        message: 'no CRD',
      });
    });
  });

  it('writes nothing while another process does, and everything that is due once it may', async () => {
    const cluster = await Cluster.atRest();
    cluster.isWriter = false;
    cluster.putAccount('shop', true);
    cluster.putPolicy('strict', {});
    await cluster.clock.advance(10_000);
    expect(cluster.takeWrites()).to.deep.equal([]);
    expect(cluster.server.policyStatuses.get('strict')).to.equal(undefined);
    cluster.isWriter = true;
    await cluster.clock.advance(10_000);
    expect(cluster.takeWrites()).to.include.members([`put ${shop}`, 'put cluster']);
    expect(cluster.server.policyStatuses.get('strict')).to.include({ matchedNamespaces: 2 });
  });

  it('counts the rules that fail, and goes on', async () => {
    const broken = defineRule({
      ...ruleNamed('broken-rule'),
      subject: 'ServiceAccount',
      check: () => {
        throw new Error('a defect');
      },
    });
    const cluster = await Cluster.atRest([accountRule, broken]);
    cluster.putAccount('shop', false);
    await cluster.clock.advance(1000);
    expect(cluster.controller.ruleErrors).to.equal(1);
    expect(cluster.statusOf(shop)?.summary).to.include({ pass: 1, unknown: 1 });
  });

  it('writes nothing once it is stopped', async () => {
    const cluster = await Cluster.atRest();
    await cluster.controller.stop();
    cluster.putAccount('shop', true);
    cluster.controller.observePostures('namespaces', true);
    await cluster.clock.advance(10_000);
    expect(cluster.takeWrites()).to.deep.equal([]);
  });

  it('is at rest when everything is written', async () => {
    const cluster = await Cluster.atRest();
    let isIdle = false;
    cluster.putAccount('shop', true);
    void cluster.controller.whenIdle().then(() => {
      isIdle = true;
    });
    await cluster.clock.advance(1000);
    expect(isIdle).to.equal(true);
    expect(cluster.takeWrites()).to.deep.equal([`put ${shop}`, 'put cluster']);
  });
});
