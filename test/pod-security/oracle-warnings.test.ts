import { expect } from 'chai';
import { isMaybeCut, isMaybeIncomplete, parseWarnings } from './oracle-warnings.ts';

describe('the warnings of an API server', () => {
  it('are unquoted, several of one header each', () => {
    expect(parseWarnings(String.raw`299 - "one \"a, b\" and \\", 299 - "two"`)).to.deep.equal([
      String.raw`one "a, b" and \ `.trim(),
      'two',
    ]);
  });

  it('are UTF-8, though Node reads headers as Latin-1', () => {
    expect(parseWarnings(Buffer.from('299 - "ä \u{1f600}"').toString('latin1'))).to.deep.equal(['ä \u{1f600}']);
  });

  it('are none without a header', () => {
    expect(parseWarnings(undefined)).to.deep.equal([]);
  });

  it('may have a date', () => {
    expect(parseWarnings('299 - "one" "Wed, 21 Oct 2015 07:28:00 GMT", 299 - "two"')).to.deep.equal(['one', 'two']);
  });

  it('are an error where they are not quoted', () => {
    expect(() => parseWarnings('299 - "one", 299 - two')).to.throw(/from "299 - two" on/);
  });

  it('may be cut where they have 256 characters', () => {
    expect(isMaybeCut('\u{1f600}'.repeat(256))).to.equal(true);
    expect(isMaybeCut('a'.repeat(255))).to.equal(false);
    expect(isMaybeCut('a'.repeat(257))).to.equal(false);
  });

  it('may lack some where they have 4,096 characters together', () => {
    expect(isMaybeIncomplete(['a'.repeat(4000), 'ä'.repeat(96)])).to.equal(true);
    expect(isMaybeIncomplete(['a'.repeat(4000), 'ä'.repeat(95)])).to.equal(false);
  });
});
