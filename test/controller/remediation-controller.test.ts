/** What the API server makes of repairs is tested with a real one (test/e2e); here is what happens between two writes. */
import { expect } from 'chai';

import type { HardeningRemediation, RemediationAction } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { namespaceKey } from '../../src/controller/enqueue.ts';
import type { PostureScope } from '../../src/controller/posture-store.ts';
import { RemediationController } from '../../src/controller/remediation-controller.ts';
import type { RemediationMode } from '../../src/core/remediation-terms.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import type { Judged } from '../../src/core/status.ts';
import type { BudgetLimits } from '../../src/remediation/budget.ts';
import { anonymousGrants } from '../../src/rules/rbac/anonymous-grants.ts';
import { defaultTokenMount as rule } from '../../src/rules/service-account/default-token-mount.ts';
import { snapshotOf } from '../core/yaml-objects.ts';
import { FakeClock } from './fake-clock.ts';
import { address, World } from './repair-world.ts';

const account = (namespace: string) => ({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default' });
const yamlOf = (namespace: string) => `
kind: Namespace
metadata: { name: ${namespace}, labels: { merlon.dev/remediation: apply } }
---
kind: ServiceAccount
metadata: { name: default, namespace: ${namespace}, uid: u }
`;
const workload = (namespace: string) => `
kind: Deployment
metadata: { name: web, namespace: ${namespace} }
spec: { template: { spec: { containers: [{ name: c, image: x }] } } }
`;

const openDoor = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: open-door, uid: b }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: 'system:anonymous' }]
`;
const doorRef = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: 'open-door' };

class Stage {
  readonly world = new World();
  readonly clock = new FakeClock();
  readonly controller: RemediationController;
  #objects: readonly string[];
  #snapshot: Snapshot | undefined;
  /** Whether a cluster policy says off. */
  isKilled = false;
  /** Called whenever it is asked what policies say. */
  onPolicy: () => void = () => undefined;
  ceiling: RemediationMode | undefined;
  /** The scopes whose posture was to say something else. */
  readonly told = new Set<string>();
  /** Called each time. */
  onChange: (scope: PostureScope) => void = () => undefined;

  constructor(namespaces: readonly string[], budget: BudgetLimits = { perMinute: 100, perNamespaceAndMinute: 100 }) {
    this.#objects = namespaces.map(yamlOf);
    this.controller = new RemediationController({
      rules: [rule, anonymousGrants],
      writer: this.world.writer,
      snapshot: () => (this.#snapshot ??= snapshotOf(this.#objects.join('---'))),
      policySay: () => {
        this.onPolicy();
        const ceiling = this.isKilled ? 'off' : this.ceiling;
        const terms = {
          mayRepair: () => true,
          allowInUse: false,
          namespacesMaySwitchOn: true,
          ...(ceiling !== undefined && { ceiling }),
        };
        return { terms, isNamed: false, sources: [] };
      },
      ownNamespace: 'merlon',
      mayWrite: () => true,
      onChange: (scope) => {
        this.told.add(scope);
        this.onChange(scope);
      },
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      clock: this.clock,
      queue: { concurrency: 1, minIntervalMs: 1, firstRetryMs: 100, maxRetryMs: 1000 },
      budget,
    });
    this.controller.observeRecords({ source: 'HardeningRemediation', state: 'observed', message: '' });
  }

  add(yaml: string): void {
    this.#objects = [...this.#objects, yaml];
    this.#snapshot = undefined;
  }

  judge(namespace: string, outcome: Finding['outcome'] = 'fail'): void {
    const finding = { rule, severity: 'medium', outcome, subject: account(namespace), message: '', violations: [] };
    this.controller.noteJudged(namespaceKey(namespace), { findings: [finding as Finding] } as unknown as Judged);
  }

  /** Somebody grants something to everybody, or does not any more. */
  judgeDoor(outcome: 'fail' | 'gone' = 'fail'): void {
    const object = { ...doorRef, metadata: { name: 'open-door', uid: 'b', resourceVersion: '1' } };
    if (outcome === 'fail') this.world.bindings.set('open-door', object);
    const finding = {
      rule: anonymousGrants,
      severity: 'critical',
      outcome,
      subject: doorRef,
      message: '',
      violations: [],
    };
    const findings = outcome === 'fail' ? [finding as Finding] : [];
    this.controller.noteJudged('cluster', { findings } as unknown as Judged);
  }

  get doorRecord(): HardeningRemediation | undefined {
    return this.controller.records.get('merlon', 'rbac-anonymous-grants.clusterrolebinding.open-door');
  }

  get clusterCondition(): string {
    const { status, reason, message } = this.controller.conditionOf('cluster');
    return `${status} ${reason}: ${message}`;
  }

  /** Somebody does, and the watch shows it. */
  say(action: RemediationAction): void {
    if (this.record !== undefined) this.controller.records.upsert(this.world.change(this.record, { spec: { action } }));
  }

  get record(): HardeningRemediation | undefined {
    return this.controller.records.get(address.namespace, address.name);
  }
}

describe('RemediationController', () => {
  it('looks again at what somebody has asked for while it looked', async () => {
    const stage = new Stage(['shop']);
    const { world, clock, controller } = stage;
    stage.add(workload('shop'));
    stage.judge('shop');
    controller.start();
    await clock.advance(10);
    expect(stage.record?.status?.reason).to.equal('WorkloadAtRisk');
    // The guard is read after the record, and takes its time.
    world.onRead = (what) => {
      if (what === 'guard' && stage.record?.spec?.action === 'Approve') stage.say('Skip');
    };
    stage.say('Approve');
    await clock.advance(10);
    expect(stage.record?.status?.reason).to.equal('Skipped');
  });

  it('looks again at what has changed while it looked', async () => {
    const stage = new Stage(['shop']);
    const { world, clock, controller } = stage;
    world.onWrite = (write) => {
      // Known before the end is written, and not any more when it was decided.
      if (write === 'status Blocked') stage.judge('shop', 'exempt');
    };
    stage.add(workload('shop'));
    stage.judge('shop');
    controller.start();
    await clock.advance(10);
    expect(stage.record?.status?.reason).to.equal('Exempt');
  });

  it('patches nothing that was exempted while the repair of another namespace was written', async () => {
    const stage = new Stage(['farm', 'shop']);
    const { world, clock, controller } = stage;
    world.onWrite = (write) => {
      if (write.includes('intent')) stage.judge('shop', 'exempt');
    };
    stage.judge('shop');
    controller.start();
    await clock.advance(10);
    expect(world.patched).to.deep.equal([]);
    expect(stage.record?.status?.reason).to.equal('Exempt');
  });

  it('goes on when nobody says off any more with what it dropped in the middle when somebody did', async () => {
    const stage = new Stage(['shop']);
    const { world, clock, controller } = stage;
    world.onWrite = (write) => {
      if (write !== 'create') return;
      stage.isKilled = true;
      stage.judge('shop');
    };
    controller.start();
    stage.judge('shop');
    await clock.advance(1000);
    expect(world.writes.at(-1)).to.equal('delete');
    expect(world.patched).to.deep.equal([]);
    stage.isKilled = false;
    world.onWrite = () => undefined;
    stage.judge('shop');
    await clock.advance(1000);
    expect(world.patched).to.deep.equal(['shop']);
  });

  it('goes on when somebody says off and takes it back before it has looked again', async () => {
    const stage = new Stage(['shop']);
    const { world, clock, controller } = stage;
    world.onWrite = (write) => {
      if (write === 'create') stage.isKilled = world.writes.length === 0;
      if (write !== 'delete') return;
      stage.isKilled = false;
      stage.judge('shop');
    };
    controller.start();
    stage.judge('shop');
    await clock.advance(1000);
    expect(world.patched).to.deep.equal(['shop']);
  });

  it('writes a record anew that is deleted while it looks at what was done', async () => {
    const stage = new Stage(['shop']);
    const { world, clock, controller } = stage;
    stage.judge('shop');
    controller.start();
    await clock.advance(10);
    expect(stage.record?.status?.state).to.equal('Applied');
    let isBeingRead = false;
    world.onRead = () => {
      isBeingRead = true;
    };
    stage.onPolicy = () => {
      if (!isBeingRead || stage.record === undefined) return;
      stage.onPolicy = () => undefined;
      controller.records.remove(world.change(stage.record, {}));
    };
    stage.judge('shop', 'pass');
    await clock.advance(10);
    expect(stage.record?.status?.state).to.equal('Applied');
  });

  it('keeps nobody waiting for a namespace that does not want any more', async () => {
    const stage = new Stage(['bank', 'farm', 'mill', 'shop'], { perMinute: 1, perNamespaceAndMinute: 1 });
    const { world, clock, controller } = stage;
    controller.start();
    for (const namespace of ['bank', 'farm', 'mill', 'shop']) {
      stage.judge(namespace);
      await clock.advance(10);
    }
    expect(world.patched).to.deep.equal(['bank']);
    stage.judge('farm', 'pass');
    controller.noteJudged(namespaceKey('mill'), undefined);
    await clock.advance(60_000);
    expect(world.patched).to.deep.equal(['bank']);
    // It was told its time when two stood before it.
    await clock.advance(120_000);
    expect(world.patched).to.deep.equal(['bank', 'shop']);
  });

  it('looks again when it is time, whatever it has looked at meanwhile', async () => {
    const stage = new Stage(['shop']);
    const { world, clock, controller } = stage;
    world.trial = { outcome: 'forbidden', message: 'no' };
    stage.judge('shop');
    controller.start();
    await clock.advance(10);
    expect(stage.record?.status?.reason).to.equal('Forbidden');
    world.trial = undefined;
    await clock.advance(30 * 60_000);
    stage.judge('shop');
    await clock.advance(29 * 60_000);
    expect(world.patched).to.deep.equal([]);
    await clock.advance(2 * 60_000);
    expect(world.patched).to.deep.equal(['shop']);
  });

  it('counts what another process has repaired within the last minute', async () => {
    const stage = new Stage(['bank', 'shop'], { perMinute: 1, perNamespaceAndMinute: 1 });
    const { world, clock, controller } = stage;
    controller.records.upsert({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'HardeningRemediation',
      metadata: { ...address, namespace: 'bank', uid: 'r', resourceVersion: '1' },
      status: {
        state: 'Applied',
        appliedTime: new Date(clock.wallTimeMs() - 20_000).toISOString(),
        target: { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'bank', name: 'default', uid: 'u' },
      } as HardeningRemediation['status'] & object,
    });
    controller.start();
    stage.judge('shop');
    await clock.advance(40_000);
    expect(world.patched).to.deep.equal([]);
    await clock.advance(1_001);
    expect(world.patched).to.deep.equal(['shop']);
  });

  it('deletes the records of a namespace that has gone while no operator ran', async () => {
    const stage = new Stage(['shop']);
    const { world, clock, controller } = stage;
    controller.records.upsert({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'HardeningRemediation',
      metadata: { namespace: 'merlon', name: 'namespace-pod-security-level.namespace.gone', resourceVersion: '1' },
      status: {
        state: 'Applied',
        rule: 'namespace-pod-security-level',
        target: { apiVersion: 'v1', kind: 'Namespace', name: 'gone', uid: 'u', display: 'Namespace gone' },
      },
    });
    controller.start();
    await clock.advance(10);
    expect(world.writes).to.deep.equal(['delete']);
    expect(controller.records.list('merlon')).to.deep.equal([]);
  });

  describe('for what is of the whole cluster', () => {
    async function start(ceiling?: RemediationMode): Promise<Stage> {
      const stage = new Stage([]);
      stage.add(openDoor);
      stage.ceiling = ceiling;
      stage.judgeDoor();
      stage.controller.start();
      await stage.clock.advance(10);
      return stage;
    }

    for (const ceiling of ['plan', 'apply'] as const) {
      it(`proposes and never writes where the policy says ${ceiling}`, async () => {
        const stage = await start(ceiling);
        expect(stage.doorRecord?.status).to.include({
          state: 'Proposed',
          reason: 'PlanOnly',
          rule: anonymousGrants.id,
        });
        expect(stage.doorRecord?.status?.target).to.deep.equal({
          ...doorRef,
          uid: 'b',
          display: 'ClusterRoleBinding open-door',
        });
        expect(stage.doorRecord?.status?.patch).to.match(
          /kind: ClusterRoleBinding\nmetadata:\n {2}name: open-door\nsubjects: \[\]/,
        );
        expect(stage.world.writes).to.deep.equal(['create', 'status Proposed']);
        expect(stage.told).to.deep.equal(new Set(['cluster', 'namespace/merlon']));
        expect(stage.clusterCondition).to.match(
          /^False Planned: 1 repair is proposed, .*only planned: apply it yourself/,
        );
      });
    }

    it('leaves no doubt about its record in the namespace of Merlon, be the watch faster than the answer', async () => {
      const stage = new Stage([]);
      const { controller, world } = stage;
      stage.add(openDoor);
      stage.add('\nkind: Namespace\nmetadata: { name: merlon }\n');
      stage.ceiling = 'plan';
      const said: string[] = [];
      stage.onChange = (scope) => {
        if (scope === 'namespace/merlon') said.push(controller.conditionOf(scope).message);
      };
      world.onCreated = (record) => {
        controller.records.upsert(record);
      };
      stage.judgeDoor();
      controller.start();
      await stage.clock.advance(10);
      expect(stage.doorRecord?.status?.state).to.equal('Proposed');
      expect(said[0]).to.match(/ignored, because Merlon did not make/);
      expect(said.at(-1)).not.to.match(/ignored/);
    });

    it('does nothing where no policy speaks of it, and says what would switch it on', async () => {
      const stage = await start();
      expect(stage.world.writes).to.deep.equal([]);
      expect(stage.clusterCondition).to.match(/^False Disabled: .*rbac-anonymous-grants/);
    });

    it('deletes what it has proposed once a policy says off', async () => {
      const stage = await start('plan');
      stage.ceiling = 'off';
      stage.judgeDoor();
      await stage.clock.advance(100);
      expect(stage.doorRecord).to.equal(undefined);
      expect(stage.clusterCondition).to.match(/^False SwitchedOff: /);
    });

    it('tells of a record that it has deleted also where the look that follows fails', async () => {
      const stage = await start('plan');
      stage.told.clear();
      stage.world.onWrite = () => {
        stage.world.onRead = () => {
          throw new Error('connection reset');
        };
      };
      stage.ceiling = 'off';
      stage.judgeDoor();
      await stage.clock.advance(100);
      expect(stage.doorRecord).to.equal(undefined);
      expect([...stage.told]).to.include('cluster');
    });

    it('proposes again what it has let go in a look that failed after that', async () => {
      const stage = await start('plan');
      stage.world.onWrite = () => {
        stage.world.onRead = () => {
          stage.world.onRead = () => undefined;
          throw new Error('connection reset');
        };
      };
      stage.ceiling = 'off';
      stage.judgeDoor();
      await stage.clock.advance(10);
      expect(stage.doorRecord).to.equal(undefined);
      stage.world.onWrite = () => undefined;
      stage.ceiling = 'plan';
      await stage.clock.advance(1_000);
      expect(stage.doorRecord?.status?.state).to.equal('Proposed');
    });

    it('lets a proposal go an hour after the binding was mended, or deleted', async () => {
      for (const isDeleted of [false, true]) {
        const stage = await start('plan');
        if (isDeleted) stage.world.bindings.clear();
        stage.judgeDoor('gone');
        await stage.clock.advance(100);
        expect(stage.doorRecord?.status?.state).to.equal('Superseded');
        expect(stage.doorRecord?.status?.reason).to.equal(isDeleted ? 'TargetGone' : 'FindingGone');
        await stage.clock.advance(3_601_000);
        expect(stage.doorRecord).to.equal(undefined);
        expect(stage.clusterCondition).to.match(/^True NothingToRepair: /);
      }
    });

    it('leaves a record alone that somebody else has put in the way, says so, and goes on when it is gone', async () => {
      const stage = new Stage([]);
      stage.add(openDoor);
      stage.ceiling = 'plan';
      const metadata = { namespace: 'merlon', name: 'rbac-anonymous-grants.clusterrolebinding.open-door' };
      const foreign = { apiVersion: 'merlon.dev/v1alpha1', kind: 'HardeningRemediation', metadata } as const;
      stage.controller.records.upsert(stage.world.change(foreign, {}));
      stage.judgeDoor();
      stage.controller.start();
      await stage.clock.advance(10);
      expect(stage.world.writes).to.deep.equal([]);
      expect(stage.clusterCondition).to.match(
        /^False ForeignRecord: .*delete it; ignored, because Merlon did not make/,
      );
      stage.controller.records.remove(stage.world.change(foreign, {}));
      await stage.clock.advance(100);
      expect(stage.doorRecord?.status?.state).to.equal('Proposed');
      expect([...stage.told]).to.include('cluster');
    });
  });
});
