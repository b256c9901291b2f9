import { expect } from 'chai';

import { endOfRelease } from '../../src/core/kubernetes-releases.ts';

describe('until when Kubernetes mends a minor version', () => {
  const rows: readonly (readonly [sentence: string, minor: number, date: string, end: object | undefined])[] = [
    ['a version is mended', 35, '2026-11-26T00:00:00Z', { support: 'mended', lastDay: '2027-02-28' }],
    ['until 60 days before its end', 35, '2026-12-30T23:59:59Z', { support: 'mended', lastDay: '2027-02-28' }],
    ['from then on it ends soon', 35, '2026-12-31T00:00:00Z', { support: 'endsSoon', lastDay: '2027-02-28' }],
    ['also on its last day', 35, '2027-02-28T23:59:59Z', { support: 'endsSoon', lastDay: '2027-02-28' }],
    ['and then it has ended', 35, '2027-03-01T00:00:00Z', { support: 'ended', lastDay: '2027-02-28' }],
    ['what is older has ended, whatever the date is', 34, '2026-11-26T00:00:00Z', { support: 'ended' }],
    ['what is newer than is known is mended for longer', 38, '2027-10-28T23:59:59Z', { support: 'mended' }],
    ['until nothing is known any more', 38, '2027-10-29T00:00:00Z', undefined],
    ['what is known has ended then', 37, '2027-10-29T00:00:00Z', { support: 'ended', lastDay: '2027-10-28' }],
  ];
  for (const [sentence, minor, date, end] of rows) {
    it(sentence, () => {
      expect(endOfRelease(minor, Date.parse(date))).to.deep.equal(end);
    });
  }
});
