/** A reflector on a real API server, and a mirror of what it tells. */
import { expect } from 'chai';
import { kinds } from '../../src/core/kinds.ts';
import type { ObjectOf } from '../../src/core/kinds.ts';
import { shapeCodec } from '../../src/kube/codec.ts';
import type { Codec, Encoding } from '../../src/kube/codec.ts';
import type { ReflectorIntervals, ReflectorState } from '../../src/kube/reflector-state.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import type { Transport } from '../../src/kube/transport.ts';
import type { ApiClient } from '../support/api-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import { silentLog } from './reflector-fixture.ts';

type ServiceAccount = ObjectOf<'ServiceAccount'>;

/** Mirrors the service accounts of a namespace; of all where none is given. */
export class ClusterMirror {
  readonly reflector: Reflector<ServiceAccount>;
  readonly objects = new Map<string, ServiceAccount>();
  readonly states: ReflectorState[] = [];
  readonly #namespace: string;

  constructor(
    transport: Transport,
    namespace: string,
    encoding: Encoding = 'protobuf',
    intervals: Partial<ReflectorIntervals> = {},
  ) {
    const { shape, ...resource } = kinds.ServiceAccount;
    const codec: Codec<ServiceAccount> = shapeCodec(shape);
    this.#namespace = namespace;
    this.reflector = new Reflector<ServiceAccount>({
      transport,
      selection: { resource, namespace },
      codec: encoding === 'json' ? { json: codec.json } : codec,
      sink: (event) => {
        if (event.type === 'deleted') this.objects.delete(event.object.metadata.name);
        else this.objects.set(event.object.metadata.name, event.object);
      },
      onState: (state) => {
        this.states.push(state);
      },
      clock: systemClock,
      random: Math.random,
      log: silentLog,
      intervals,
    });
  }

  /** Waits until the mirror shows what a list shows, read by another client as JSON. */
  async converge(client: ApiClient, timeoutMs = 20_000): Promise<void> {
    await waitUntil(
      async () => {
        const { body } = await client.resource('v1', 'serviceaccounts', this.#namespace).list();
        const { json } = shapeCodec(kinds.ServiceAccount.shape);
        expect([...this.objects.values()].sort(byName)).to.deep.equal(body.items.map(json).sort(byName));
        return true;
      },
      { what: 'the mirror to show what a list shows', timeoutMs },
    );
  }
}

function byName(a: ServiceAccount, b: ServiceAccount): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
