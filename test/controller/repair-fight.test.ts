/** The controllers as they run, against somebody who sets back whatever Merlon writes, as soon or as late as he likes. */
import { expect } from 'chai';
import fc from 'fast-check';

import { managedByLabels } from '../../src/api/v1alpha1/group.ts';
import type { HardeningRemediation } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { PostureController } from '../../src/controller/posture-controller.ts';
import { RemediationController } from '../../src/controller/remediation-controller.ts';
import type { RemediationWriter } from '../../src/controller/remediation-writer.ts';
import type { Log } from '../../src/core/log.ts';
import { kindNames } from '../../src/core/kinds.ts';
import { defaultTokenMount as rule } from '../../src/rules/service-account/default-token-mount.ts';
import { objectOf } from '../core/yaml-objects.ts';
import { SimulatedTarget } from '../remediation/simulated-target.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeServer } from './fake-cluster.ts';
import { address } from './repair-world.ts';

/** All in milliseconds. */
interface Timing {
  /** Of a request and its answer. */
  readonly roundTripMs: number;
  /** Until the watch shows what was written. */
  readonly watchMs: number;
  /** From then on until it is set back. */
  readonly reactionMs: number;
  /** The watch is cut off, and what takes its place shows the object as it is in the end. */
  readonly isHidden?: boolean;
}

const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const queue = { concurrency: 4, minIntervalMs: 20, firstRetryMs: 250, maxRetryMs: 60_000 };
const minuteMs = 60_000;

class Fight {
  readonly target = new SimulatedTarget();
  readonly #clock = new FakeClock();
  readonly #timing: Timing;
  readonly #postures: PostureController;
  readonly #repairs: RemediationController;
  #version = 1;

  constructor(timing: Timing) {
    this.#timing = timing;
    const options = { rules: [rule], log: silent, mayWrite: () => true };
    this.#repairs = new RemediationController({
      ...options,
      writer: this.#writer,
      snapshot: () => this.#postures.cluster,
      policySay: (scope) => this.#postures.policies.remediationSay(scope),
      onChange: (scope) => {
        this.#postures.review(scope);
      },
      ownNamespace: 'merlon',
      clock: this.#clock,
      queue,
      budget: { perMinute: 120, perNamespaceAndMinute: 10 },
    });
    this.#postures = new PostureController({
      ...options,
      repairs: this.#repairs,
      writer: new FakeServer(),
      queue: { ...queue, clock: this.#clock },
      timestamp: () => '2026-11-28T08:00:00Z',
      writeIntervalMs: 250,
      refusedRetryMs: 10_000,
    });
  }

  get record(): HardeningRemediation | undefined {
    return this.#repairs.records.get(address.namespace, address.name);
  }

  /** For less than an hour: then it is a new story. */
  async run(): Promise<void> {
    for (const source of kindNames) this.#postures.cluster.observe({ source, state: 'observed', message: '' });
    this.#postures.observePolicies({ source: 'ClusterHardeningPolicy', state: 'observed', message: '' });
    this.#postures.observeOwnPolicies({ source: 'HardeningPolicy', state: 'observed', message: '' });
    for (const source of ['ClusterHardeningExemption', 'HardeningExemption'] as const) {
      this.#postures.observeExemptions({ source, state: 'observed', message: '' });
    }
    this.#repairs.observeRecords({ source: 'HardeningRemediation', state: 'observed', message: '' });
    const namespace = 'kind: Namespace\nmetadata: { name: shop, labels: { merlon.dev/remediation: apply } }';
    this.#postures.cluster.upsert('Namespace', objectOf('Namespace', namespace));
    this.#show();
    await this.#clock.advance(this.#timing.watchMs + 1);
    this.#postures.start();
    this.#repairs.start();
    await this.#clock.advance(55 * minuteMs);
  }

  /** The watch shows the account as it is now. */
  #show(): void {
    const { value, uid } = this.target;
    const field = value === undefined ? '' : `automountServiceAccountToken: ${value}`;
    const account = `kind: ServiceAccount\nmetadata: { name: default, namespace: shop, uid: ${uid} }\n${field}`;
    this.#clock.setTimeout(() => {
      this.#postures.cluster.upsert('ServiceAccount', objectOf('ServiceAccount', account));
    }, this.#timing.watchMs);
  }

  #setBackLater(): void {
    this.#clock.setTimeout(() => {
      this.target.remove();
      this.#show();
    }, this.#timing.watchMs + this.#timing.reactionMs);
  }

  /** Asks the API server, half a round trip from here. */
  #ask<T>(answer: () => T): Promise<T> {
    const halfMs = this.#timing.roundTripMs / 2;
    return new Promise((resolve) => {
      this.#clock.setTimeout(() => {
        const answered = answer();
        this.#clock.setTimeout(() => {
          resolve(answered);
        }, halfMs);
      }, halfMs);
    });
  }

  #store(record: HardeningRemediation): { readonly outcome: 'written'; readonly object: HardeningRemediation } {
    this.#version += 1;
    const object = { ...record, metadata: { ...record.metadata, resourceVersion: String(this.#version) } };
    this.#clock.setTimeout(() => {
      this.#repairs.records.upsert(object);
    }, this.#timing.watchMs);
    return { outcome: 'written', object };
  }

  get #writer(): RemediationWriter {
    const kind = { apiVersion: 'merlon.dev/v1alpha1', kind: 'HardeningRemediation' } as const;
    return {
      readTarget: () => this.#ask(() => ({ outcome: 'read', object: this.target.object })),
      applyFields: (object, fields, isDryRun) =>
        this.#ask(() => {
          const { length } = this.target.writes;
          const outcome = this.target.apply(object, fields, isDryRun);
          if (this.target.writes.length > length) {
            if (this.#timing.isHidden !== true) this.#show();
            this.#setBackLater();
          }
          return outcome;
        }),
      createRecord: (namespace, name) =>
        this.#ask(() => this.#store({ ...kind, metadata: { namespace, name, uid: 'r', labels: managedByLabels } })),
      replaceRecordStatus: (record, status) => this.#ask(() => this.#store({ ...record, status })),
      deleteRecord: () => Promise.reject(new Error('nothing is forgotten within an hour')),
      readActionGuard: () => this.#ask(() => ({ state: 'missing', message: 'none' })),
    };
  }
}

describe('a fight over a field', function () {
  this.timeout(60_000);

  async function endsAfterTwo(timing: Timing): Promise<void> {
    const fight = new Fight(timing);
    await fight.run();
    expect(fight.target.writes, JSON.stringify(timing)).to.have.length(2);
    expect(fight.record?.status?.reason, JSON.stringify(timing)).to.equal('Contested');
  }

  it('ends after two writes where Merlon looks before it hears of what it looks at', async () => {
    for (const [roundTripMs, watchMs, reactions] of [
      [2, 2, [0]],
      [4, 2, [230, 235]],
      [10, 5, [195, 205, 215]],
      [10, 30, [155, 170, 190]],
      [10, 200, [0, 10, 20]],
    ] as const) {
      for (const reactionMs of reactions) await endsAfterTwo({ roundTripMs, watchMs, reactionMs });
    }
  });

  it('also where no watch ever shows what Merlon wrote', async () => {
    await endsAfterTwo({ roundTripMs: 10, watchMs: 5, reactionMs: 20, isHidden: true });
  });

  it('and whenever else', async () => {
    const timings = fc.record({
      roundTripMs: fc.integer({ min: 2, max: 30 }),
      watchMs: fc.integer({ min: 1, max: 300 }),
      reactionMs: fc.integer({ min: 0, max: 5_000 }),
    });
    await fc.assert(fc.asyncProperty(timings, endsAfterTwo), { numRuns: 200 });
  });
});
