/**
 * Feeds the operator's stores: one reflector for each kind, started one after the other, pods first. Whether each kind is
 * read, and if not why, goes to the stores too, so that nothing unread ever looks empty.
 */
import { clusterHardeningExemption, EXEMPTION_KIND } from '../api/v1alpha1/cluster-hardening-exemption.ts';
import { clusterHardeningPolicy, POLICY_KIND } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterHardeningPolicy } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { clusterSecurityPosture } from '../api/v1alpha1/cluster-security-posture.ts';
import { hardeningExemption, OWN_EXEMPTION_KIND } from '../api/v1alpha1/hardening-exemption.ts';
import { hardeningPolicy, OWN_POLICY_KIND } from '../api/v1alpha1/hardening-policy.ts';
import type { HardeningPolicy } from '../api/v1alpha1/hardening-policy.ts';
import { hardeningRemediation, REMEDIATION_KIND } from '../api/v1alpha1/hardening-remediation.ts';
import type { HardeningRemediation } from '../api/v1alpha1/hardening-remediation.ts';
import type { CrdDefinition } from '../api/v1alpha1/schema.ts';
import { securityPosture } from '../api/v1alpha1/security-posture.ts';
import { Interner } from '../controller/interner.ts';
import type { PostureController } from '../controller/posture-controller.ts';
import type { PostureObject } from '../controller/posture-store.ts';
import type { RemediationController } from '../controller/remediation-controller.ts';
import type { ClusterStore } from '../controller/store.ts';
import type { Clock } from '../core/clock.ts';
import type { AnyExemption } from '../core/exemption.ts';
import { kindNames, kinds } from '../core/kinds.ts';
import type { Kind, KindName, ObjectOf } from '../core/kinds.ts';
import type { Input, Observation } from '../core/snapshot.ts';
import type { Log } from '../core/log.ts';
import { mapCodec, shapeCodec } from './codec.ts';
import type { Codec, Identified } from './codec.ts';
import { podCodec } from './pod-codec.ts';
import { ownResource } from './posture-writer.ts';
import { ownKindIntervals } from './reflector-state.ts';
import type { ReflectorIntervals, ReflectorState } from './reflector-state.ts';
import { Reflector } from './reflector.ts';
import type { ReflectorOptions } from './reflector.ts';
import { nameResource } from './resource-path.ts';
import type { Transport } from './transport.ts';

export interface FeedOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly intervals?: Partial<ReflectorIntervals>;
}

/** Every source of the operator, read or refused. */
export class ClusterFeed {
  readonly #reflectors: readonly Reflector<Identified>[];
  #onSettled: (() => void) | undefined;

  constructor(controller: PostureController, remediation: RemediationController, options: FeedOptions) {
    const own = [
      this.#own<ClusterHardeningPolicy>(options, clusterHardeningPolicy, {
        upsert: (policy) => {
          controller.policies.ofCluster.upsert(policy);
        },
        remove: (policy) => {
          controller.policies.ofCluster.remove(policy);
        },
        onState: (state) => {
          controller.observePolicies(observe(POLICY_KIND, nameResource(ownResource(clusterHardeningPolicy)), state));
        },
      }),
      this.#own<HardeningPolicy>(options, hardeningPolicy, {
        upsert: (policy) => {
          controller.policies.own.upsert(policy);
        },
        remove: (policy) => {
          controller.policies.own.remove(policy);
        },
        onState: (state) => {
          controller.observeOwnPolicies(observe(OWN_POLICY_KIND, nameResource(ownResource(hardeningPolicy)), state));
        },
      }),
      ...[clusterHardeningExemption, hardeningExemption].map((crd) =>
        this.#own<AnyExemption>(options, crd, {
          upsert: (exemption) => {
            controller.exemptions.store.upsert(exemption);
          },
          remove: (exemption) => {
            controller.exemptions.store.remove(exemption);
          },
          onState: (state) => {
            const source = crd === hardeningExemption ? OWN_EXEMPTION_KIND : EXEMPTION_KIND;
            controller.observeExemptions(observe(source, nameResource(ownResource(crd)), state));
          },
        }),
      ),
      ...(
        [
          ['namespaces', securityPosture],
          ['cluster', clusterSecurityPosture],
        ] as const
      ).map(([of, crd]) =>
        this.#own<PostureObject>(options, crd, {
          upsert: (posture) => {
            controller.postures.upsert(posture);
          },
          remove: (posture) => {
            controller.postures.remove(posture);
          },
          onListed: (resourceVersion) => {
            controller.postures.listed(of, resourceVersion);
          },
          onState: ({ phase }) => {
            if (phase === 'synced') controller.observePostures(of, true);
            if (phase === 'absent' || phase === 'forbidden') controller.observePostures(of, false);
          },
        }),
      ),
      this.#own<HardeningRemediation>(options, hardeningRemediation, {
        upsert: (record) => {
          remediation.records.upsert(record);
        },
        remove: (record) => {
          remediation.records.remove(record);
        },
        onListed: (resourceVersion) => {
          remediation.records.listed(resourceVersion);
        },
        onState: (state) => {
          const resource = nameResource(ownResource(hardeningRemediation));
          remediation.observeRecords(observe(REMEDIATION_KIND, resource, state));
        },
      }),
    ];
    const others = kindNames.filter((kind) => kind !== 'Pod');
    this.#reflectors = [
      // By far the most: they are on their way while the rest is asked for.
      this.#builtIn(options, 'Pod', controller),
      ...own,
      ...others.map((kind) => this.#builtIn(options, kind, controller)),
    ];
  }

  #builtIn(options: FeedOptions, kind: KindName, { cluster }: PostureController): Reflector<Identified> {
    const { shape, fieldSelector, olderVersions, isOptional, ...resource }: Kind = kinds[kind];
    const codec = kind === 'Pod' ? createPodCodec(cluster) : createCodec(kind, shape, cluster);
    return this.#reflector(options, {
      selection: {
        resource,
        ...(olderVersions === undefined ? {} : { olderVersions }),
        ...(fieldSelector === undefined ? {} : { fieldSelector }),
      },
      codec,
      forgetsAbsent: isOptional === true,
      sink: (event) => {
        if (event.type === 'deleted') cluster.remove(kind, event.object);
        else cluster.upsert(kind, event.object);
      },
      onState: (state) => {
        cluster.observe(observeKind(kind, state));
      },
    });
  }

  #own<T extends Identified>(options: FeedOptions, crd: CrdDefinition, target: OwnTarget<T>): Reflector<Identified> {
    return this.#reflector<T>(
      { ...options, intervals: { ...options.intervals, ...ownKindIntervals } },
      {
        selection: { resource: ownResource(crd) },
        // The API server has checked it against the schema that the type comes from.
        codec: { json: (json) => json as T },
        sink: (event) => {
          if (event.type === 'deleted') target.remove(event.object);
          else target.upsert(event.object);
        },
        onState: target.onState,
        ...(target.onListed === undefined ? {} : { onListed: target.onListed }),
      },
    );
  }

  #reflector<T extends Identified>(
    options: FeedOptions,
    own: Pick<ReflectorOptions<T>, 'selection' | 'codec' | 'sink' | 'forgetsAbsent' | 'onListed'> & {
      readonly onState: (state: ReflectorState) => void;
    },
  ): Reflector<Identified> {
    const reflector = new Reflector<T>({
      ...options,
      ...own,
      onState: (state) => {
        own.onState(state);
        this.#checkSettled();
      },
    });
    return reflector as unknown as Reflector<Identified>;
  }

  /** Starts to read. Resolves when every source is read, or refused, for the first time. */
  async start(): Promise<void> {
    const settled = new Promise<void>((resolve) => {
      this.#onSettled = resolve;
    });
    for (const reflector of this.#reflectors) reflector.start();
    this.#checkSettled();
    await settled;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.stop()));
  }

  /** What is neither read nor refused yet; empty when all is settled. */
  get unsettled(): readonly string[] {
    return this.#reflectors.filter(({ state }) => !isSettled(state)).map(({ name }) => name);
  }

  #checkSettled(): void {
    if (this.#onSettled === undefined || this.unsettled.length > 0) return;
    this.#onSettled();
    this.#onSettled = undefined;
  }
}

function createCodec(kind: KindName, shape: Kind['shape'], cluster: ClusterStore): Codec<ObjectOf<KindName>> {
  const decoded = shapeCodec(shape) as Codec<unknown> as Codec<ObjectOf<KindName>>;
  return mapCodec(decoded, (object) => cluster.intern(kind, object));
}

function createPodCodec(cluster: ClusterStore): Codec<ObjectOf<KindName>> {
  return podCodec({
    internPod: (pod) => cluster.intern('Pod', pod),
    internMetadata: (metadata) => cluster.internPodMetadata(metadata),
    specs: new Interner(),
  });
}

interface OwnTarget<T> {
  readonly upsert: (object: T) => void;
  readonly remove: (object: Identified) => void;
  readonly onListed?: (resourceVersion: string) => void;
  readonly onState: (state: ReflectorState) => void;
}

function isSettled({ phase }: ReflectorState): boolean {
  return phase !== 'initial' && phase !== 'syncing' && phase !== 'unreachable';
}

function observeKind(kind: KindName, state: ReflectorState): Observation<KindName> {
  const { isOptional, ...resource }: Kind = kinds[kind];
  return state.phase === 'absent' && isOptional === true
    ? { source: kind, state: 'observed', message: '' }
    : observe(kind, nameResource(resource), state);
}

/** What the stores are told: in words that stay the same while the state does, because they are written into postures. */
function observe<I extends Input>(source: I, resource: string, { phase, sinceMs }: ReflectorState): Observation<I> {
  switch (phase) {
    case 'synced':
      return { source, state: 'observed', message: '' };
    case 'stale':
      return {
        source,
        state: 'stale',
        message: `${resource} may be out of date: no stream since ${new Date(sinceMs).toISOString()}`,
      };
    case 'forbidden':
      return {
        source,
        state: 'forbidden',
        message: `listing and watching ${resource} is forbidden; grant it to Merlon's service account`,
      };
    case 'absent':
      return { source, state: 'absent', message: `the API server does not serve ${resource}` };
    case 'initial':
    case 'syncing':
      return { source, state: 'pending', message: `${resource} is being read for the first time` };
    case 'unreachable':
      return {
        source,
        state: 'unreachable',
        message: `${resource} could not be read yet: the API server does not answer`,
      };
  }
}
