import { expect } from 'chai';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { collectMetrics } from '../../src/evidence/metrics.ts';
import type { ServerAccess } from '../../src/evidence/server-access.ts';
import { withoutCredentials } from '../../src/kube/cluster-config.ts';
import type { ClusterConfig } from '../../src/kube/cluster-config.ts';
import { openServerAccess } from '../../src/kube/server-access.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { errorOf } from './error-of.ts';
import { closeServers, serveHttp } from './transport-server.ts';

const TIMEOUT_MS = 300;
const MEGABYTE = 1024 * 1024;

describe('access to an API server for evidence', () => {
  const open: Transport[] = [];
  afterEach(async () => {
    for (const transport of open.splice(0)) transport.close();
    await closeServers();
  });

  async function accessTo(
    listener: RequestListener,
    choices: { readonly hasDryRunProbes?: boolean } = {},
  ): Promise<ServerAccess> {
    const { port } = await serveHttp(listener);
    const config: ClusterConfig = {
      origin: 'test',
      server: `http://127.0.0.1:${port}`,
      isInsecure: false,
      credentials: [{ kind: 'token', token: { text: 'a-token-of-merlon' } }],
      namespace: 'default',
    };
    const options = { version: '1', clock: systemClock, environment: {} };
    const transport = openTransport(config, options);
    const anonymous = openTransport(withoutCredentials(config), options);
    open.push(transport, anonymous);
    return openServerAccess({ transport, anonymous, handshake: undefined, timeoutMs: TIMEOUT_MS, ...choices });
  }

  it('sends its token with what it asks as itself, and nothing without', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const access = await accessTo(({ headers }, response) => {
      seen.push(headers);
      response.end('ok');
    });

    await access.get('/version');
    await access.anonymousGet?.('/version');

    expect(seen.map(({ authorization, cookie }) => ({ authorization, cookie }))).to.deep.equal([
      { authorization: 'Bearer a-token-of-merlon', cookie: undefined },
      { authorization: undefined, cookie: undefined },
    ]);
    expect(JSON.stringify(seen[1])).not.to.include('token');
  });

  it('tries a pod by nothing but a dry run, as itself, and hands over warnings', async () => {
    const seen: (string | undefined)[] = [];
    const access = await accessTo(
      ({ method, url, headers }, response) => {
        seen.push(method, url, headers.authorization);
        response.setHeader('warning', ['299 - "one"', '299 - "two"']);
        response.writeHead(201).end('{"kind":"Pod"}');
      },
      { hasDryRunProbes: true },
    );

    expect(await access.tryPod?.('merlon-probes', { kind: 'Pod' })).to.deep.equal({
      status: 201,
      body: '{"kind":"Pod"}',
      warning: '299 - "one", 299 - "two"',
    });
    expect(seen).to.deep.equal([
      'POST',
      '/api/v1/namespaces/merlon-probes/pods?dryRun=All',
      'Bearer a-token-of-merlon',
    ]);
  });

  it('cannot try a pod where that is not switched on', async () => {
    const access = await accessTo((_request, response) => response.end());
    expect(access.tryPod).to.equal(undefined);
  });

  it('keeps no more of an answer than a megabyte', async () => {
    const chunk = Buffer.alloc(MEGABYTE / 4, 'x');
    let sent = 0;
    const access = await accessTo((_request, response) => {
      const write = (): void => {
        if (response.destroyed || sent >= 200 * MEGABYTE) return void response.end();
        sent += chunk.length;
        response.write(chunk, write);
      };
      write();
    });

    const { body } = await access.get('/flagz');

    expect(body.length).to.be.within(MEGABYTE, 2 * MEGABYTE);
    expect(sent).to.be.lessThan(50 * MEGABYTE);
  });

  it('does not ask again where it is told to, so that a round stays as short and as few requests', async () => {
    let requests = 0;
    const access = await accessTo((_request, response) => {
      requests += 1;
      response.writeHead(429, { 'retry-after': '1' }).end();
    });

    expect((await access.get('/flagz')).status).to.equal(429);
    expect(requests).to.equal(1);
  });

  it('gives up an answer that does not come', async () => {
    const access = await accessTo(() => undefined);

    const startedAt = Date.now();
    const error = await errorOf(access.review({ user: 'nobody', nonResourceAttributes: { path: '/x', verb: 'get' } }));

    expect(error).to.have.property('message').that.includes('no answer');
    expect(Date.now() - startedAt).to.be.lessThan(10 * TIMEOUT_MS);
  });

  it('gives up metrics that never end, of which then nothing is known', async () => {
    const access = await accessTo((_request, response) => {
      const timer = setInterval(() => response.write('apiserver_audit_level_total{level="Metadata"} 1\n'), 5);
      response.on('close', () => {
        clearInterval(timer);
      });
    });

    const startedAt = Date.now();
    const reading = await collectMetrics(access.stream, () => 0);

    expect(reading)
      .to.have.property('missing')
      .that.matches(/^GET \/metrics was not answered: /);
    expect(Date.now() - startedAt).to.be.lessThan(10 * TIMEOUT_MS);
  });

  it('gives up whatever is under way when it is closed', async () => {
    const asked = Promise.withResolvers<undefined>();
    const access = await accessTo(({ url }) => {
      if (url === '/metrics') asked.resolve(undefined);
    });
    const underWay = [
      errorOf(access.stream('/metrics', {}, () => true)),
      errorOf(access.get('/version')),
      errorOf(access.anonymousGet?.('/api') ?? Promise.resolve()),
    ];
    await asked.promise;
    access.close();

    const messages = (await Promise.all(underWay)).map((error) => (error instanceof Error ? error.message : ''));
    for (const message of messages) expect(message).to.include('given up').and.not.to.include('timeout');
  });

  it('goes nowhere else where it is sent to', async () => {
    let elsewhere = 0;
    const { port } = await serveHttp((_request, response) => {
      elsewhere += 1;
      response.end();
    });
    const access = await accessTo((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${port}/flagz` }).end();
    });

    expect((await access.get('/flagz')).status).to.equal(302);
    expect((await access.anonymousGet?.('/api'))?.status).to.equal(302);
    expect(await access.stream('/metrics', {}, () => true)).to.equal(302);
    expect(elsewhere).to.equal(0);
  });

  it('ends a stream of which enough is read', async () => {
    let closed = 0;
    const access = await accessTo((_request, response) => {
      response.on('close', () => (closed += 1));
      response.write('first');
    });

    expect(await access.stream('/metrics', {}, () => false)).to.equal(200);
    expect(closed).to.be.at.most(1);
  });
});
