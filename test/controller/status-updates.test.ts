import { expect } from 'chai';

import type { ClusterHardeningPolicy } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { StatusUpdates } from '../../src/controller/status-updates.ts';

/** An API server that keeps of a status what its CRDs know, and a watch that shows what came of a write later. */
class Server {
  readonly writes: object[] = [];
  policy: ClusterHardeningPolicy;
  /** What is left of a status. */
  keep: (status: object) => object = (status) => status;
  readonly updates = new StatusUpdates<string>({
    writer: {
      replacePolicyStatus: (_policy, status) => {
        this.writes.push(status);
        const kept = this.keep(status);
        const isSame = JSON.stringify(kept) === JSON.stringify(this.policy.status);
        const before = Number(this.policy.metadata.resourceVersion);
        const resourceVersion = String(isSame ? before : before + 1);
        this.#next = { ...this.policy, metadata: { name: 'p', resourceVersion }, status: kept };
        return Promise.resolve({ outcome: 'written', object: { metadata: { resourceVersion } } });
      },
    },
    mayWrite: () => true,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    timestamp: () => '',
    writeIntervalMs: 0,
    retryLater: () => undefined,
    forget: () => undefined,
  });
  #next: ClusterHardeningPolicy;

  constructor() {
    const policy = { apiVersion: 'merlon.dev/v1alpha1', kind: 'ClusterHardeningPolicy', spec: {} } as const;
    this.policy = { ...policy, metadata: { name: 'p', resourceVersion: '1' }, status: {} };
    this.#next = this.policy;
  }

  say(status: object): Promise<number> {
    return this.updates.update('policy/p', this.policy, () => status);
  }

  /** The watch shows what was written. */
  show(): void {
    this.policy = this.#next;
  }
}

describe('StatusUpdates', () => {
  it('writes nothing more over a version before the watch has shown what came of it', async () => {
    const server = new Server();
    await server.say({ a: 1 });
    await server.say({ a: 2 });
    expect(server.writes).to.deep.equal([{ a: 1 }]);
    server.show();
    await server.say({ a: 2 });
    expect(server.writes).to.deep.equal([{ a: 1 }, { a: 2 }]);
    server.show();
    await server.say({ a: 2 });
    expect(server.writes).to.have.length(2);
  });

  it('writes what is new also where the API server has kept nothing of the last, and each once', async () => {
    const server = new Server();
    server.keep = (status) => ('a' in status ? { a: status.a } : {});
    for (const status of [{ b: 1 }, { b: 1 }, { b: 2 }, { a: 2, b: 2 }]) await server.say(status);
    expect(server.writes).to.deep.equal([{ b: 1 }, { b: 2 }, { a: 2, b: 2 }]);
    server.show();
    expect(server.policy.status).to.deep.equal({ a: 2 });
  });
});
