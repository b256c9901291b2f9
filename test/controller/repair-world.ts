/** An API server with a default account in each namespace, and what is written to it, in order. */
import type { HardeningRemediation } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { managedByLabels } from '../../src/api/v1alpha1/group.ts';
import type { RepairContext } from '../../src/controller/repair.ts';
import type { RemediationWriter } from '../../src/controller/remediation-writer.ts';
import { RemediationStore } from '../../src/controller/remediation-store.ts';
import type { LiveObject } from '../../src/remediation/live-object.ts';
import type { RuleMode } from '../../src/remediation/mode.ts';
import type { PatchOutcome } from '../../src/remediation/outcome.ts';
import { defaultAccountRemedy as remedy } from '../../src/remediation/remedies/default-account.ts';
import type { PresentFinding } from '../../src/remediation/situation.ts';
import { defaultTokenMount as rule } from '../../src/rules/service-account/default-token-mount.ts';

const subject = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' };
export const address = { namespace: 'shop', name: 'service-account-default-token-mount.serviceaccount.default' };
export const candidate = { rule, remedy, subject, address, record: undefined, finding: undefined };
export const apply: RuleMode = { mode: 'apply', reason: 'Enabled', message: 'on', isKilled: false, allowInUse: false };
export const killed: RuleMode = {
  mode: 'off',
  reason: 'SwitchedOff',
  message: 'off',
  isKilled: true,
  allowInUse: false,
};

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
export const atRisk: PresentFinding = {
  ...failing,
  plan: { ...failing.plan, risks: [{ kind: 'WorkloadAtRisk', message: 'Deployment "web" mounts the token' }] },
};

export class World {
  readonly writes: string[] = [];
  /** The namespaces of accounts that were patched. */
  readonly patched: string[] = [];
  readonly records = new RemediationStore(
    () => undefined,
    () => 0,
  );
  mode: RuleMode = apply;
  finding: PresentFinding = failing;
  isLeader = true;
  budgetMs = 0;
  patchesEnded = 0;
  trial: PatchOutcome | undefined;
  /** What comes of patches that are no dry run, instead of what they say. */
  readonly accidents: PatchOutcome[] = [];
  /** Called before each write of the record or the target. */
  onWrite: (write: string) => void = () => undefined;
  /** Called with a record that was created, before the answer comes. */
  onCreated: (record: HardeningRemediation) => void = () => undefined;
  onRead: (what: 'target' | 'guard') => void = () => undefined;
  /** By namespace: those that were written. */
  readonly #accounts = new Map<string, LiveObject>();
  /** What has no namespace, by name. */
  readonly bindings = new Map<string, LiveObject>();
  #version = 1;

  #write(what: string): void {
    this.onWrite(what);
    this.writes.push(what);
  }

  #account(namespace: string): LiveObject {
    const metadata = { name: 'default', namespace, uid: 'u', resourceVersion: '1', managedFields: [] };
    return this.#accounts.get(namespace) ?? { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
  }

  /** A later version of it, with that in it. */
  change(record: HardeningRemediation, changed: Partial<HardeningRemediation>): HardeningRemediation {
    this.#version += 1;
    return { ...record, ...changed, metadata: { ...record.metadata, resourceVersion: String(this.#version) } };
  }

  readonly writer: RemediationWriter = {
    readTarget: ({ namespace = '', name }) => {
      this.onRead('target');
      if (namespace === '') {
        const object = this.bindings.get(name);
        return Promise.resolve(object === undefined ? { outcome: 'gone' } : { outcome: 'read', object });
      }
      return Promise.resolve({ outcome: 'read', object: this.#account(namespace) });
    },
    applyFields: ({ metadata: { namespace = '' } }, fields, isDryRun) => {
      if (isDryRun && this.trial !== undefined) return Promise.resolve(this.trial);
      const accident = isDryRun ? undefined : this.accidents.shift();
      if (accident !== undefined) return Promise.resolve(accident);
      const fieldsV1 = { 'f:automountServiceAccountToken': {} };
      const { metadata, ...account } = this.#account(namespace);
      const managedFields = [{ manager: 'merlon-remediator', operation: 'Apply', fieldsV1 }];
      const object = { ...account, ...fields, metadata: { ...metadata, managedFields } } as LiveObject;
      if (!isDryRun) {
        this.#write('patch');
        this.patched.push(namespace);
        this.#accounts.set(namespace, object);
      }
      return Promise.resolve({ outcome: 'written', object });
    },
    createRecord: (namespace, name) => {
      this.#write('create');
      const metadata = { namespace, name, uid: 'r', labels: managedByLabels };
      const record = { apiVersion: 'merlon.dev/v1alpha1', kind: 'HardeningRemediation', metadata } as const;
      const object = this.change(record, {});
      this.onCreated(object);
      return Promise.resolve({ outcome: 'written', object });
    },
    replaceRecordStatus: (record, status) => {
      this.#write(`status ${status.state ?? ''}${status.intent === undefined ? '' : ` intent ${status.intent}`}`);
      return Promise.resolve({ outcome: 'written', object: this.change(record, { status }) });
    },
    deleteRecord: () => {
      this.#write('delete');
      return Promise.resolve({ outcome: 'written', object: undefined });
    },
    readActionGuard: () => {
      this.onRead('guard');
      return Promise.resolve({ state: 'missing', message: 'none' });
    },
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
    noteEnded: () => {
      this.patchesEnded += 1;
    },
    notBeforeMs: () => 0,
    nowMs: () => 1_000_000,
  };
}
