import { expect } from 'chai';
import type { IncomingHttpHeaders } from 'node:http';
import type { ClusterConfig } from '../../src/kube/cluster-config.ts';
import {
  ConnectionRefused,
  ConnectionReset,
  CredentialsUnavailable,
  HostUnreachable,
  RequestAborted,
  RequestTimeout,
} from '../../src/kube/request-error.ts';
import { ObjectSource } from '../../src/kube/object-source.ts';
import { ProtocolError } from '../../src/kube/protocol-error.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import type { Transport, TransportLimits } from '../../src/kube/transport.ts';
import { closeServers, serveHttp, serveTcp } from './transport-server.ts';
import { errorOf } from './error-of.ts';
import { waitUntil } from '../support/wait-until.ts';

const get = { method: 'GET', path: '/api/v1/pods' };
const ignore = (): void => undefined;
/** Of which nothing is decoded. */
const unread = { json: (json: unknown) => json };

describe('Transport', () => {
  const open: Transport[] = [];
  afterEach(async () => {
    for (const transport of open.splice(0)) transport.close();
    await closeServers();
  });

  function transportTo(
    port: number,
    config: Partial<ClusterConfig> = {},
    limits: Partial<TransportLimits> = {},
  ): Transport {
    const transport = openTransport(
      {
        origin: 'test',
        server: `http://127.0.0.1:${port}/`,
        isInsecure: false,
        credentials: [],
        namespace: 'default',
        ...config,
      },
      { version: '1.2.3', clock: systemClock, environment: {}, limits },
    );
    open.push(transport);
    return transport;
  }

  describe('sends', () => {
    let headers: IncomingHttpHeaders;
    let url: string | undefined;

    async function send(config: Partial<ClusterConfig>, request: Parameters<Transport['request']>[0]): Promise<void> {
      const { port } = await serveHttp((incoming, response) => {
        ({ headers, url } = incoming);
        response.end('{}');
      });
      await transportTo(port, config).request(request);
    }

    it('who it is and what it takes', async () => {
      await send({}, get);
      expect(headers).to.include({ 'user-agent': 'merlon/1.2.3', accept: 'application/json' });
      expect(headers).to.not.have.any.keys('authorization', 'content-type');
    });

    it('a query, without what is undefined', async () => {
      await send({}, { ...get, query: { watch: true, limit: 500, fieldSelector: 'a!=b', continue: undefined } });
      expect(url).to.equal('/api/v1/pods?watch=true&limit=500&fieldSelector=a%21%3Db');
    });

    it('a body with its type', async () => {
      await send({}, { ...get, method: 'PATCH', body: '{}', contentType: 'application/merge-patch+json' });
      expect(headers).to.include({ 'content-type': 'application/merge-patch+json' });
    });

    it('whom it acts for, every group in a header of its own', async () => {
      const impersonation = { user: 'jane', uid: '7', groups: ['a', 'b'], extra: { 'example.com/scope': ['x', 'y'] } };
      await send({ impersonation }, get);
      expect(headers).to.include({
        'impersonate-user': 'jane',
        'impersonate-uid': '7',
        'impersonate-group': 'a, b',
        'impersonate-extra-example.com%2fscope': 'x, y',
      });
    });

    it('basic credentials', async () => {
      await send({ credentials: [{ kind: 'basic', username: 'a', password: 'b' }] }, get);
      expect(headers.authorization).to.equal(`Basic ${Buffer.from('a:b').toString('base64')}`);
    });

    it('below the path of the server, where it has one', async () => {
      const server = await serveHttp((incoming, response) => {
        ({ url } = incoming);
        response.end();
      });
      await transportTo(server.port, { server: `http://127.0.0.1:${server.port}/k8s/clusters/c1` }).request(get);
      expect(url).to.equal('/k8s/clusters/c1/api/v1/pods');
    });
  });

  it('makes many calls on one connection, and each stream on its own', async () => {
    const server = await serveHttp((request, response) => {
      if (request.url === '/stream') response.write('x');
      else response.end('{}');
    });
    const transport = transportTo(server.port);
    for (let calls = 0; calls < 5; calls += 1) await transport.request(get);
    expect(server.connections).to.equal(1);
    await Promise.all([1, 2, 3].map(() => transport.stream({ method: 'GET', path: '/stream' })));
    await transport.request(get);
    expect(server.connections).to.equal(4);
  });

  it('gives any status as a result', async () => {
    const { port } = await serveHttp((_request, response) => {
      response.writeHead(418, { 'x-reason': 'teapot' }).end('short');
    });
    const { status, headers, body } = await transportTo(port).request(get);
    expect([status, headers['x-reason'], body.toString()]).to.deep.equal([418, 'teapot', 'short']);
  });

  it('asks again when the server says so, five times at most', async () => {
    let calls = 0;
    const { port } = await serveHttp((_request, response) => {
      calls += 1;
      response.writeHead(429, { 'retry-after': '0' }).end();
    });
    expect((await transportTo(port).request(get)).status).to.equal(429);
    expect(calls).to.equal(5);
  });

  it('gives the answer that came after the server said to wait', async () => {
    let calls = 0;
    const { port } = await serveHttp((_request, response) => {
      calls += 1;
      if (calls === 1) response.writeHead(503, { 'retry-after': '0' }).end();
      else response.end('{}');
    });
    expect((await transportTo(port).request(get)).status).to.equal(200);
  });

  it('leaves long waits, and errors without a wait, to the caller', async () => {
    const answers = [
      { status: 429, headers: { 'retry-after': '3600' } },
      { status: 500, headers: {} },
      { status: 404, headers: { 'retry-after': '0' } },
    ];
    let calls = 0;
    const { port } = await serveHttp((_request, response) => {
      const answer = answers[calls] ?? { status: 200, headers: {} };
      calls += 1;
      response.writeHead(answer.status, answer.headers).end();
    });
    const transport = transportTo(port);
    const statuses = [await transport.request(get), await transport.request(get), await transport.request(get)];
    expect(statuses.map(({ status }) => status)).to.deep.equal([429, 500, 404]);
  });

  it('asks again on a new connection when the server had closed the kept one', async () => {
    const server = await serveTcp((socket) => {
      let requests = 0;
      socket.on('data', () => {
        requests += 1;
        if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
        else socket.resetAndDestroy();
      });
    });
    const transport = transportTo(server.port);
    await transport.request(get);
    expect((await transport.request(get)).status).to.equal(200);
    expect(server.connections).to.equal(2);
  });

  it('tells a refused connection', async () => {
    const server = await serveTcp(() => undefined);
    await closeServers();
    const error = await errorOf(transportTo(server.port).request(get));
    expect(error).to.be.instanceOf(ConnectionRefused);
    expect(error.message).to.equal(
      `GET http://127.0.0.1:${server.port}/api/v1/pods: the connection was refused; is the API server running there?`,
    );
  });

  it('tells a host that does not exist', async () => {
    const error = await errorOf(transportTo(1, { server: 'http://api.invalid:1' }).request(get));
    expect(error).to.be.instanceOf(HostUnreachable);
  });

  it('tells an answer that breaks off', async () => {
    const { port } = await serveTcp((socket) => {
      socket.once('data', () => {
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{}');
      });
    });
    expect(await errorOf(transportTo(port).request(get))).to.be.instanceOf(ConnectionReset);
  });

  it('tells a call that takes too long, also within the body', async () => {
    const { port } = await serveHttp((request, response) => {
      if (request.url === '/slow-body') response.write('{');
    });
    const transport = transportTo(port, {}, { requestTimeoutMs: 30 });
    expect(await errorOf(transport.request(get))).to.be.instanceOf(RequestTimeout);
    expect(await errorOf(transport.request({ ...get, path: '/slow-body' }))).to.be.instanceOf(RequestTimeout);
    expect(await errorOf(transport.request({ ...get, timeoutMs: 20 }))).to.have.property('timeoutMs', 20);
  });

  it('tells a server that accepts the connection and says nothing', async () => {
    const { port } = await serveTcp(() => undefined);
    const transport = transportTo(port, { server: `https://127.0.0.1:${port}` }, { connectTimeoutMs: 30 });
    expect(await errorOf(transport.stream(get))).to.be.instanceOf(RequestTimeout);
  });

  it('lets a stream last longer than any call', async () => {
    const { port } = await serveHttp((_request, response) => {
      response.write('first');
      setTimeout(() => response.end('last'), 60);
    });
    const { readBody } = await transportTo(port, {}, { requestTimeoutMs: 10, connectTimeoutMs: 10 }).stream(get);
    const chunks: string[] = [];
    await readBody((bytes, start, end) => {
      chunks.push(bytes.toString('utf8', start, end));
    });
    expect(chunks).to.deep.equal(['first', 'last']);
  });

  it('tells that the caller gave up, before, while waiting and within the body', async () => {
    const { port } = await serveHttp((request, response) => {
      if (request.url === '/body') response.write('x');
    });
    const transport = transportTo(port);
    expect(await errorOf(transport.request({ ...get, signal: AbortSignal.abort() }))).to.be.instanceOf(RequestAborted);
    const waiting = new AbortController();
    const call = errorOf(transport.request({ ...get, signal: waiting.signal }));
    waiting.abort(new Error('enough'));
    expect((await call).message).to.match(/given up \(enough\)/);
    const reading = new AbortController();
    const { readBody } = await transport.stream({ ...get, path: '/body', signal: reading.signal });
    const read = readBody(() => {
      reading.abort();
    });
    expect(await errorOf(read)).to.be.instanceOf(RequestAborted);
    const given = new AbortController();
    const unread = await transport.stream({ ...get, path: '/body', signal: given.signal });
    given.abort();
    expect(await errorOf(unread.readBody(() => true))).to.be.instanceOf(RequestAborted);
  });

  it('ends what is under way when it is closed', async () => {
    const { port } = await serveHttp(() => undefined);
    const transport = transportTo(port);
    const call = errorOf(transport.request(get));
    transport.close();
    expect(await call).to.be.instanceOf(RequestAborted);
  });

  it('tells a stream that breaks off, that is no HTTP, and one that takes what came with it for an error', async () => {
    const whole = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n';
    const readFrom = async (answer: string, take: (text: string) => unknown = () => true): Promise<void> => {
      const { port } = await serveTcp((socket) => {
        socket.once('data', () => socket.end(answer));
      });
      const { readBody } = await transportTo(port).stream(get);
      await readBody((bytes, start, end) => take(bytes.toString('utf8', start, end)));
    };
    const cutOff = await errorOf(readFrom(whole));
    expect(cutOff).to.be.instanceOf(ConnectionReset);
    expect(cutOff.message).to.include('the connection ended early (the answer was cut off)');
    expect((await errorOf(readFrom(''))).message).to.include('the answer was cut off');
    expect((await errorOf(readFrom('SSH-2.0-x\r\n\r\n'))).message).to.include('it begins with "SSH-2.0-x"');
    const problem = new Error('no such object');
    const failing = readFrom(`${whole}0\r\n\r\n`, () => {
      throw problem;
    });
    expect(await errorOf(failing)).to.equal(problem);
  });

  it('sends a stream no header that is none, and the login of an address, as a call', async () => {
    const logins: unknown[] = [];
    const { port } = await serveHttp((request, response) => {
      logins.push(request.headers.authorization);
      response.end();
    });
    const named = transportTo(port, { server: `http://me:p%40ss@127.0.0.1:${port}` });
    await named.request(get);
    await named.stream(get);
    expect(logins).to.deep.equal(Array(2).fill(`Basic ${Buffer.from('me:p@ss').toString('base64')}`));
    const extra = { impersonation: { user: 'a', groups: [], extra: { 'a(b': ['x'] } } };
    expect((await errorOf(transportTo(port, extra).stream(get))).message).to.include('Header name must be a valid');
    const config = { impersonation: { user: 'a\r\nx: y', groups: [], extra: {} } };
    expect((await errorOf(transportTo(port, config).stream(get))).message).to.include('Invalid character in header');
  });

  it('leaves with the server what nobody reads, and goes on when somebody does', async () => {
    const whole = 64 * 1024 * 1024;
    let sent = 0;
    const { port } = await serveHttp((request, response) => {
      const chunk = Buffer.alloc(256 * 1024);
      const write = (): void => {
        while (sent < whole) {
          sent += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', write);
            return;
          }
        }
        response.end();
      };
      if (request.url === '/meanwhile') response.end();
      else write();
    });
    const transport = transportTo(port);
    const { readBody } = await transport.stream(get);
    // Each is a turn for whatever still moves between the two.
    for (let calls = 0; calls < 200; calls += 1) await transport.request({ ...get, path: '/meanwhile' });
    expect(sent).to.be.lessThan(whole / 2);
    let read = 0;
    await readBody((_bytes, start, end) => {
      read += end - start;
    });
    expect(read).to.equal(whole);
  });

  it('closes the connection of an answer that is given up, and of one that nobody can read', async () => {
    const server = await serveHttp((request, response) => {
      const [status, headers] = request.url === '/401' ? [401, {}] : [200, { 'content-type': 'text/plain' }];
      response.writeHead(status, headers).write('x');
    });
    const whenClosed = () =>
      waitUntil(async () => (await server.openConnections()) === 0, { what: 'every connection to be closed' });
    const transport = transportTo(server.port);
    (await transport.stream(get)).discard();
    await whenClosed();
    const source = new ObjectSource(transport, { resource: { group: '', version: 'v1', plural: 'pods' } }, unread);
    const { signal } = new AbortController();
    expect(await errorOf(source.watch({}, signal))).to.be.instanceOf(ProtocolError);
    expect(await errorOf(source.list({}, signal, ignore, ignore))).to.be.instanceOf(ProtocolError);
    await whenClosed();
    for (const way of ['stream', 'request'] as const) {
      let reads = 0;
      const plugin = {
        read: () => {
          reads += 1;
          return reads > 2 ? Promise.reject(new Error('no more')) : Promise.resolve({ authorization: 'Bearer x' });
        },
        invalidate: ignore,
      };
      const refused = transportTo(server.port, { credentials: [{ kind: 'plugin', plugin }] });
      expect(await errorOf(refused[way]({ ...get, path: '/401' }))).to.be.instanceOf(CredentialsUnavailable);
      await whenClosed();
    }
  });

  it('gives nothing more to who has given up within it', async () => {
    const { port } = await serveTcp((socket) => {
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(50)}`);
      });
    });
    const giving = new AbortController();
    const { readBody } = await transportTo(port).stream({ ...get, signal: giving.signal });
    let taken = 0;
    const read = readBody(() => {
      taken += 1;
      if (taken === 3) giving.abort();
    });
    expect(await errorOf(read)).to.be.instanceOf(RequestAborted);
    expect(taken).to.equal(3);
  });

  it('closes the connection of a stream that is no longer read', async () => {
    let closed = false;
    const { port } = await serveHttp((_request, response) => {
      response.write('x');
      response.once('close', () => {
        closed = true;
      });
    });
    const read = async (take: (chunk: string) => boolean): Promise<void> => {
      closed = false;
      const { readBody } = await transportTo(port).stream(get);
      try {
        await readBody((bytes, start, end) => take(bytes.toString('utf8', start, end)));
      } finally {
        await waitUntil(() => closed, { what: 'the server to see the end' });
      }
    };
    await read((chunk) => chunk !== 'x');
    const problem = new Error('no such object');
    const failing = read(() => {
      throw problem;
    });
    expect(await errorOf(failing)).to.equal(problem);
  });
});
