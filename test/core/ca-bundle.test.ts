import { expect } from 'chai';

import { classifyCaBundle, endOfBundle } from '../../src/core/ca-bundle.ts';
import { createCertificateAuthority } from '../support/certificates.ts';

const DAY_MS = 86_400_000;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('what is kept of a bundle of authorities', () => {
  it('is until when the last of them holds, of PEM and of Base64 alike', async () => {
    const { certificatePem } = await createCertificateAuthority();
    const kept = classifyCaBundle(certificatePem);

    expect(kept).to.match(/^until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(endOfBundle(kept)).to.equal(kept.slice(6, 16));
    expect(Date.parse(kept.slice(6))).to.be.greaterThan(Date.now() + DAY_MS / 24);
    expect(classifyCaBundle(base64(certificatePem))).to.equal(kept);
    expect(classifyCaBundle(`${certificatePem}\n${certificatePem}`)).to.equal(kept);
  });

  const none: readonly (readonly [string, string])[] = [
    ['a line break', '\n'],
    ['a word', 'authority'],
    ['bytes that are no text', '\u0000\u00ff\ufffd'],
    ['a block of nothing', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n'],
    ['a block that does not end', '-----BEGIN CERTIFICATE-----\nAAAA'],
    ['a block of something else', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ['very many of these', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'.repeat(20_000)],
    ['a block of a million line breaks', `-----BEGIN CERTIFICATE-----${'\n'.repeat(1_000_000)}`],
    ['the beginning of very many', '-----BEGIN CERTIFICATE-----\n'.repeat(40_000)],
  ];
  for (const [what, text] of none) {
    it(`is that there is none in ${what}`, () => {
      expect(classifyCaBundle(text)).to.equal('none');
      expect(classifyCaBundle(base64(text))).to.equal('none');
      expect(endOfBundle(classifyCaBundle(text))).to.equal(undefined);
    });
  }
});
