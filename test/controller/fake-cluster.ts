/** A controller of postures with a server and a clock that tests hold in their hands. */
import type {
  ClusterHardeningPolicySpec,
  ClusterHardeningPolicyStatus,
} from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterPostureStatus } from '../../src/api/v1alpha1/cluster-security-posture.ts';
import type { ExemptionStatus } from '../../src/api/v1alpha1/exemption.ts';
import type { HardeningPolicySpec, HardeningPolicyStatus } from '../../src/api/v1alpha1/hardening-policy.ts';
import type { PostureStatus } from '../../src/api/v1alpha1/posture-status.ts';
import type { NamespacePostureStatus } from '../../src/api/v1alpha1/security-posture.ts';
import { PostureController } from '../../src/controller/posture-controller.ts';
import type { PostureObject, PostureScope } from '../../src/controller/posture-store.ts';
import type { AnyOwned, PostureWriter, StoredVersion, WriteResult } from '../../src/controller/posture-writer.ts';
import { kindNames } from '../../src/core/kinds.ts';
import type { Log } from '../../src/core/log.ts';
import { defineRule, violation } from '../../src/core/rule.ts';
import type { AnyRule } from '../../src/core/rule.ts';
import type { EnforcementManifest } from '../../src/enforcement/plan/planned-policy.ts';
import { ruleNamed } from '../core/finding-of.ts';
import { objectOf } from '../core/yaml-objects.ts';
import { FakeClock } from './fake-clock.ts';
import { oneServer } from '../../src/core/server-evidence.ts';

/** Fails the default account that mounts its token. */
export const accountRule = defineRule({
  ...ruleNamed('account-rule'),
  subject: 'ServiceAccount',
  check: (account) => (account.automountServiceAccountToken === false ? [] : [violation('x', undefined, 'it mounts')]),
});
export const shop = 'namespace/shop';
export const other = 'namespace/other';

/** Of either kind. */
export type PolicyStatus = ClusterHardeningPolicyStatus & Omit<HardeningPolicyStatus, 'ignored'>;

/** An API server that holds postures and shows them to the watch when the test says so. */
export class FakeServer implements PostureWriter {
  readonly writes: string[] = [];
  readonly postures = new Map<PostureScope, PostureObject>();
  /** The names of the policies and exemptions of which a status was written, one for each time. */
  readonly statusWrites: string[] = [];
  readonly exemptionStatuses = new Map<string, ExemptionStatus>();
  readonly policyStatuses = new Map<string, PolicyStatus>();
  /** What becomes of writes instead, by scope or by the name of a policy. */
  readonly failures = new Map<string, WriteResult<never>>();
  /** What the server makes of a status that it is given. */
  prune = (status: PostureStatus): PostureStatus => status;
  /** Told of each status of an exemption that is written, as the watch would be. */
  onExemptionStatus: (name: string, status: ExemptionStatus) => void = () => undefined;
  /** The same of a policy. */
  onPolicyStatus: (name: string) => void = () => undefined;
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
    { kind, metadata: { name } }: AnyOwned,
    status: PolicyStatus & ExemptionStatus,
  ): Promise<WriteResult<StoredVersion>> {
    const failure = this.failures.get(name);
    if (failure !== undefined) return Promise.resolve(failure);
    this.statusWrites.push(name);
    if (kind.endsWith('Exemption')) {
      this.exemptionStatuses.set(name, status);
      setImmediate(() => {
        this.onExemptionStatus(name, status);
      });
    } else {
      this.policyStatuses.set(name, status);
      setImmediate(() => {
        this.onPolicyStatus(name);
      });
    }
    return Promise.resolve({ outcome: 'written', object: { metadata: {} } });
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

/** The controller before that server, with everything readable and no object. */
export class FakeCluster {
  readonly clock = new FakeClock();
  readonly server = new FakeServer();
  /** Messages of the severity error. */
  readonly errors: string[] = [];
  readonly controller: PostureController;
  /** Whether this process holds the lease. */
  isWriter = true;

  readonly rules: readonly AnyRule[];

  /** @param concurrency how many keys are worked on at a time */
  constructor(rules: readonly AnyRule[] = [accountRule], concurrency = 1) {
    this.rules = rules;
    this.controller = new PostureController({
      rules,
      writer: this.server,
      mayWrite: () => this.isWriter,
      log: this.#log(),
      queue: { clock: this.clock, concurrency, minIntervalMs: 20, firstRetryMs: 100, maxRetryMs: 1000 },
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
  static async atRest(rules?: readonly AnyRule[]): Promise<FakeCluster> {
    const cluster = new FakeCluster(rules);
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
        `{ kind: MutatingWebhookConfiguration, webhooks: [{ name: any.example.com, clientConfig: { caBundle: '${caBundle}' }, rules: [{ operations: [CREATE], apiGroups: [''], resources: [pods] }] }] }`,
      ),
    );
  }

  putPrivilegedPod(namespace: string): void {
    this.putPod(namespace, '{ hostPID: true, containers: [{ name: agent }] }');
  }

  putPod(namespace: string, spec: string): void {
    this.controller.cluster.upsert(
      'Pod',
      objectOf(
        'Pod',
        `{ kind: Pod, metadata: { name: agent, namespace: ${namespace}, uid: ${namespace} }, spec: ${spec} }`,
      ),
    );
  }

  /** A policy or a binding as the API server has stored it. */
  putManifest(manifest: EnforcementManifest | undefined): void {
    if (manifest === undefined) throw new Error('there is no such manifest');
    const { kind } = manifest;
    this.controller.cluster.upsert(kind, objectOf(kind, JSON.stringify(manifest)));
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

  /** @param asked what the API server asks besides */
  observeVersion(
    minorVersion: number,
    observedAt = '2026-11-26T00:00:00Z',
    asked: readonly `${'validating' | 'mutating'}AdmissionPolicy`[] = [],
  ): void {
    const observed = { source: '/version', confidence: 'high', detail: '', observedAt } as const;
    this.controller.cluster.setEvidence(
      oneServer({
        anonymousRequests: { unobserved: 'off' },
        unknownUserAllowed: { unobserved: 'off' },
        minorVersion: { value: minorVersion, ...observed },
        ...Object.fromEntries(asked.map((one) => [one, { value: true, ...observed }])),
      }),
    );
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
