import { expect } from 'chai';
import type { IncomingMessage } from 'node:http';
import { collectInstance, concludeInstances, hasAnswered } from '../../src/evidence/collect-instance.ts';
import type { ServerAccess } from '../../src/evidence/server-access.ts';
import type { ServerSet } from '../../src/evidence/server-set.ts';
import type { ClusterConfig } from '../../src/kube/cluster-config.ts';
import type { Environment } from '../../src/kube/proxy.ts';
import { openServerSet } from '../../src/kube/server-instances.ts';
import type { InstanceOptions } from '../../src/kube/server-instances.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import { createCertificateAuthority, issueServerCertificate } from '../support/certificates.ts';
import type { CertificatePem, Validity } from '../support/certificates.ts';
import { waitUntil } from '../support/wait-until.ts';
import { closeServers, serveHttps } from './transport-server.ts';

const round = { nonce: 'x', nowMs: () => 0 };
const slice = (...addresses: readonly string[]) =>
  JSON.stringify({ endpoints: [{ addresses }], ports: [{ name: 'https', port: 6443 }] });

describe('the API servers of a cluster, each by itself', () => {
  let authority: CertificatePem;
  const closing: (() => void)[] = [];
  before(async () => {
    authority = await createCertificateAuthority();
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) close();
    await closeServers();
  });

  /** Answers everything with 200 and the same text. */
  async function serve(
    names: readonly string[],
    {
      signedBy = authority,
      body = '{"minor":"37"}',
      validity = {},
    }: { readonly signedBy?: CertificatePem; readonly body?: string; readonly validity?: Validity } = {},
  ) {
    const requests: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
    const hosts = { dns: names, ip: ['127.0.0.1'] };
    const { certificatePem, privateKeyPem } = await issueServerCertificate(signedBy, hosts, validity);
    const server = await serveHttps({ cert: certificatePem, key: privateKeyPem }, (request, response) => {
      requests.push(request);
      response.end(body);
    });
    return { address: `127.0.0.1:${server.port}`, server, requests };
  }

  function open(
    configured: string,
    options: Partial<Pick<InstanceOptions, 'find' | 'endpoints' | 'isInCluster'>> & {
      readonly config?: Partial<ClusterConfig>;
      readonly environment?: Environment;
    } = {},
  ): ServerSet {
    const { config: other, environment = {}, ...rest } = options;
    const config: ClusterConfig = {
      origin: 'test',
      server: `https://${configured}`,
      certificateAuthority: { text: authority.certificatePem },
      isInsecure: false,
      credentials: [{ kind: 'token', token: { text: 'a-token-of-merlon' } }],
      namespace: 'default',
      ...other,
    };
    const transportOptions = { version: '1', clock: systemClock, environment };
    const transport = openTransport(config, transportOptions);
    const set = openServerSet({
      config,
      transport,
      transportOptions,
      hasAnonymousProbe: true,
      endpoints: [],
      isInCluster: true,
      ...rest,
    });
    closing.push(() => {
      set.close();
      transport.close();
    });
    return set;
  }

  async function only(set: ServerSet): Promise<ServerAccess> {
    const { servers } = await set.refresh();
    const [access] = servers;
    if (access === undefined || servers.length > 1) throw new Error(`${servers.length} servers`);
    return access;
  }

  const found = (...addresses: readonly string[]) => ({ find: () => Promise.resolve({ addresses }) });

  describe('at an address that was found', () => {
    it('is asked with credentials once it has shown the certificate of kubernetes.default.svc', async () => {
      const { address, requests } = await serve(['kubernetes.default.svc']);
      const access = await only(open('127.0.0.1:1', found(address)));

      expect(access.instance).to.equal(address);
      expect(hasAnswered(await collectInstance(access, round))).to.equal(true);
      const tokens = new Set(requests.map(({ headers: { authorization } }) => authorization));
      expect([...tokens]).to.have.members(['Bearer a-token-of-merlon', undefined]);
    });

    const impostors = {
      'a certificate of somebody else': async () => ({
        names: ['kubernetes.default.svc'],
        signedBy: await createCertificateAuthority(),
      }),
      // The address itself would do for whoever is told to go there.
      'a certificate of the cluster for another name': () =>
        Promise.resolve({ names: ['kubelet'], signedBy: authority }),
    };
    for (const [what, describeImpostor] of Object.entries(impostors)) {
      it(`is sent nothing where it shows ${what}, also where a kubeconfig takes any`, async () => {
        const { names, signedBy } = await describeImpostor();
        const { address, requests, server } = await serve(names, { signedBy });
        const config = { isInsecure: true };
        const access = await only(open('127.0.0.1:1', { ...found(address), config }));

        const reading = await collectInstance(access, round);

        expect(reading)
          .to.have.property('missing')
          .that.matches(/^not reached as kubernetes\.default\.svc: /);
        expect(requests).to.deep.equal([]);
        expect(server.connections).to.equal(1);
      });
    }

    it('is sent nothing where its certificate has ended, of which it is known that it has', async () => {
      const { address, requests } = await serve(['kubernetes.default.svc'], {
        validity: { fromDays: -40, toDays: -10 },
      });
      const reading = await collectInstance(await only(open('127.0.0.1:1', found(address))), round);
      expect(reading)
        .to.have.property('missing')
        .that.matches(/^not reached: its certificate has ended, at \d{4}-\d\d-\d\dT/);
      expect(requests).to.deep.equal([]);
      const [server] = concludeInstances([{ instance: address, reading }]);
      expect(server?.evidence.servingCertificate).to.deep.include({
        value: 'expired',
        source: 'TLS handshake',
        observedAt: '1970-01-01T00:00:00Z',
      });
      expect(server?.evidence.profiling).to.have.property('unobserved').that.includes('its certificate has ended');
    });

    it('is not reached where nobody is there', async () => {
      const { address } = await serve([]);
      await closeServers();
      const reading = await collectInstance(await only(open('127.0.0.1:1', found(address))), round);
      expect(reading).to.deep.equal({
        missing: `not reached as kubernetes.default.svc: connect ECONNREFUSED ${address}`,
      });
    });

    it('is not asked through a proxy', async () => {
      const { address, requests } = await serve(['kubernetes.default.svc']);
      const config = { proxyUrl: 'http://127.0.0.1:1' };
      const access = await only(open('127.0.0.1:1', { ...found(address), config }));
      expect(await collectInstance(access, round)).to.deep.equal({
        missing: `not reached: a proxy stands before it; add ${address} to NO_PROXY`,
      });
      expect(requests).to.deep.equal([]);
    });

    it('loses every connection when it is gone', async () => {
      const { address, server } = await serve(['kubernetes.default.svc']);
      let addresses = [address];
      const set = open('127.0.0.1:1', { find: () => Promise.resolve({ addresses }) });
      await collectInstance(await only(set), round);
      expect(await server.openConnections()).to.be.above(0);
      addresses = [];
      await set.refresh();
      await waitUntil(async () => (await server.openConnections()) === 0, { what: 'connections to end' });
    });

    it('loses every connection with a stop', async () => {
      const { address, server } = await serve(['kubernetes.default.svc']);
      const set = open('127.0.0.1:1', found(address));
      await collectInstance(await only(set), round);
      set.close();
      await waitUntil(async () => (await server.openConnections()) === 0, { what: 'connections to end' });
    });
  });

  describe('are found', () => {
    async function findingOf(
      body: string,
      options: Parameters<typeof open>[1] = {},
    ): Promise<{
      readonly instances: readonly string[];
      readonly doubt: string;
      readonly unasked: readonly string[];
      readonly at: string;
    }> {
      const { address, requests } = await serve([], { body });
      const { servers, doubt = '', unasked } = await open(address, options).refresh();
      expect(requests.map(({ url }) => url)).to.deep.equal(
        options.endpoints === undefined
          ? ['/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes']
          : [],
      );
      const instances = servers.map(({ instance }) => instance);
      return {
        instances,
        doubt: doubt.replaceAll(address, 'HERE'),
        unasked: unasked.map(({ instance }) => instance),
        at: address,
      };
    }

    it('by asking the cluster', async () => {
      const { instances, doubt } = await findingOf(slice('10.0.0.6', '10.0.0.5'));
      expect({ instances, doubt }).to.deep.equal({ instances: ['10.0.0.5:6443', '10.0.0.6:6443'], doubt: '' });
    });

    it('by what somebody named, without asking', async () => {
      const { instances, doubt } = await findingOf('', { endpoints: ['10.0.0.9:6443'] });
      expect({ instances, doubt }).to.deep.equal({ instances: ['10.0.0.9:6443'], doubt: '' });
    });

    it('to be the one that Merlon was told of where the cluster names none, with a doubt', async () => {
      const { instances, doubt, at } = await findingOf('{"endpoints":[]}');
      expect(instances).to.deep.equal([at]);
      expect(doubt).to.equal(
        'EndpointSlice default/kubernetes names no API server; only HERE was asked: if there are others, name each with --api-server-endpoint',
      );
    });

    it('to be the one that Merlon was told of where it cannot be told which there are, with a doubt', async () => {
      const { instances, doubt, at } = await findingOf('[]');
      expect(instances).to.deep.equal([at]);
      expect(doubt).to.equal('there may be other API servers: EndpointSlice default/kubernetes is malformed');
    });

    it('no further from outside the cluster, where its addresses may lead nowhere', async () => {
      const { instances, doubt, at } = await findingOf(slice('10.0.0.5', '10.0.0.6'), { isInCluster: false });
      expect(instances).to.deep.equal([at]);
      expect(doubt).to.equal(
        'there are 2 API servers (10.0.0.5:6443, 10.0.0.6:6443); only HERE was asked; name each with --api-server-endpoint',
      );
    });

    it('from outside the cluster without a doubt where there is but one', async () => {
      const { instances, doubt, at } = await findingOf(slice('10.0.0.5'), { isInCluster: false });
      expect({ instances, doubt }).to.deep.equal({ instances: [at], doubt: '' });
    });

    it('no further where a proxy stands before them', async () => {
      const { instances, doubt, unasked, at } = await findingOf(slice('10.0.0.5', '10.0.0.6'), {
        environment: { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.1,10.0.0.5' },
      });
      expect(instances).to.deep.equal([at]);
      expect(doubt).to.equal(
        'there are 2 API servers (10.0.0.5:6443, 10.0.0.6:6443), behind a proxy; only HERE was asked; add their addresses to NO_PROXY',
      );
      expect(unasked).to.deep.equal(['10.0.0.5:6443', '10.0.0.6:6443']);
    });

    it('through a proxy without a doubt where there is but one', async () => {
      const { instances, doubt, unasked, at } = await findingOf(slice('10.0.0.6'), {
        environment: { HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.1' },
      });
      expect({ instances, doubt, unasked }).to.deep.equal({ instances: [at], doubt: '', unasked: [] });
    });

    it('no more of than any cluster has', async () => {
      const many = Array.from({ length: 20 }, (_, index) => `10.0.0.${index + 1}`);
      const { instances, doubt, unasked } = await findingOf(slice(...many));
      expect(instances).to.have.length(16);
      expect(unasked).to.have.length(4);
      expect(new Set([...instances, ...unasked])).to.have.property('size', 20);
      expect(doubt).to.match(/^there are 20 API servers \(10\.0\.0\.10:6443, .*\), more than are asked$/);
    });
  });
});
