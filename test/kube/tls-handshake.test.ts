import { expect } from 'chai';
import type { ServerOptions } from 'node:https';
import type { HandshakeAnswer, Offer } from '../../src/evidence/tls.ts';
import { openHandshake } from '../../src/kube/tls-handshake.ts';
import { createCertificateAuthority, issueServerCertificate } from '../support/certificates.ts';
import { findFreePort } from '../support/free-port.ts';
import { closeServers, serveHttps, serveTcp } from './transport-server.ts';

const usual: Offer = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' };
const weak: Offer = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0' };
const old: Offer = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };

describe('a TLS handshake', () => {
  afterEach(closeServers);

  let requests = 0;
  async function shakeWith(options: ServerOptions, offer: Offer, trusts = true): Promise<HandshakeAnswer> {
    requests = 0;
    const authority = await createCertificateAuthority();
    const { certificatePem, privateKeyPem } = await issueServerCertificate(
      authority,
      { dns: [], ip: ['127.0.0.1'] },
      20,
    );
    const { port } = await serveHttps(
      { cert: certificatePem, key: privateKeyPem, ...options },
      (_request, response) => {
        requests += 1;
        response.end();
      },
    );
    return shakeAt(
      port,
      offer,
      trusts ? authority.certificatePem : (await createCertificateAuthority()).certificatePem,
    );
  }

  async function shakeAt(port: number, offer: Offer, text = '', signal?: AbortSignal): Promise<HandshakeAnswer> {
    const handshake = openHandshake({
      origin: 'test',
      server: `https://127.0.0.1:${port}`,
      ...(text === '' ? {} : { certificateAuthority: { text } }),
      isInsecure: false,
      credentials: [{ kind: 'token', token: { text: 'a-token' } }],
      namespace: 'default',
    });
    if (handshake === undefined) throw new Error('no handshake');
    return handshake(offer, signal);
  }

  it('is agreed to, and tells until when the certificate holds, without a request', async () => {
    const answer = await shakeWith({}, usual);

    expect(answer.outcome).to.equal('agreed');
    const days = (Date.parse('notAfter' in answer ? answer.notAfter : '') - Date.now()) / 86_400_000;
    expect(days).to.be.within(19.9, 20.1);
    expect(requests).to.equal(0);
  });

  it('fails where the certificate is of another authority', async () => {
    expect((await shakeWith({}, usual, false)).outcome).to.equal('failed');
  });

  it('of a weak suite is agreed to whoever made the certificate', async () => {
    expect((await shakeWith({ ciphers: 'ECDHE-ECDSA-AES128-SHA@SECLEVEL=0' }, weak, false)).outcome).to.equal('agreed');
  });

  it('of a weak suite is refused where only strong ones are', async () => {
    expect(await shakeWith({ ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }, weak)).to.deep.equal({ outcome: 'refused' });
  });

  it('of a weak suite is refused where there is nothing but TLS 1.3', async () => {
    expect(await shakeWith({ minVersion: 'TLSv1.3' }, weak)).to.deep.equal({ outcome: 'refused' });
  });

  it('of an old version is refused', async () => {
    expect(await shakeWith({ minVersion: 'TLSv1.2' }, old)).to.deep.equal({ outcome: 'refused' });
  });

  it('of an old version is agreed to', async () => {
    const answer = await shakeWith({ minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }, old);

    expect(answer.outcome).to.equal('agreed');
  });

  it('fails where nobody listens', async () => {
    expect((await shakeAt(await findFreePort(), usual)).outcome).to.equal('failed');
  });

  it('fails where the connection is cut off', async () => {
    const { port } = await serveTcp((socket) => socket.destroy());

    expect((await shakeAt(port, weak)).outcome).to.equal('failed');
  });

  it('is given up when it is told to, at once', async () => {
    const { port } = await serveTcp(() => undefined);
    const stop = new AbortController();
    const answer = shakeAt(port, usual, '', stop.signal);
    stop.abort();

    expect(await answer).to.deep.equal({ outcome: 'failed', message: 'given up' });
    expect(await shakeAt(port, usual, '', stop.signal)).to.deep.equal({ outcome: 'failed', message: 'given up' });
  });

  it('is none of a server without TLS', () => {
    expect(
      openHandshake({
        origin: 'test',
        server: 'http://127.0.0.1:8080',
        isInsecure: false,
        credentials: [],
        namespace: 'default',
      }),
    ).to.equal(undefined);
  });
});
