import { expect } from 'chai';

import { DayWatch } from '../../src/controller/day-watch.ts';
import { createCertificateAuthority } from '../support/certificates.ts';
import { caBundle } from '../../src/rules/webhook/ca-bundle.ts';
import { objectOf } from '../core/yaml-objects.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeCluster } from './fake-cluster.ts';

const DAY_MS = 86_400_000;

describe('which day it is', () => {
  it('is told at once, and each time that another one begins', async () => {
    const clock = new FakeClock();
    const told: string[] = [];
    const days = new DayWatch(clock, (day) => told.push(day));
    const of = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

    days.start();
    const startMs = clock.wallTimeMs();
    expect(told).to.deep.equal([of(startMs)]);
    await clock.advance(DAY_MS);
    await clock.advance(DAY_MS);
    expect(told).to.deep.equal([of(startMs), of(startMs + DAY_MS), of(startMs + 2 * DAY_MS)]);

    days.stop();
    await clock.advance(DAY_MS);
    expect(told).to.have.length(3);
  });

  it('decides without any event that an authority has ended', async () => {
    const { certificatePem } = await createCertificateAuthority();
    const bundle = Buffer.from(certificatePem).toString('base64');
    const cluster = new FakeCluster([caBundle]);
    cluster.putNamespace('shop');
    cluster.controller.cluster.upsert(
      'ValidatingWebhookConfiguration',
      objectOf(
        'ValidatingWebhookConfiguration',
        `{ kind: ValidatingWebhookConfiguration, webhooks: [{ name: a.example.com, clientConfig: { caBundle: '${bundle}' } }] }`,
      ),
    );
    cluster.controller.start();
    await cluster.clock.advance(5_000);
    const before = cluster.statusOf('cluster')?.compliant;

    cluster.controller.cluster.setToday('2999-01-01');
    await cluster.clock.advance(5_000);

    expect([before, cluster.statusOf('cluster')?.findings?.[0]?.rule]).to.deep.equal(['True', 'webhook-ca-bundle']);
    await cluster.controller.stop();
  });
});
