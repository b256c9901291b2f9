/** Certificates, tokens and proxies of the transport. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { expect } from 'chai';
import type { ClusterConfig } from '../../src/kube/cluster-config.ts';
import { collectBody } from '../../src/kube/http-exchange.ts';
import type { Environment } from '../../src/kube/proxy.ts';
import { CredentialsUnavailable, ProxyRefused, TlsRefused } from '../../src/kube/request-error.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import type { Transport, TransportLimits } from '../../src/kube/transport.ts';
import { createCertificateAuthority, issueClientCertificate, issueServerCertificate } from '../support/certificates.ts';
import type { CertificatePem } from '../support/certificates.ts';
import { errorOf } from './error-of.ts';
import { closeServers, serveHttp, serveHttps, serveProxy } from './transport-server.ts';
import type { RunningServer } from './transport-server.ts';

const get = { method: 'GET', path: '/version' };

describe('Transport, trusting and trusted', () => {
  const open: Transport[] = [];
  let authority: CertificatePem;
  let stranger: CertificatePem;
  let server: CertificatePem;
  let folder: string;

  before(async () => {
    authority = await createCertificateAuthority();
    stranger = await createCertificateAuthority();
    server = await issueServerCertificate(authority, { dns: ['api.test'], ip: ['127.0.0.1'] });
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'merlon-trust-'));
  });
  afterEach(async () => {
    for (const transport of open.splice(0)) transport.close();
    await closeServers();
    await rm(folder, { recursive: true });
  });

  function serve(listener: RequestListener): Promise<RunningServer> {
    return serveHttps(
      {
        cert: server.certificatePem,
        key: server.privateKeyPem,
        ca: authority.certificatePem,
        requestCert: true,
        rejectUnauthorized: false,
      },
      listener,
    );
  }

  function transportTo(
    url: string,
    config: Partial<ClusterConfig> = {},
    environment: Environment = {},
    limits: Partial<TransportLimits> = {},
  ): Transport {
    const transport = openTransport(
      {
        origin: 'test',
        server: url,
        certificateAuthority: { text: authority.certificatePem },
        isInsecure: false,
        credentials: [],
        namespace: 'default',
        ...config,
      },
      { version: 'test', clock: systemClock, environment, limits },
    );
    open.push(transport);
    return transport;
  }

  async function write(name: string, text: string): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  }

  // A stream goes its own way to the server.
  for (const [what, ask] of [
    ['a call', (transport: Transport) => transport.request(get)],
    ['a stream', (transport: Transport) => transport.stream(get)],
  ] as const)
    describe(`certificates, of ${what}`, () => {
      it('trusts only the authority that it was given, and sends nothing to another', async () => {
        let requests = 0;
        const { port } = await serve((_request, response) => {
          requests += 1;
          response.end();
        });
        const url = `https://127.0.0.1:${port}`;
        expect((await ask(transportTo(url))).status).to.equal(200);
        const certificateAuthority = { text: stranger.certificatePem };
        expect(await errorOf(ask(transportTo(url, { certificateAuthority })))).to.be.instanceOf(TlsRefused);
        expect(requests).to.equal(1);
      });

      it('says so where its own certificate is none', async () => {
        const { port } = await serve((_request, response) => response.end());
        const pem = { text: 'none' };
        const credentials = [{ kind: 'client-certificate', certificate: pem, key: pem }] as const;
        const error = await errorOf(ask(transportTo(`https://127.0.0.1:${port}`, { credentials })));
        expect(error).to.be.instanceOf(CredentialsUnavailable);
        expect(error.message).to.include('the certificates of test cannot be used');
      });

      it('checks the name, or the one that it was told to', async () => {
        const { port } = await serve((_request, response) => response.end());
        const url = `https://localhost:${port}`;
        expect(await errorOf(ask(transportTo(url)))).to.be.instanceOf(TlsRefused);
        expect((await ask(transportTo(url, { serverName: 'api.test' }))).status).to.equal(200);
      });

      it('takes any certificate where it was told to', async () => {
        const { port } = await serve((_request, response) => response.end());
        const certificateAuthority = { text: stranger.certificatePem };
        const transport = transportTo(`https://127.0.0.1:${port}`, { certificateAuthority, isInsecure: true });
        expect((await ask(transport)).status).to.equal(200);
      });

      it('reads the authority again when the server has a certificate of another one', async () => {
        const file = await write('ca.crt', stranger.certificatePem);
        const { port } = await serve((_request, response) => response.end());
        const transport = transportTo(`https://127.0.0.1:${port}`, { certificateAuthority: { file } });
        expect(await errorOf(ask(transport))).to.be.instanceOf(TlsRefused);
        await write('ca.crt', authority.certificatePem);
        expect((await ask(transport)).status).to.equal(200);
      });

      it('names the file of an authority that is missing', async () => {
        const file = join(folder, 'missing.crt');
        const error = await errorOf(ask(transportTo('https://127.0.0.1:1', { certificateAuthority: { file } })));
        expect(error).to.be.instanceOf(CredentialsUnavailable);
        expect(error.message).to.include(file);
      });

      it('shows its own certificate, and a renewed one soon after', async () => {
        const seen: unknown[] = [];
        const { port } = await serve((request, response) => {
          if (request.socket instanceof TLSSocket) seen.push(request.socket.getPeerCertificate().subject.CN);
          response.end();
        });
        const issue = async (user: string): Promise<void> => {
          const { certificatePem, privateKeyPem } = await issueClientCertificate(authority, { user });
          await write('tls.crt', certificatePem);
          await write('tls.key', privateKeyPem);
        };
        await issue('first');
        const credential = {
          kind: 'client-certificate',
          certificate: { file: join(folder, 'tls.crt') },
          key: { file: join(folder, 'tls.key') },
        } as const;
        const transport = transportTo(
          `https://127.0.0.1:${port}`,
          { credentials: [credential] },
          {},
          { credentialMaxAgeMs: 0 },
        );
        await ask(transport);
        await issue('second');
        await ask(transport);
        expect(seen).to.deep.equal(['first', 'second']);
      });
    });

  describe('tokens', () => {
    it('sends the file without white space, and reads it again when what it knows is old', async () => {
      const seen: unknown[] = [];
      const { port } = await serveHttp((request, response) => {
        seen.push(request.headers.authorization);
        response.end();
      });
      const file = await write('token', ' first\n');
      const transport = transportTo(
        `http://127.0.0.1:${port}`,
        { credentials: [{ kind: 'token', token: { file } }] },
        {},
        { credentialMaxAgeMs: 0 },
      );
      await transport.request(get);
      await write('token', 'second\n');
      await transport.request(get);
      await rm(file);
      await transport.request(get);
      expect(seen).to.deep.equal(['Bearer first', 'Bearer second', 'Bearer second']);
    });

    it('is not shown again where it is the same: the first 401 is the answer', async () => {
      let calls = 0;
      const { port } = await serveHttp((_request, response) => {
        calls += 1;
        response.writeHead(401).end('why');
      });
      const credentials = [{ kind: 'token', token: { text: 't' } }] as const;
      const { status, body } = await transportTo(`http://127.0.0.1:${port}`, { credentials }).request(get);
      expect([status, body.toString(), calls]).to.deep.equal([401, 'why', 1]);
    });

    it('is refused twice at most, however often it is another: the second 401 is the answer', async () => {
      let calls = 0;
      const { port } = await serveHttp((_request, response) => {
        calls += 1;
        response.writeHead(401).end();
      });
      let tokens = 0;
      const plugin = {
        read: () => Promise.resolve({ authorization: `Bearer ${tokens}` }),
        invalidate: () => {
          tokens += 1;
        },
      };
      const transport = transportTo(`http://127.0.0.1:${port}`, { credentials: [{ kind: 'plugin', plugin }] });
      expect((await transport.request(get)).status).to.equal(401);
      expect(calls).to.equal(2);
    });

    it('are not looked for again where there are none: the first 401 is the answer', async () => {
      let calls = 0;
      const { port } = await serveHttp((_request, response) => {
        calls += 1;
        response.writeHead(401).end();
      });
      const transport = transportTo(`http://127.0.0.1:${port}`, { credentials: [] });
      expect((await transport.request(get)).status).to.equal(401);
      expect(calls).to.equal(1);
    });

    it('names the file of a token that is missing', async () => {
      const file = join(folder, 'token');
      const transport = transportTo('http://127.0.0.1:1', { credentials: [{ kind: 'token', token: { file } }] });
      const error = await errorOf(transport.request(get));
      expect(error).to.be.instanceOf(CredentialsUnavailable);
      expect(error.message).to.include(file);
    });

    it('come from a plug-in too, which is asked again after 401', async () => {
      let refusals = 0;
      const plugin = {
        read: () => Promise.resolve({ authorization: `Bearer ${refusals}` }),
        invalidate: () => {
          refusals += 1;
        },
      };
      const { port } = await serveHttp((request, response) => {
        response.writeHead(request.headers.authorization === 'Bearer 1' ? 200 : 401).end();
      });
      const transport = transportTo(`http://127.0.0.1:${port}`, { credentials: [{ kind: 'plugin', plugin }] });
      expect((await transport.request(get)).status).to.equal(200);
    });
  });

  describe('proxies', () => {
    it('goes through the one that the environment names, with its credentials, to the server that it trusts', async () => {
      const target = await serve((_request, response) => response.end('behind'));
      const proxy = await serveProxy(target.port);
      const transport = transportTo(
        'https://api.test:6443',
        {},
        { HTTPS_PROXY: `http://me:secret@127.0.0.1:${proxy.port}` },
      );
      expect((await transport.request(get)).body.toString()).to.equal('behind');
      const { readBody } = await transport.stream(get);
      expect((await collectBody(readBody)).toString()).to.equal('behind');
      const expected = `api.test:6443 Basic ${Buffer.from('me:secret').toString('base64')}`;
      expect(proxy.targets).to.deep.equal([expected, expected]);
    });

    it('goes through the one of the kubeconfig, whatever the environment says', async () => {
      const target = await serve((_request, response) => response.end());
      const proxy = await serveProxy(target.port);
      const config = { proxyUrl: `http://127.0.0.1:${proxy.port}` };
      const environment = { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' };
      expect((await transportTo('https://api.test', config, environment).request(get)).status).to.equal(200);
      expect(proxy.targets).to.deep.equal(['api.test:443']);
    });

    it('waits for the headers of a stream as long as it takes, once it is connected', async () => {
      const target = await serve((_request, response) => setTimeout(() => response.end(), 150));
      const proxy = await serveProxy(target.port);
      const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
      const transport = transportTo('https://api.test', {}, environment, { connectTimeoutMs: 100 });
      expect((await transport.stream(get)).status).to.equal(200);
    });

    it('goes straight to a server that is exempt', async () => {
      const { port } = await serve((_request, response) => response.end());
      const environment = { HTTPS_PROXY: 'http://127.0.0.1:1' };
      expect((await transportTo(`https://127.0.0.1:${port}`, {}, environment).request(get)).status).to.equal(200);
    });

    it('tells a proxy that refuses, without its password', async () => {
      const refusing = await serveHttp(() => undefined);
      const proxy = `http://me:secret@127.0.0.1:${refusing.port}`;
      const error = await errorOf(transportTo('https://api.test', {}, { HTTPS_PROXY: proxy }).request(get));
      expect(error).to.be.instanceOf(ProxyRefused);
      expect(error.message).to.include(`http://127.0.0.1:${refusing.port}`).and.not.include('secret');
    });

    it('refuses a proxy that it cannot use', () => {
      expect(() => transportTo('https://api.test', { proxyUrl: 'socks5://127.0.0.1:1' })).to.throw(
        TypeError,
        'proxy-url of test',
      );
    });
  });
});
