import { expect } from 'chai';
import type { TlsReading } from '../../src/evidence/reading.ts';
import { collectTls } from '../../src/evidence/tls.ts';
import type { HandshakeAnswer, Offer } from '../../src/evidence/tls.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');

async function read(answer: (offer: Offer) => HandshakeAnswer): Promise<TlsReading> {
  const reading = await collectTls(
    (offer) => Promise.resolve(answer(offer)),
    () => NOW,
  );
  if ('missing' in reading) throw new Error(reading.missing);
  return reading.read;
}

function until(notAfter: string): Promise<TlsReading> {
  return read(() => ({ outcome: 'agreed', notAfter }));
}

describe('the TLS of an API server', () => {
  it('has a valid certificate for 30 days', async () => {
    expect((await until('2026-12-26T12:00:00Z')).certificate).to.have.nested.property('read.state', 'valid');
  });

  it('has one that ends soon for less', async () => {
    expect((await until('2026-12-26T11:59:59Z')).certificate).to.have.nested.property('read.state', 'endsSoon');
  });

  it('has one that has ended', async () => {
    expect((await until('2026-11-26T12:00:00Z')).certificate).to.have.nested.property('read.state', 'expired');
  });

  it('has an unknown one where nothing says when it ends', async () => {
    expect((await until('')).certificate).to.deep.equal({
      missing: 'the certificate of the API server does not say when it ends',
    });
  });

  it('has one that has ended where nobody who verifies it connects, and is known to refuse what is weak', async () => {
    const notAfter = '2026-11-01T12:00:00Z';
    const tls = await read(({ ciphers }) =>
      ciphers === undefined ? { outcome: 'expired', notAfter } : { outcome: 'refused' },
    );
    expect(tls).to.deep.include({
      certificate: { read: { notAfter, state: 'expired' } },
      acceptsOldVersions: { read: false },
      acceptsWeakCiphers: { read: false },
    });
  });

  it('refuses what it does not shake hands for', async () => {
    const tls = await read(({ ciphers }) =>
      ciphers === undefined ? { outcome: 'agreed', notAfter: '2030-01-01T00:00:00Z' } : { outcome: 'refused' },
    );

    expect(tls.acceptsOldVersions).to.deep.equal({ read: false });
    expect(tls.acceptsWeakCiphers).to.deep.equal({ read: false });
  });

  it('is not known to refuse what could not be offered', async () => {
    const tls = await read(() => ({ outcome: 'failed', message: 'no protocols available' }));

    expect(tls).to.deep.equal({
      certificate: { missing: 'no TLS connection came about: no protocols available' },
      acceptsOldVersions: { missing: 'whether it accepts TLS 1.1 could not be tried: no protocols available' },
      acceptsWeakCiphers: {
        missing: 'whether it accepts weak cipher suites could not be tried: no protocols available',
      },
      certificateRequest: {
        missing: 'what it asks of clients in a handshake was not seen: no protocols available',
      },
    });
  });

  it('is not known to refuse what is weak where it refuses everything', async () => {
    expect(await read(() => ({ outcome: 'refused' }))).to.deep.equal({
      certificate: { missing: 'the API server refused TLS 1.2 and 1.3' },
      acceptsOldVersions: {
        missing: 'whether it accepts TLS 1.1 could not be tried: it refused what is usual, too',
      },
      acceptsWeakCiphers: {
        missing: 'whether it accepts weak cipher suites could not be tried: it refused what is usual, too',
      },
      certificateRequest: {
        missing:
          'what it asks of clients in a handshake was not seen: it refuses TLS 1.2, and in TLS 1.3 that is encrypted',
      },
    });
  });

  it('asks for certificates of those that it names where TLS 1.2 lets it be heard', async () => {
    const request = { isAsked: true, authorities: ['30'] };
    const heard = await read(({ hearsRequest }) => ({
      outcome: 'agreed',
      notAfter: '2030-01-01T00:00:00Z',
      ...(hearsRequest === true ? { request } : {}),
    }));
    expect(heard.certificateRequest).to.deep.equal({ read: request });
    expect((await until('2030-01-01T00:00:00Z')).certificateRequest).to.deep.equal({
      missing: 'what it asks of clients in a handshake makes no sense',
    });
  });

  it('is not seen behind a proxy', async () => {
    expect(await collectTls(undefined, () => NOW)).to.deep.equal({
      missing: 'a proxy stands before the API server: its TLS is not seen',
    });
  });
});
