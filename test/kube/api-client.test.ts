import { expect } from 'chai';
import { ApiClient } from '../../src/kube/api-client.ts';
import type { TypedResource } from '../../src/kube/api-client.ts';
import { ProtocolError } from '../../src/kube/protocol-error.ts';
import { hasStatusCode, StatusError } from '../../src/kube/request-error.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { errorOf } from './error-of.ts';
import { closeServers, serveHttp } from './transport-server.ts';

const deployments: TypedResource<string> = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  decode(json) {
    const name = (json as { metadata?: { name?: unknown } }).metadata?.name;
    if (typeof name !== 'string') throw new TypeError('no name');
    return name;
  },
};
const web = { metadata: { name: 'web' } };
const address = { namespace: 'shop', name: 'web' };

describe('ApiClient', () => {
  let transport: Transport;
  let client: ApiClient;
  let requests: string[];
  let accepted: (string | undefined)[];
  let answers: { readonly status?: number; readonly body: unknown }[];

  beforeEach(async () => {
    requests = [];
    accepted = [];
    answers = [];
    const { port } = await serveHttp((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const type = request.headers['content-type'] ?? '';
        accepted.push(request.headers.accept);
        requests.push([request.method, request.url, type, body].filter((part) => part !== '').join(' '));
        const { status = 200, body: answer } = answers.shift() ?? { body: web };
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      });
    });
    transport = openTransport(
      { origin: 'test', server: `http://127.0.0.1:${port}`, isInsecure: false, credentials: [], namespace: 'default' },
      { version: 'test', clock: systemClock, environment: {} },
    );
    client = new ApiClient(transport);
  });
  afterEach(async () => {
    transport.close();
    await closeServers();
  });

  it('reads no more than metadata where that is enough', async () => {
    await client.get(deployments, address, { isMetadataOnly: true });
    answers.push({ body: { metadata: {}, items: [] } });
    expect(await client.list(deployments, { isMetadataOnly: true }).next()).to.deep.include({ done: true });
    await client.get(deployments, address);
    expect(accepted).to.deep.equal([
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      'application/json',
    ]);
  });

  it('reads one object', async () => {
    expect(await client.get(deployments, address)).to.equal('web');
    expect(requests).to.deep.equal(['GET /apis/apps/v1/namespaces/shop/deployments/web']);
  });

  it('reads all pages of a list, as they are asked for', async () => {
    answers.push({ body: { metadata: { resourceVersion: '7', continue: 'next' }, items: [web] } });
    answers.push({ body: { metadata: { resourceVersion: '7' }, items: [{ metadata: { name: 'db' } }] } });
    const names: string[] = [];
    for await (const name of client.list(deployments, { namespace: 'shop', labelSelector: 'a=b' })) {
      names.push(name);
    }
    expect(names).to.deep.equal(['web', 'db']);
    expect(requests).to.deep.equal([
      'GET /apis/apps/v1/namespaces/shop/deployments?labelSelector=a%3Db&limit=500',
      'GET /apis/apps/v1/namespaces/shop/deployments?labelSelector=a%3Db&limit=500&continue=next',
    ]);
  });

  it('reads a list of all namespaces, and one that is null', async () => {
    answers.push({ body: { metadata: { resourceVersion: '7' }, items: null } });
    for await (const name of client.list(deployments)) expect.fail(name);
    expect(requests).to.deep.equal(['GET /apis/apps/v1/deployments?limit=500']);
  });

  it('creates, as a field manager, or only for show', async () => {
    await client.create(deployments, 'shop', web, { fieldManager: 'merlon', isDryRun: true });
    expect(requests).to.deep.equal([
      'POST /apis/apps/v1/namespaces/shop/deployments?fieldManager=merlon&dryRun=All application/json {"metadata":{"name":"web"}}',
    ]);
  });

  it('replaces an object, and its status alone', async () => {
    await client.replace(deployments, address, web);
    await client.replaceStatus(deployments, address, web, { fieldManager: 'merlon-status' });
    expect(requests).to.deep.equal([
      'PUT /apis/apps/v1/namespaces/shop/deployments/web application/json {"metadata":{"name":"web"}}',
      'PUT /apis/apps/v1/namespaces/shop/deployments/web/status?fieldManager=merlon-status application/json {"metadata":{"name":"web"}}',
    ]);
  });

  it('patches in every way there is', async () => {
    await client.patch(deployments, address, { kind: 'merge', body: { a: 1 } });
    await client.patch(deployments, address, { kind: 'json', body: [{ op: 'remove', path: '/a' }] });
    await client.patch(deployments, address, { kind: 'strategic', body: {} });
    await client.patch(deployments, address, { kind: 'apply', body: {}, isForced: true }, { fieldManager: 'm' });
    const path = 'PATCH /apis/apps/v1/namespaces/shop/deployments/web';
    expect(requests).to.deep.equal([
      `${path} application/merge-patch+json {"a":1}`,
      `${path} application/json-patch+json [{"op":"remove","path":"/a"}]`,
      `${path} application/strategic-merge-patch+json {}`,
      `${path}?fieldManager=m&force=true application/apply-patch+yaml {}`,
    ]);
  });

  it('deletes the object that is meant, and no other of its name', async () => {
    await client.delete(deployments, address, { uid: 'u1' });
    expect(requests).to.deep.equal([
      'DELETE /apis/apps/v1/namespaces/shop/deployments/web application/json ' +
        '{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u1"}}',
    ]);
  });

  it('says what the API server said', async () => {
    const details = { causes: [{ reason: 'NamespaceTerminating' }], retryAfterSeconds: 3 };
    answers.push({ status: 409, body: { kind: 'Status', reason: 'AlreadyExists', message: 'it exists', details } });
    const error = await errorOf(client.create(deployments, 'shop', web));
    expect(error).to.be.instanceOf(StatusError);
    expect(error.message).to.match(/^POST http:.*\/deployments: HTTP 409 AlreadyExists: it exists$/);
    expect(error).to.have.property('status').that.deep.includes({ code: 409, retryAfterSeconds: 3, details });
    expect(hasStatusCode(error, 404, 409)).to.equal(true);
  });

  it('believes the code of the answer, not the one within it', async () => {
    answers.push({ status: 403, body: { kind: 'Status', code: 200, reason: 'Forbidden' } });
    expect(hasStatusCode(await errorOf(client.get(deployments, address)), 403)).to.equal(true);
  });

  it('says the code alone where a proxy has answered', async () => {
    answers.push({ status: 502, body: '<h1>bad gateway</h1>' });
    const error = await errorOf(client.get(deployments, address));
    expect(error.message).to.match(/: HTTP 502$/);
  });

  it('refuses answers that are none', async () => {
    answers.push({ body: '{' }, { body: {} }, { body: { metadata: {} } });
    expect(await errorOf(client.get(deployments, address))).to.be.instanceOf(ProtocolError);
    expect(await errorOf(client.get(deployments, address))).to.be.instanceOf(ProtocolError);
    expect(await errorOf(client.list(deployments).next())).to.be.instanceOf(ProtocolError);
  });

  it('puts questions', async () => {
    answers.push({ body: { status: { allowed: true } } });
    const reviews = { group: 'authorization.k8s.io', version: 'v1', plural: 'subjectaccessreviews' };
    expect(await client.review(reviews, undefined, { spec: {} })).to.deep.equal({ status: { allowed: true } });
    expect(requests[0]).to.match(/^POST \/apis\/authorization.k8s.io\/v1\/subjectaccessreviews /);
  });

  it('asks for the version', async () => {
    answers.push({ body: { major: '1', minor: '37', gitVersion: 'v1.37.2', platform: 'linux' } });
    expect(await client.readVersion()).to.deep.equal({ major: '1', minor: '37', gitVersion: 'v1.37.2' });
  });
});
