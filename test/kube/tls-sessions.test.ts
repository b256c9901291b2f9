/** Streams that resume TLS sessions, against real TLS servers. */
import { EventEmitter } from 'node:events';
import type { ServerOptions } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';

import { expect } from 'chai';

import type { Clock } from '../../src/core/clock.ts';
import { TlsRefused } from '../../src/kube/request-error.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { TlsSessions } from '../../src/kube/tls-sessions.ts';
import { openTransport } from '../../src/kube/transport.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { createCertificateAuthority, issueServerCertificate } from '../support/certificates.ts';
import type { CertificatePem } from '../support/certificates.ts';
import { waitUntil } from '../support/wait-until.ts';
import { errorOf } from './error-of.ts';
import { closeServers, serveHttps, serveTcp } from './transport-server.ts';

const get = { method: 'GET', path: '/api/v1/pods' };

describe('TLS sessions', () => {
  const open: Transport[] = [];
  let authority: CertificatePem;
  let certificate: CertificatePem;
  /** Of every connection that the server took: whether a session was resumed on it. */
  let resumed: boolean[];

  before(async () => {
    authority = await createCertificateAuthority();
    certificate = await issueServerCertificate(authority, { dns: ['api.test'], ip: ['127.0.0.1'] });
  });
  beforeEach(() => {
    resumed = [];
  });
  afterEach(async () => {
    for (const transport of open.splice(0)) transport.close();
    await closeServers();
  });

  async function serve(options: ServerOptions = {}): Promise<number> {
    const { port } = await serveHttps(
      { cert: certificate.certificatePem, key: certificate.privateKeyPem, ...options },
      (_request, response) => response.end(),
      (socket) => resumed.push(socket.isSessionReused()),
    );
    return port;
  }

  function transportTo(server: string, clock: Clock = systemClock): Transport {
    const transport = openTransport(
      {
        origin: 'test',
        server,
        certificateAuthority: { text: authority.certificatePem },
        isInsecure: false,
        credentials: [],
        namespace: 'default',
      },
      { version: 'test', clock, environment: {} },
    );
    open.push(transport);
    return transport;
  }

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`are resumed by streams that are begun together, after the first (${version})`, async () => {
      const transport = transportTo(`https://127.0.0.1:${await serve({ maxVersion: version })}`);
      const streams = await Promise.all(Array.from({ length: 10 }, () => transport.stream(get)));
      expect(streams.map(({ status }) => status)).to.deep.equal(Array.from({ length: 10 }, () => 200));
      expect(resumed).to.deep.equal([false, ...Array.from({ length: 9 }, () => true)]);
    });

    it(`do not count where the server was not the one that was meant (${version})`, async () => {
      // Its certificate is of another name; and who resumes a session is not asked for one.
      const transport = transportTo(`https://localhost:${await serve({ maxVersion: version })}`);
      const streams = Array.from({ length: 3 }, () => errorOf(transport.stream(get)));
      for (const error of await Promise.all(streams)) expect(error).to.be.instanceOf(TlsRefused);
      expect(await errorOf(transport.stream(get))).to.be.instanceOf(TlsRefused);
      expect(resumed).not.to.include(true);
    });
  }

  it('are resumed for a minute after the certificate of the server was seen, however often they are', async () => {
    let laterMs = 0;
    const clock = { ...systemClock, now: () => systemClock.now() + laterMs };
    const transport = transportTo(`https://127.0.0.1:${await serve()}`, clock);
    for (const atMs of [0, 1_000, 40_000, 61_000, 62_000]) {
      laterMs = atMs;
      await transport.stream(get);
      // A server gives sessions after its handshake.
      await delay(50);
    }
    expect(resumed).to.deep.equal([false, true, true, false, true]);
  });

  it('are kept of connections that resumed none', () => {
    const sessions = new TlsSessions(new FakeClock());
    const give = (session: string, isResumed: boolean): void => {
      follow(sessions, isResumed).emit('session', Buffer.from(session));
    };
    give('first', false);
    // As an API server does, and Node's does not.
    give('second', true);
    expect(sessions.resumable?.toString()).to.equal('first');
    give('third', false);
    expect(sessions.resumable?.toString()).to.equal('third');
  });

  it('are as old as the connection that they are of', async () => {
    const clock = new FakeClock();
    const sessions = new TlsSessions(clock);
    const socket = follow(sessions, false);
    await clock.advance(59_000);
    // A server may give another one at any time.
    socket.emit('session', Buffer.from('late'));
    expect(sessions.resumable?.toString()).to.equal('late');
    await clock.advance(1_000);
    expect(sessions.resumable).to.equal(undefined);
  });

  function follow(sessions: TlsSessions, isResumed: boolean): EventEmitter {
    const socket = Object.assign(new EventEmitter(), { isSessionReused: () => isResumed });
    sessions.follow(socket as unknown as TLSSocket);
    return socket;
  }

  it('are offered no more where one was not resumed, and nothing fails for that', async () => {
    const port = await serve();
    let usual: number | undefined;
    let resets = 0;
    // Cuts whoever shows a session, which makes the first message longer.
    const gate = await serveTcp((socket) => {
      socket.once('data', (hello) => {
        usual ??= hello.length;
        if (hello.length > usual + 50) {
          resets += 1;
          socket.resetAndDestroy();
          return;
        }
        const server = connect(port, '127.0.0.1', () => {
          server.write(hello);
          socket.pipe(server).pipe(socket);
        });
        server.on('error', () => socket.destroy());
        socket.on('error', () => server.destroy());
      });
    });
    const transport = transportTo(`https://127.0.0.1:${gate.port}`);
    const streams = await Promise.all(Array.from({ length: 6 }, () => transport.stream(get)));
    expect(streams.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 200, 200]);
    expect(resets).to.equal(5);
    await delay(50);
    expect((await transport.stream(get)).status).to.equal(200);
    expect(resets).to.equal(5);
  });

  it('are not waited for by who is given up, nor for who cannot begin', async () => {
    const mute = await serveTcp(() => undefined);
    const transport = transportTo(`https://127.0.0.1:${mute.port}`, new FakeClock());
    const broken = await errorOf(transport.stream({ ...get, headers: { broken: 'two\nlines' } }));
    expect(broken).to.be.instanceOf(TypeError);
    const first = errorOf(transport.stream(get));
    const leaving = new AbortController();
    const second = errorOf(transport.stream({ ...get, signal: leaving.signal }));
    await waitUntil(() => mute.connections === 1, { what: 'the first connection' });
    leaving.abort();
    expect((await second).message).to.include('aborted');
    expect(mute.connections).to.equal(1);
    transport.close();
    await first;
  });

  it('are not waited for longer than a moment', async () => {
    const mute = await serveTcp(() => undefined);
    const clock = new FakeClock();
    const transport = transportTo(`https://127.0.0.1:${mute.port}`, clock);
    const streams = [1, 2, 3].map(() => errorOf(transport.stream(get)));
    await waitUntil(() => mute.connections === 1, { what: 'the first connection' });
    await clock.advance(59);
    await delay(20);
    expect(mute.connections).to.equal(1);
    await clock.advance(1);
    await waitUntil(() => mute.connections === 3, { what: 'the other connections' });
    transport.close();
    await Promise.all(streams);
  });

  it('are not waited for where the first connection ends', async () => {
    const rude = await serveTcp((socket) => socket.destroy());
    const clock = new FakeClock();
    const transport = transportTo(`https://127.0.0.1:${rude.port}`, clock);
    await Promise.all([1, 2, 3].map(() => errorOf(transport.stream(get))));
    expect(rude.connections).to.equal(3);
    expect(clock.timers).to.equal(0);
  });
});
