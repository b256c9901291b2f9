import { expect } from 'chai';

import type { HardeningRemediation } from '../../../src/api/v1alpha1/hardening-remediation.ts';
import type { LiveObject } from '../../../src/remediation/live-object.ts';
import { findKeptFields, findStandingRepairs } from '../../../src/uninstall/plan/standing-repairs.ts';
import { defaultAccount, labelledNamespace, recordOf } from './repaired-objects.ts';

const found = (objects: readonly LiveObject[], records: readonly HardeningRemediation[] = []) =>
  findStandingRepairs(objects, records).map(({ object, owned, before }) => [object.metadata.name, owned, before]);

describe('repairs that stand', () => {
  it('are the fields that Merlon owns, also where no record tells of them', () => {
    expect(found([defaultAccount(), labelledNamespace('shop')])).to.deep.equal([
      ['default', [['automountServiceAccountToken']], {}],
      ['shop', [['metadata', 'labels', 'pod-security.kubernetes.io/warn']], {}],
    ]);
  });

  it('are none where somebody else owns the field, or the object is being deleted', () => {
    expect(found([defaultAccount({ manager: 'kubectl' })])).to.deep.equal([]);
    expect(found([defaultAccount({ deletionTimestamp: '2026-11-26T00:00:00Z' })])).to.deep.equal([]);
  });

  it('are none where the value before was put back, although Merlon owns it since', () => {
    expect(found([defaultAccount({ value: true })])).to.deep.equal([]);
  });

  it('give back what the record of this very object says, no further than it does no harm', () => {
    expect(found([defaultAccount()], [recordOf('true')])).to.deep.equal([
      ['default', [['automountServiceAccountToken']], { automountServiceAccountToken: true }],
    ]);
    const without = [['default', [['automountServiceAccountToken']], {}]];
    expect(found([defaultAccount()], [recordOf('"forged"')])).to.deep.equal(without);
    expect(found([defaultAccount()], [recordOf('true', { uid: 'another' })])).to.deep.equal(without);
    expect(found([defaultAccount()], [recordOf('true', { labels: {} })])).to.deep.equal(without);
  });

  it('stay in part where somebody else has set the field, too', () => {
    const [repair] = findStandingRepairs([defaultAccount()], []);
    if (repair === undefined) throw new Error('nothing stands');
    expect(findKeptFields(repair, defaultAccount())).to.deep.equal(['automountServiceAccountToken']);
    const { automountServiceAccountToken: _given, ...given } = defaultAccount();
    expect(findKeptFields(repair, given)).to.deep.equal([]);
  });
});
