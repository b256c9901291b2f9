import { expect } from 'chai';
import type { ServerOptions } from 'node:https';
import type { HandshakeAnswer, Offer } from '../../src/evidence/tls.ts';
import { printName } from '../../src/evidence/distinguished-name.ts';
import type { ClusterConfig } from '../../src/kube/cluster-config.ts';
import { openHandshake } from '../../src/kube/tls-handshake.ts';
import { createCertificateAuthority, issueServerCertificate } from '../support/certificates.ts';
import { findFreePort } from '../support/free-port.ts';
import { closeServers, serveHttps, serveTcp } from './transport-server.ts';

const usual: Offer = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' };
const weak: Offer = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0' };
const clear: Offer = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', hearsRequest: true };
const old: Offer = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };

interface Own {
  readonly cert: string;
  readonly key: string;
  /** PEM. */
  readonly authority: string;
}

/** A certificate with these names in it and in its authority's. */
async function issueOwn(name: string, authorityName: string): Promise<Own> {
  const authority = await createCertificateAuthority({ name: authorityName });
  const own = await issueServerCertificate(authority, { dns: [], ip: ['127.0.0.1'] }, { name });
  return { cert: own.certificatePem, key: own.privateKeyPem, authority: authority.certificatePem };
}

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

  async function shakeAt(
    port: number,
    offer: Offer,
    text = '',
    signal?: AbortSignal,
    timeoutMs?: number,
  ): Promise<HandshakeAnswer> {
    const config: ClusterConfig = {
      origin: 'test',
      server: `https://127.0.0.1:${port}`,
      ...(text === '' ? {} : { certificateAuthority: { text } }),
      isInsecure: false,
      credentials: [{ kind: 'token', token: { text: 'a-token' } }],
      namespace: 'default',
    };
    const handshake = openHandshake(config, timeoutMs);
    if (handshake === undefined) throw new Error('no handshake');
    return handshake(offer, signal);
  }

  async function serveOwn({ cert, key }: Own): Promise<number> {
    const { port } = await serveHttps({ cert, key }, (_request, response) => response.end());
    return port;
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

  it('tells of which authorities it asks for certificates, where TLS 1.2 is spoken', async () => {
    const [users, proxy] = [
      await createCertificateAuthority({ name: 'kubernetes' }),
      await createCertificateAuthority({ name: 'front-proxy-ca' }),
    ];
    const ca = [users.certificatePem, proxy.certificatePem];
    const answer = await shakeWith({ requestCert: true, rejectUnauthorized: false, ca }, clear);
    expect(answer.outcome).to.equal('agreed');
    const request = 'request' in answer ? answer.request : undefined;
    expect(request?.isAsked).to.equal(true);
    expect(request?.authorities.map((one) => printName(one))).to.have.members(['kubernetes', 'front-proxy-ca']);
  });

  it('tells a certificate that an API server made itself by its names', async () => {
    const own = await issueOwn('127.0.0.1@1795000000', '127.0.0.1-ca@1795000000');
    expect(await shakeWith(own, usual, false)).to.include({ outcome: 'failed' });
    expect(await shakeAt(await serveOwn(own), usual, own.authority)).to.include({
      outcome: 'agreed',
      isSelfMade: true,
    });
    const other = await issueOwn('127.0.0.1@1795000000', 'kubernetes');
    expect(await shakeAt(await serveOwn(other), usual, other.authority)).to.include({ isSelfMade: false });
    const third = await issueOwn('jane@example.com', 'mail-ca@1795000000');
    expect(await shakeAt(await serveOwn(third), usual, third.authority)).to.include({ isSelfMade: false });
  });

  it('tells that it asks for none', async () => {
    expect(await shakeWith({}, clear)).to.have.deep.property('request', { isAsked: false, authorities: [] });
  });

  it('of which nothing is to be heard tells nothing of it', async () => {
    expect(await shakeWith({ requestCert: true, rejectUnauthorized: false }, usual)).not.to.have.property('request');
  });

  it('is refused where nothing can be heard, as there is nothing but TLS 1.3', async () => {
    expect(await shakeWith({ minVersion: 'TLSv1.3' }, clear)).to.deep.equal({ outcome: 'refused' });
  });

  it('of which something is to be heard fails as any other', async () => {
    expect((await shakeWith({}, clear, false)).outcome).to.equal('failed');
    expect((await shakeAt(await findFreePort(), clear)).outcome).to.equal('failed');
    const { port } = await serveTcp((socket) => socket.destroy());
    expect((await shakeAt(port, clear)).outcome).to.equal('failed');
    const { port: other } = await serveTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await shakeAt(other, clear)).outcome).to.be.oneOf(['failed', 'refused']);
  });

  it('fails with who never ends to answer, however often he sends a byte', async () => {
    const { port } = await serveTcp((socket) => {
      // The head of a record, and what is in it one by one.
      socket.write(Buffer.from([22, 3, 3, 64, 0]));
      const timer = setInterval(() => socket.write(Buffer.from([2])), 20);
      socket.on('close', () => {
        clearInterval(timer);
      });
    });
    for (const offer of [usual, clear]) {
      const startedAt = Date.now();
      expect(await shakeAt(port, offer, '', undefined, 300)).to.deep.equal({
        outcome: 'failed',
        message: 'no answer within 0.3 s',
      });
      expect(Date.now() - startedAt).to.be.lessThan(3_000);
    }
  });

  it('fails, and nothing else happens, where somebody sends nonsense and breaks off', async () => {
    const nonsense = Buffer.from([22, 3, 3, 0, 4, 2, 0, 0, 0]);
    const { port } = await serveTcp((socket) => {
      socket.on('error', () => undefined);
      socket.write(nonsense);
      setImmediate(() => socket.resetAndDestroy());
    });
    for (const round of Array.from({ length: 50 }, (_, index) => index)) {
      expect((await shakeAt(port, clear)).outcome, `round ${round}`).to.equal('failed');
    }
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
