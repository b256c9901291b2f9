import { expect } from 'chai';

import { collectClientAuthorities } from '../../src/evidence/client-authorities.ts';
import { printName } from '../../src/evidence/distinguished-name.ts';
import type { ClientAuthorities, Reading } from '../../src/evidence/reading.ts';
import { createCertificateAuthority, reissueAuthority } from '../support/certificates.ts';
import { unusable } from '../../src/evidence/reading.ts';

function collect(data: Readonly<Record<string, string>>): Promise<Reading<ClientAuthorities>> {
  return collectClientAuthorities(() => Promise.resolve({ status: 200, body: JSON.stringify({ data }) }));
}

function certificate(...lines: readonly string[]): string {
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

describe('the authorities that API servers publish', () => {
  it('are shared where one certificate is both, among others and however it is wrapped', async () => {
    const reading = await collect({
      'client-ca-file': certificate('AAAA') + certificate('BBBBCCCC'),
      'requestheader-client-ca-file': certificate('BBBB', 'CCCC') + certificate('DDDD'),
      'requestheader-allowed-names': '["front-proxy-client"]',
    });
    expect(reading).to.deep.equal({
      read: {
        hasClientAuthority: true,
        hasFrontProxyAuthority: true,
        sharesAuthority: true,
        clientSubjects: [],
        frontProxySubjects: [],
        frontProxyNames: ['front-proxy-client'],
      },
    });
  });

  it('are shared where one key has a certificate of each, as of an authority that was issued anew', async () => {
    const [authority, other] = [await createCertificateAuthority(), await createCertificateAuthority()];
    const anew = await reissueAuthority(authority);
    expect(anew.certificatePem).not.to.equal(authority.certificatePem);
    for (const [proxy, isShared] of [
      [anew, true],
      [other, false],
    ] as const) {
      const reading = await collect({
        'client-ca-file': authority.certificatePem,
        'requestheader-client-ca-file': proxy.certificatePem,
      });
      expect(reading).to.have.nested.property('read.sharesAuthority', isShared);
    }
  });

  it('are named as a handshake names them', async () => {
    const [users, proxy] = [
      await createCertificateAuthority({ name: 'kubernetes' }),
      await createCertificateAuthority({ name: 'front-proxy-ca' }),
    ];
    const reading = await collect({
      'client-ca-file': users.certificatePem + certificate('AAAA'),
      'requestheader-client-ca-file': proxy.certificatePem,
    });
    const { clientSubjects = [], frontProxySubjects = [] } = 'read' in reading ? reading.read : {};
    expect(clientSubjects.map(printName)).to.deep.equal(['kubernetes']);
    expect(frontProxySubjects.map(printName)).to.deep.equal(['front-proxy-ca']);
  });

  it('are not where each is one of the two', async () => {
    const reading = await collect({
      'client-ca-file': certificate('AAAA'),
      'requestheader-client-ca-file': certificate('BBBB'),
    });
    expect(reading).to.have.nested.property('read.sharesAuthority', false);
  });

  it('are unknown where the answer is none, and no reason shows any of it', async () => {
    const none = unusable(
      'ConfigMap kube-system/extension-apiserver-authentication is not what an API server publishes',
    );
    for (const body of ['s3cret is what it says', '', 'null', '"{}"']) {
      expect(await collectClientAuthorities(() => Promise.resolve({ status: 200, body }))).to.deep.equal(none);
    }
    expect(await collect({ 'requestheader-allowed-names': 's3cret' })).to.deep.equal(none);
  });

  it('are not where there is one alone', async () => {
    const reading = await collect({ 'client-ca-file': certificate('AAAA') });
    expect(reading).to.have.nested.property('read.sharesAuthority', false);
  });
});
