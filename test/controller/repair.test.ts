import { expect } from 'chai';

import type { HardeningRemediation, HardeningRemediationStatus } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { performRepair } from '../../src/controller/repair.ts';
import type { RepairContext } from '../../src/controller/repair.ts';
import type { RemediationWriter } from '../../src/controller/remediation-writer.ts';
import { RemediationStore } from '../../src/controller/remediation-store.ts';
import type { AnyRule } from '../../src/core/rule.ts';
import type { LiveObject } from '../../src/remediation/live-object.ts';
import type { RuleMode } from '../../src/remediation/mode.ts';
import type { PatchOutcome } from '../../src/remediation/outcome.ts';
import { defaultAccountRemedy } from '../../src/remediation/remedies/default-account.ts';
import type { PresentFinding } from '../../src/remediation/situation.ts';
import { rules } from '../../src/rules/index.ts';

const remedy = defaultAccountRemedy;
const rule = findRule(remedy.rule);

function findRule(id: string): AnyRule {
  const found = rules.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no rule ${id}`);
  return found;
}

const subject = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' };
const address = { namespace: 'shop', name: 'service-account-default-token-mount.serviceaccount.default' };
const candidate = { rule, remedy, subject, address, record: undefined, finding: undefined };
const apply: RuleMode = { mode: 'apply', reason: 'Enabled', message: 'on', isKilled: false, allowInUse: false };
const killed: RuleMode = { mode: 'off', reason: 'SwitchedOff', message: 'off', isKilled: true, allowInUse: false };

const failing = {
  outcome: 'fails',
  plan: {
    rule,
    target: { ...subject, uid: 'u' },
    patch: { automountServiceAccountToken: false },
    fields: [
      { path: 'automountServiceAccountToken', keys: ['automountServiceAccountToken'], before: undefined, after: false },
    ],
    risks: [],
    isPlanOnly: false,
  },
} as const satisfies PresentFinding;
const atRisk: PresentFinding = {
  ...failing,
  plan: { ...failing.plan, risks: [{ kind: 'WorkloadAtRisk', message: 'Deployment "web" mounts the token' }] },
};

/** An API server with one account, and what was written to it, in order. */
class World {
  readonly writes: string[] = [];
  readonly records = new RemediationStore(
    () => undefined,
    () => 0,
  );
  account: LiveObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'shop', uid: 'u', resourceVersion: '1', managedFields: [] },
  };
  mode: RuleMode = apply;
  finding: PresentFinding = failing;
  isLeader = true;
  budgetMs = 0;
  trial: PatchOutcome | undefined;
  /** Called before each write of the record or the target. */
  onWrite: (write: string) => void = () => undefined;
  #version = 1;

  #write(what: string): void {
    this.onWrite(what);
    this.writes.push(what);
  }

  #put(status?: HardeningRemediationStatus): HardeningRemediation {
    this.#version += 1;
    return {
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'HardeningRemediation',
      metadata: { ...address, uid: 'r', resourceVersion: String(this.#version) },
      ...(status === undefined ? {} : { status }),
    };
  }

  /** Somebody does, and the watch shows it. */
  skip(record: HardeningRemediation): void {
    this.records.upsert({ ...record, metadata: this.#put().metadata, spec: { action: 'Skip' } });
  }

  readonly writer: RemediationWriter = {
    readTarget: () => Promise.resolve({ outcome: 'read', object: this.account }),
    applyFields: (_target, fields, isDryRun) => {
      if (!isDryRun) this.#write('patch');
      if (isDryRun && this.trial !== undefined) return Promise.resolve(this.trial);
      const fieldsV1 = { 'f:automountServiceAccountToken': {} };
      const object = {
        ...this.account,
        ...fields,
        metadata: {
          ...this.account.metadata,
          managedFields: [{ manager: 'merlon-remediator', operation: 'Apply', fieldsV1 }],
        },
      };
      if (!isDryRun) this.account = object;
      return Promise.resolve({ outcome: 'written', object });
    },
    createRecord: () => {
      this.#write('create');
      return Promise.resolve({ outcome: 'written', object: this.#put() });
    },
    replaceRecordStatus: (_record, status) => {
      this.#write(`status ${status.state ?? ''}${status.intent === undefined ? '' : ` intent ${status.intent}`}`);
      return Promise.resolve({ outcome: 'written', object: this.#put(status) });
    },
    deleteRecord: () => {
      this.#write('delete');
      return Promise.resolve({ outcome: 'written', object: undefined });
    },
    readActionGuard: () => Promise.resolve({ state: 'missing', message: 'none' }),
  };

  readonly context: RepairContext = {
    writer: this.writer,
    records: this.records,
    mode: () => this.mode,
    policies: () => [],
    finding: () => this.finding,
    assertMayWrite: () => {
      if (!this.isLeader) throw new Error('another process writes now');
    },
    takeBudget: () => this.budgetMs,
    notBeforeMs: () => 0,
    nowMs: () => 1_000_000,
  };
}

describe('performRepair', () => {
  it('writes what it is about to do, does it, and writes that it is done', async () => {
    const world = new World();
    expect(await performRepair(candidate, world.context)).to.deep.equal({ outcome: 'patched' });
    expect(world.writes).to.deep.equal(['create', 'status Proposed intent Apply', 'patch', 'status Applied']);
    expect(await performRepair(candidate, world.context)).to.deep.equal({ outcome: 'settled' });
    expect(world.writes).to.have.length(4);
  });

  it('begins no patch once it is switched off, be it between two writes, and leaves nothing behind', async () => {
    const world = new World();
    world.onWrite = (write) => {
      if (write.includes('intent')) world.mode = killed;
    };
    await performRepair(candidate, world.context);
    expect(world.writes).to.deep.equal(['create', 'status Proposed intent Apply', 'delete']);
  });

  for (const [what, finding, state] of [
    ['exempt', { outcome: 'exempt' }, 'status Superseded'],
    ['found to put a workload at risk', atRisk, 'status Blocked'],
  ] as const) {
    it(`begins no patch of what is ${what} while it writes the record`, async () => {
      const world = new World();
      world.onWrite = (write) => {
        if (write.includes('intent')) world.finding = finding;
      };
      await performRepair(candidate, world.context);
      expect(world.writes).to.deep.equal(['create', 'status Proposed intent Apply', state]);
    });
  }

  it('begins no patch of what somebody skips right after the record says that it is about to be written', async () => {
    const world = new World();
    const mode = (): RuleMode => {
      const record = world.records.get(address.namespace, address.name);
      if (record?.status?.intent !== undefined) world.skip(record);
      return apply;
    };
    await performRepair(candidate, { ...world.context, mode });
    expect(world.writes).to.deep.equal(['create', 'status Proposed intent Apply', 'status Blocked']);
  });

  it('writes nothing once another process writes', async () => {
    const world = new World();
    world.onWrite = (write) => {
      if (write === 'create') world.isLeader = false;
    };
    const failure = await performRepair(candidate, world.context).catch((error: unknown) => error);
    expect(String(failure)).to.match(/another process writes/);
    expect(world.writes).to.deep.equal(['create']);
  });

  it('writes nothing while the budget is spent', async () => {
    const world = new World();
    world.budgetMs = 500;
    expect(await performRepair(candidate, world.context)).to.deep.equal({ outcome: 'waits', waitMs: 500 });
    expect(world.writes).to.deep.equal([]);
  });

  it('says what a dry run was refused for, and patches nothing', async () => {
    const world = new World();
    world.trial = { outcome: 'forbidden', message: 'no' };
    expect(await performRepair(candidate, world.context)).to.deep.equal({ outcome: 'failed' });
    expect(world.writes).to.deep.equal(['create', 'status Blocked']);
  });
});
