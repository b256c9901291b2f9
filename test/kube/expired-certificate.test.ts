/** Real TLS servers whose certificates are not, or not only, of the past. */
import { expect } from 'chai';
import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'node:https';

import type { HandshakeAnswer } from '../../src/evidence/tls.ts';
import { openHandshake } from '../../src/kube/tls-handshake.ts';
import {
  createCertificateAuthority,
  issueAuthority,
  issueClientCertificate,
  issueServerCertificate,
  reissueAuthority,
} from '../support/certificates.ts';
import type { CertificatePem, Validity } from '../support/certificates.ts';
import { waitUntil } from '../support/wait-until.ts';
import { closeServers, serveHttps } from './transport-server.ts';

const here = { dns: ['kubernetes.default.svc'], ip: ['127.0.0.1'] };
const over: Validity = { fromDays: -40, toDays: -10 };
const dayMs = 86_400_000;

describe('a certificate that has ended', () => {
  let authority: CertificatePem;
  const requests: IncomingMessage[] = [];
  const shownByClients: object[] = [];
  before(async () => {
    authority = await createCertificateAuthority();
  });
  afterEach(async () => {
    requests.length = 0;
    shownByClients.length = 0;
    await closeServers();
  });

  async function shakeWith(
    own: CertificatePem,
    {
      others = [],
      trusted = authority,
      serverName,
      ask = {},
    }: {
      readonly others?: readonly CertificatePem[];
      readonly trusted?: CertificatePem;
      readonly serverName?: string;
      readonly ask?: ServerOptions;
    } = {},
  ): Promise<HandshakeAnswer> {
    const cert = [own, ...others].map(({ certificatePem }) => certificatePem).join('\n');
    const options = { cert, key: own.privateKeyPem, requestCert: true, rejectUnauthorized: false, ...ask };
    const { port } = await serveHttps(
      options,
      (request, response) => {
        requests.push(request);
        response.end();
      },
      (socket) => shownByClients.push(socket.getPeerCertificate()),
    );
    const client = await issueClientCertificate(authority, { user: 'merlon' });
    const handshake = openHandshake({
      origin: 'test',
      server: `https://127.0.0.1:${port}`,
      ...(serverName === undefined ? {} : { serverName }),
      certificateAuthority: { text: trusted.certificatePem },
      isInsecure: false,
      credentials: [
        { kind: 'token', token: { text: 'a-token-of-merlon' } },
        {
          kind: 'client-certificate',
          certificate: { text: client.certificatePem },
          key: { text: client.privateKeyPem },
        },
      ],
      namespace: 'default',
    });
    if (handshake === undefined) throw new Error('no handshake');
    return handshake({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' });
  }

  function expectEnded(answer: HandshakeAnswer, days: number): void {
    expect(answer.outcome).to.equal('expired');
    const notAfter = 'notAfter' in answer ? Date.parse(answer.notAfter) : Number.NaN;
    expect((notAfter - Date.now()) / dayMs).to.be.within(days - 0.1, days + 0.1);
  }

  it('is told from any other that is not believed, and when it ended', async () => {
    expectEnded(await shakeWith(await issueServerCertificate(authority, here, over)), -10);
  });

  it('is looked at without a credential: no request, no client certificate', async () => {
    // In TLS 1.2 whatever a client shows comes before the handshake has come about for him.
    await shakeWith(await issueServerCertificate(authority, here, over), { ask: { maxVersion: 'TLSv1.2' } });
    expect(requests).to.have.length(0);
    await waitUntil(() => Promise.resolve(shownByClients.length > 0), { what: 'the handshake to be noticed' });
    for (const shown of shownByClients) expect(Object.keys(shown)).to.deep.equal([]);
  });

  it('may be of the name that it is asked for', async () => {
    const own = await issueServerCertificate(authority, { dns: ['kubernetes.default.svc'], ip: [] }, over);
    expectEnded(await shakeWith(own, { serverName: 'kubernetes.default.svc' }), -10);
  });

  it('is a stranger’s where another authority signed it', async () => {
    const stranger = await createCertificateAuthority();
    const own = await issueServerCertificate(stranger, here, over);
    expect(await shakeWith(own, { others: [stranger] })).to.include({ outcome: 'failed' });
  });

  it('is a stranger’s where an authority of the same name, that has ended too, signed it', async () => {
    const stranger = await createCertificateAuthority(over);
    const own = await issueServerCertificate(stranger, here, over);
    expect(await shakeWith(own, { others: [stranger] })).to.include({ outcome: 'failed' });
  });

  it('is of another host where that is not its name', async () => {
    const other = await issueServerCertificate(authority, { dns: ['example.com'], ip: ['10.0.0.1'] }, over);
    expect(await shakeWith(other)).to.include({ outcome: 'failed' });
    expect(await shakeWith(other, { serverName: 'kubernetes.default.svc' })).to.include({ outcome: 'failed' });
  });

  it('is none that a server may have where it is a client’s', async () => {
    const client = await issueClientCertificate(authority, { user: 'jane' }, over);
    expect(await shakeWith(client)).to.include({ outcome: 'failed' });
  });

  it('may be the one between, of which the first that ended counts', async () => {
    const between = await issueAuthority(authority, { fromDays: -60, toDays: -20 });
    const own = await issueServerCertificate(between, here);
    expectEnded(await shakeWith(own, { others: [between] }), -20);
  });

  it('may be signed by one between that still holds', async () => {
    const between = await issueAuthority(authority);
    expectEnded(await shakeWith(await issueServerCertificate(between, here, over), { others: [between] }), -10);
  });

  it('is not believed without the one between', async () => {
    const between = await issueAuthority(authority);
    expect(await shakeWith(await issueServerCertificate(between, here, over))).to.include({ outcome: 'failed' });
  });

  it('is not believed where the one between is no authority', async () => {
    const between = await issueServerCertificate(authority, here);
    const own = await issueServerCertificate(between, here, over);
    expect(await shakeWith(own, { others: [between] })).to.include({ outcome: 'failed' });
  });

  it('may be the authority itself', async () => {
    const trusted = await reissueAuthority(authority, { fromDays: -60, toDays: -5 });
    expectEnded(await shakeWith(await issueServerCertificate(trusted, here), { trusted }), -5);
  });

  it('is not what is wrong with one that does not hold yet', async () => {
    const early = await issueServerCertificate(authority, here, { fromDays: 10, toDays: 40 });
    expect(await shakeWith(early)).to.include({ outcome: 'failed' });
    const between = await issueAuthority(authority, { fromDays: 10, toDays: 40 });
    const own = await issueServerCertificate(between, here, over);
    expect(await shakeWith(own, { others: [between] })).to.include({ outcome: 'failed' });
  });

  it('is not looked for in one that holds', async () => {
    expect(await shakeWith(await issueServerCertificate(authority, here))).to.include({ outcome: 'agreed' });
  });
});
