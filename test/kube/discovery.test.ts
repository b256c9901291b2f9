/** What an API server says of its resources, and what one says that is too old or broken. The real one: test/cli. */
import { expect } from 'chai';

import { discoverNamespacedKinds, discoverResources } from '../../src/kube/discovery.ts';
import { ProtocolError } from '../../src/kube/protocol-error.ts';
import { StatusError } from '../../src/kube/request-error.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { errorOf } from './error-of.ts';

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface Said {
  readonly status?: number;
  readonly type?: string;
  readonly body: unknown;
}

function serverThatSays(api: Said, apis: Said): Transport {
  return {
    server: 'https://server',
    request: ({ path }) => {
      const { status = 200, type = aggregated, body } = path === '/api' ? api : apis;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return Promise.resolve({ status, headers: { 'content-type': type }, body: Buffer.from(text) });
    },
    stream: () => Promise.reject(new Error('nothing to stream')),
    close: () => undefined,
  };
}

const core: Said = {
  body: {
    items: [
      {
        metadata: {},
        versions: [
          {
            version: 'v1',
            resources: [
              { resource: 'pods', scope: 'Namespaced', singularResource: 'pod', shortNames: ['po'] },
              { resource: 'nodes', scope: 'Cluster', singularResource: 'node' },
            ],
          },
        ],
      },
    ],
  },
};
const none: Said = { body: { items: [] } };

describe('discovery', () => {
  it('tells names and scope of every resource, of the preferred version', async () => {
    const groups: Said = {
      body: {
        items: [
          {
            metadata: { name: 'example.com' },
            versions: [
              { version: 'v2', resources: [{ resource: 'gizmos', scope: 'Cluster', singularResource: 'gizmo' }] },
              { version: 'v1', resources: [{ resource: 'gizmos', scope: 'Namespaced', singularResource: 'old' }] },
              { version: 'v1beta1' },
            ],
          },
        ],
      },
    };
    expect(await discoverResources(serverThatSays(core, groups))).to.deep.equal([
      { group: '', resource: 'pods', singular: 'pod', shortNames: ['po'], namespaced: true },
      { group: '', resource: 'nodes', singular: 'node', shortNames: [], namespaced: false },
      { group: 'example.com', resource: 'gizmos', singular: 'gizmo', shortNames: [], namespaced: false },
    ]);
  });

  it('tells nothing of a server that is too old for it', async () => {
    const versions: Said = { type: 'application/json', body: { kind: 'APIVersions', versions: ['v1'] } };
    expect(await discoverResources(serverThatSays(versions, none))).to.equal(undefined);
    expect(await discoverResources(serverThatSays({ status: 406, body: '' }, none))).to.equal(undefined);
  });

  it('fails where the server refuses, or says something else', async () => {
    const refused: Said = { status: 403, body: { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' } };
    expect(await errorOf(discoverResources(serverThatSays(core, refused)))).to.be.instanceOf(StatusError);
    for (const body of ['<html>', { items: 7 }, { items: [{ versions: [{ version: 'v1', resources: [{}] }] }] }]) {
      expect(await errorOf(discoverResources(serverThatSays(core, { body }))), JSON.stringify(body)).to.be.instanceOf(
        ProtocolError,
      );
    }
  });

  it('tells the kinds of which objects are stored in namespaces, and of which groups it knows nothing lately', async () => {
    const stored = { scope: 'Namespaced', verbs: ['create', 'delete', 'get', 'list'] };
    const gizmos = {
      resource: 'gizmos',
      responseKind: { group: 'example.com', version: 'v2', kind: 'Gizmo' },
      ...stored,
    };
    const groups: Said = {
      body: {
        items: [
          {
            metadata: { name: 'example.com' },
            versions: [
              {
                version: 'v2',
                resources: [
                  gizmos,
                  { resource: 'readings', scope: 'Namespaced', verbs: ['get', 'list'] },
                  { resource: 'reviews', scope: 'Namespaced', verbs: ['create'] },
                  { resource: 'fleets', scope: 'Cluster', verbs: stored.verbs },
                ],
              },
              { version: 'v1', resources: [gizmos, { resource: 'widgets', ...stored }] },
            ],
          },
          { metadata: { name: 'away.example.com' }, versions: [{ version: 'v1', freshness: 'Stale' }] },
        ],
      },
    };
    expect(await discoverNamespacedKinds(serverThatSays(none, groups))).to.deep.equal({
      kinds: [
        { group: 'example.com', version: 'v2', plural: 'gizmos', kind: 'Gizmo' },
        { group: 'example.com', version: 'v1', plural: 'widgets', kind: 'widgets' },
      ],
      staleGroups: ['away.example.com'],
    });
    expect(await discoverNamespacedKinds(serverThatSays({ status: 406, body: '' }, none))).to.equal(undefined);
  });
});
