import { expect } from 'chai';
import fc from 'fast-check';

import { printName, subjectOf } from '../../src/evidence/distinguished-name.ts';
import { createCertificateAuthority, issueClientCertificate } from '../support/certificates.ts';

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
}

describe('the name in a certificate', () => {
  it('is that of whom it is for, not of who signed it', async () => {
    const authority = await createCertificateAuthority({ name: 'kubernetes' });
    const client = await issueClientCertificate(authority, { user: 'jane', groups: ['developers'] });
    expect(printName(subjectOf(derOf(authority.certificatePem)) ?? '')).to.equal('kubernetes');
    expect(printName(subjectOf(derOf(client.certificatePem)) ?? '')).to.equal('jane');
  });

  it('is the same in every certificate of that name', async () => {
    const [one, other] = [await createCertificateAuthority(), await createCertificateAuthority()];
    expect(subjectOf(derOf(one.certificatePem))).to.equal(subjectOf(derOf(other.certificatePem)));
  });

  it('is none of what is no certificate', () => {
    for (const hex of ['', '30', '3000', '30023000', '308400000001', '30ff', '3080']) {
      expect(subjectOf(Buffer.from(hex, 'hex')), hex).to.equal(undefined);
    }
  });

  it('is not shown where it is nothing to be shown', () => {
    const named = (text: string): string => {
      const value = Buffer.concat([
        Buffer.from('0603550403', 'hex'),
        Buffer.from([0x0c, text.length]),
        Buffer.from(text),
      ]);
      const pair = Buffer.concat([Buffer.from([0x30, value.length]), value]);
      const set = Buffer.concat([Buffer.from([0x31, pair.length]), pair]);
      return Buffer.concat([Buffer.from([0x30, set.length]), set]).toString('hex');
    };
    expect(printName(named('etcd-ca'))).to.equal('etcd-ca');
    for (const text of ['', 'two\nlines', '\u001b[31mred', 'x'.repeat(65)])
      expect(printName(named(text))).to.equal(undefined);
    expect(printName('3000')).to.equal(undefined);
  });

  it('is read of no bytes in such a way that it throws, or goes beyond them', async () => {
    const whole = derOf((await createCertificateAuthority()).certificatePem);
    const bytes = fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some));
    const damaged = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => {
      const copy = Buffer.from(whole);
      copy[at] = byte;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(bytes, damaged), (der) => {
        const subject = subjectOf(der) ?? '';
        const text = printName(subject) ?? '';
        printName(der.toString('hex'));
        return der.toString('hex').includes(subject) && text.length <= 64;
      }),
      { numRuns: 3000 },
    );
  });
});
