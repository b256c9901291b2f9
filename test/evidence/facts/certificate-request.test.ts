import { expect } from 'chai';

import { parseFlags } from '../../../src/evidence/arguments.ts';
import type { CertificateRequest } from '../../../src/evidence/certificate-request.ts';
import { concludeEvidence } from '../../../src/evidence/facts/index.ts';
import { CLIENT_CERTIFICATES } from '../../../src/evidence/metrics.ts';
import type { Reading } from '../../../src/evidence/reading.ts';
import type { ServerReadings } from '../../../src/evidence/server-readings.ts';
import { metricsOf, readingsOf } from '../readings.ts';

/** CN=a and CN=b. */
const [a, b] = ['300c310a3008060355040313' + '0161', '300c310a3008060355040313' + '0162'];

function handshake(request: Reading<CertificateRequest>): ServerReadings['tls'] {
  const unseen = { missing: 'not seen' };
  return {
    read: {
      certificate: unseen,
      acceptsOldVersions: unseen,
      acceptsWeakCiphers: unseen,
      certificateRequest: request,
    },
  };
}

function asks(...authorities: readonly string[]): ServerReadings['tls'] {
  return handshake({ read: { isAsked: true, authorities } });
}

function published(clientSubjects: readonly string[], frontProxySubjects: readonly string[]): Partial<ServerReadings> {
  return {
    clientAuthorities: {
      read: {
        hasClientAuthority: true,
        hasFrontProxyAuthority: true,
        sharesAuthority: false,
        clientSubjects,
        frontProxySubjects,
        frontProxyNames: [],
      },
    },
  };
}

const asksNobody = handshake({ read: { isAsked: false, authorities: [] } });

function told(said: Partial<ServerReadings>): unknown {
  const { certificateAuthentication } = concludeEvidence(readingsOf(said));
  return certificateAuthentication;
}

describe('whether users may show certificates, by what a handshake asks for', () => {
  it('they may where it asks for those of an authority that is not the front proxy’s', () => {
    expect(told({ tls: asks(a, b), ...published([a], [b]) })).to.deep.equal({
      value: true,
      source: 'TLS handshake',
      confidence: 'medium',
      detail: 'it asks for client certificates of a',
    });
  });

  it('they may also where the authority is new, and not published yet', () => {
    expect(told({ tls: asks(a), ...published([], [b]) })).to.have.property('value', true);
  });

  it('they may not where it asks for none', () => {
    expect(told({ tls: asksNobody })).to.deep.include({ value: false, detail: 'it asks for no client certificate' });
  });

  it('they may not where it asks for those of the front proxy alone', () => {
    expect(told({ tls: asks(b), ...published([a], [b]) })).to.deep.include({
      value: false,
      detail: 'it asks for client certificates of the front proxy alone',
    });
  });

  it('nobody knows where one authority is, or was, both', () => {
    expect(told({ tls: asks(b), ...published([a, b], [b]) }))
      .to.have.property('unobserved')
      .that.includes('of users and');
  });

  it('nobody knows where it names nobody', () => {
    expect(told({ tls: asks(), ...published([a], [b]) }))
      .to.have.property('unobserved')
      .that.includes('of whom');
  });

  it('nobody knows where it may not be read whom the front proxy’s are of', () => {
    expect(told({ tls: asks(a), clientAuthorities: { missing: 'grant get on it' } }))
      .to.have.property('unobserved')
      .that.includes('grant get on it');
  });

  it('nobody knows where it was not heard', () => {
    expect(told({ tls: handshake({ missing: 'TLS 1.3 only' }) }))
      .to.have.property('unobserved')
      .that.includes('TLS 1.3 only');
  });

  it('is less than that some were looked at, which is named as what contradicts', () => {
    expect(told({ metrics: metricsOf(CLIENT_CERTIFICATES), tls: asksNobody })).to.deep.include({
      value: true,
      source: '/metrics',
      contradicted: ['it asks for no client certificate (TLS handshake)'],
    });
  });

  it('is more than what a pod declares', () => {
    const { values, hidden } = parseFlags(['--client-ca-file=/ca.crt']);
    const pod = { source: 'a pod', confidence: 'medium', coverage: 'arguments', values, hidden } as const;
    expect(told({ tls: asksNobody, flags: [{ read: pod }] })).to.deep.include({
      value: false,
      source: 'TLS handshake',
      contradicted: ['--client-ca-file is given (a pod)'],
    });
  });
});
