/** How people say when something ends. */
import { expect } from 'chai';

import { parseExpiry } from '../../src/cli/expiry-option.ts';

const now = Date.UTC(2026, 0, 31, 12, 0, 0, 500);
const parse = (text: string) => parseExpiry('--expires', text, now);

describe('when an exemption expires', () => {
  interface Row {
    readonly name: string;
    readonly text: string;
    readonly expiresAt: string;
  }
  const accepted: readonly Row[] = [
    { name: 'in days', text: '30d', expiresAt: '2026-03-02T12:00:00Z' },
    { name: 'in hours', text: '12h', expiresAt: '2026-02-01T00:00:00Z' },
    { name: 'in minutes', text: '90m', expiresAt: '2026-01-31T13:30:00Z' },
    { name: 'in weeks', text: '2w', expiresAt: '2026-02-14T12:00:00Z' },
    { name: 'when a day begins in UTC', text: '2026-02-28', expiresAt: '2026-02-28T00:00:00Z' },
    { name: 'at a time in UTC', text: '2026-02-28T18:30:00Z', expiresAt: '2026-02-28T18:30:00Z' },
    { name: 'at a time of another zone', text: '2026-03-01T00:30:00+02:00', expiresAt: '2026-02-28T22:30:00Z' },
    { name: 'at a time in lower case', text: '2026-02-28t18:30:00z', expiresAt: '2026-02-28T18:30:00Z' },
    { name: 'at a time with a fraction', text: '2026-02-28T18:30:00.999Z', expiresAt: '2026-02-28T18:30:00Z' },
    { name: 'on a day that only leap years have', text: '2028-02-29', expiresAt: '2028-02-29T00:00:00Z' },
  ];
  for (const { name, text, expiresAt } of accepted) {
    it(`can be said: ${name}`, () => {
      expect(parse(text)).to.deep.equal({ expiresAt });
    });
  }

  it('can be never, which has to be said', () => {
    expect(parse('never')).to.deep.equal({});
  });

  const refused: readonly { readonly name: string; readonly text: string; readonly message: RegExp }[] = [
    { name: 'nothing', text: '', message: /"" is no time: write a while/ },
    { name: 'a number without a unit', text: '30', message: /is no time/ },
    { name: 'a unit that is not known', text: '3y', message: /is no time/ },
    { name: 'a negative while', text: '-3d', message: /is no time/ },
    { name: 'no while at all', text: '0d', message: /is over: it would exempt nothing/ },
    { name: 'yesterday', text: '2026-01-30', message: /is over: it would exempt nothing/ },
    { name: 'the day that has begun', text: '2026-01-31', message: /is over/ },
    { name: 'the second that it is', text: '2026-01-31T12:00:01Z', message: /is over/ },
    { name: 'a day that no month has', text: '2027-02-29', message: /is no time/ },
    { name: 'an hour that no day has', text: '2027-02-28T25:00:00Z', message: /is no time/ },
    { name: 'a time without a zone', text: '2027-02-28T18:30:00', message: /is no time/ },
    { name: 'a time with something behind it', text: '2027-02-28 or so', message: /is no time/ },
    { name: 'more days than there are', text: '9999999999999999999999d', message: /is later than any time/ },
    { name: 'the year 10000', text: '2912500d', message: /is later than any time/ },
  ];
  for (const { name, text, message } of refused) {
    it(`cannot be ${name}`, () => {
      expect(parse(text)).to.have.property('usageError').that.matches(message);
    });
  }
});
