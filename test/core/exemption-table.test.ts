import { expect } from 'chai';

import { ExemptionTable, MAX_OWN_EXEMPTIONS } from '../../src/core/exemption-table.ts';
import { ruleNamed } from './finding-of.ts';
import { exemptionObject, exemptionOf } from './exemption-samples.ts';

const catalogue = [ruleNamed('pod-privileged')];
const web = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' };

function own(name: string, createdAt: string) {
  return exemptionOf(exemptionObject({ name, namespace: 'shop', creationTimestamp: createdAt }), catalogue);
}

function namesOf(table: ExemptionTable, posture: string | undefined): readonly string[] {
  return table
    .candidates(web, posture)
    .flat()
    .map(({ exemption }) => exemption.name);
}

describe('the table of exemptions', () => {
  it('counts the 200 oldest of a namespace, and of equal age the first by name', () => {
    const table = new ExemptionTable();
    const young = own('a-young-one', '2026-02-01T00:00:00Z');
    const late = own('late', '2026-01-01T00:00:00Z');
    table.set(young);
    table.set(late);
    for (let index = 0; index < MAX_OWN_EXEMPTIONS - 1; index += 1) {
      table.set(own(`early-${index}`, '2026-01-01T00:00:00Z'));
    }
    expect(namesOf(table, 'shop')).to.have.length(MAX_OWN_EXEMPTIONS);
    expect(table.isCounted(late)).to.equal(true);
    expect(table.isCounted(young)).to.equal(false);
    table.set(own('earlier', '2025-01-01T00:00:00Z'));
    expect(table.isCounted(late)).to.equal(false);
    table.delete({ namespace: 'shop', name: 'earlier' });
    expect(table.isCounted(late)).to.equal(true);
  });

  it('counts every one of the cluster', () => {
    const table = new ExemptionTable();
    for (let index = 0; index < 300; index += 1) {
      table.set(exemptionOf(exemptionObject({ name: `one-${index}` }), catalogue));
    }
    expect(namesOf(table, undefined)).to.have.length(300);
  });

  it('asks of ten thousand none that cannot be about a subject', () => {
    const table = new ExemptionTable();
    for (let index = 0; index < 10_000; index += 1) {
      const subjects = [
        { namespace: 'shop', name: `web-${index}` },
        { namespace: 'other', name: 'web' },
        { name: `db-${index}-*` },
      ];
      table.set(exemptionOf(exemptionObject({ name: `of-${index}` }, { subjects }), catalogue));
    }
    table.set(exemptionOf(exemptionObject({ name: 'of-web' }, { subjects: [{ name: 'web' }] }), catalogue));
    expect(namesOf(table, 'shop')).to.deep.equal(['of-web']);
  });

  it('finds by name, by what stands before the first star, and by namespace', () => {
    const table = new ExemptionTable();
    const set = (name: string, subject: { name?: string; namespace?: string; kind?: string }): void => {
      table.set(exemptionOf(exemptionObject({ name }, { subjects: [subject] }), catalogue));
    };
    set('exact', { name: 'web' });
    set('another', { name: 'db' });
    set('prefix', { name: 'we*' });
    set('longer-prefix', { name: 'web-*' });
    set('other-prefix', { name: 'x*' });
    set('anything', { kind: 'Pod' });
    set('here', { namespace: 'shop', name: 'web' });
    set('elsewhere', { namespace: 'other', name: 'web' });
    expect(namesOf(table, 'shop')).to.have.members(['exact', 'prefix', 'anything', 'here']);
  });

  it('has nothing of a namespace in the posture of the cluster', () => {
    const table = new ExemptionTable();
    table.set(own('own', '2026-01-01T00:00:00Z'));
    expect(namesOf(table, undefined)).to.deep.equal([]);
    expect(namesOf(table, 'shop')).to.deep.equal(['own']);
  });

  it('holds the newest version of each, and nothing of what was deleted', () => {
    const table = new ExemptionTable();
    expect(table.isEmpty).to.equal(true);
    table.set(exemptionOf(exemptionObject({ name: 'one' }, { subjects: [{ name: 'web' }] }), catalogue));
    expect(namesOf(table, 'shop')).to.deep.equal(['one']);
    table.set(exemptionOf(exemptionObject({ name: 'one' }, { subjects: [{ name: 'db' }] }), catalogue));
    expect(namesOf(table, 'shop')).to.deep.equal([]);
    table.delete({ name: 'one' });
    expect(table.isEmpty).to.equal(true);
  });
});
