import { expect } from 'chai';

import { project } from '../../src/core/project.ts';
import type { Codec } from '../../src/kube/codec.ts';
import { ObjectSource } from '../../src/kube/object-source.ts';
import { hasStatusCode } from '../../src/kube/request-error.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { startFaultServer, thingShape } from '../support/fault-server.ts';
import type { FaultServer } from '../support/fault-server.ts';

const resource = { group: '', version: 'v2', plural: 'things' };
const codec: Codec<unknown> = { json: (input) => project(thingShape, input) };

describe('a kind that not every API server has in its newest version', () => {
  let server: FaultServer;
  let transport: Transport;
  const asked: string[] = [];

  before(async () => {
    server = await startFaultServer();
    server.put('web');
    const opened = openTransport(
      { origin: 'test', server: server.url, isInsecure: false, credentials: [], namespace: 'default' },
      { version: 'test', clock: systemClock, environment: {} },
    );
    transport = {
      server: opened.server,
      request: (request) => opened.request(request),
      stream(request) {
        asked.push(request.path);
        return opened.stream(request);
      },
      close() {
        opened.close();
      },
    };
  });
  beforeEach(() => {
    asked.length = 0;
  });
  after(async () => {
    transport.close();
    await server.close();
  });

  function answerNotFound(times: number): void {
    server.inject(
      'list',
      (exchange) => {
        exchange.status(404, 'NotFound');
      },
      times,
    );
  }

  const list = (source: ObjectSource<unknown>, into: unknown[] = []) =>
    source.list(
      {},
      new AbortController().signal,
      () => undefined,
      (object) => into.push(object),
    );

  it('is read in the newest that is served, which is asked first the next time', async () => {
    const source = new ObjectSource(transport, { resource, olderVersions: ['v1beta1', 'v1'] }, codec);
    const objects: unknown[] = [];
    answerNotFound(2);
    await list(source, objects);
    await list(source, objects);
    expect(objects).to.have.length(2);
    expect(asked).to.deep.equal(['/api/v2/things', '/api/v1beta1/things', '/api/v1/things', '/api/v1/things']);
  });

  it('is absent where none is served', async () => {
    answerNotFound(2);
    const source = new ObjectSource(transport, { resource, olderVersions: ['v1beta1'] }, codec);
    const error: unknown = await list(source).catch((caught: unknown) => caught);
    expect(hasStatusCode(error, 404)).to.equal(true);
    expect(error).to.have.property('message').that.includes('/api/v2/things');
    expect(asked).to.deep.equal(['/api/v2/things', '/api/v1beta1/things']);
  });

  it('is asked for once where it has no older version', async () => {
    answerNotFound(1);
    const error: unknown = await list(new ObjectSource(transport, { resource }, codec)).catch(
      (caught: unknown) => caught,
    );
    expect(hasStatusCode(error, 404)).to.equal(true);
    expect(asked).to.deep.equal(['/api/v2/things']);
  });

  it('says so where an older version is refused', async () => {
    answerNotFound(1);
    server.inject('list', (exchange) => {
      exchange.status(403, 'Forbidden');
    });
    const source = new ObjectSource(transport, { resource, olderVersions: ['v1'] }, codec);
    const error: unknown = await list(source).catch((caught: unknown) => caught);
    expect(hasStatusCode(error, 403)).to.equal(true);
  });
});
