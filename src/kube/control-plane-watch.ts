/**
 * Follows the few objects of the control plane that declare how API servers were started: one watch of mirror pods in
 * kube-system, one of nodes for each label of the control plane, one of what kubeadm was told. Whatever is not followed well
 * is missing, with what would help.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { readOr } from '../core/shape.ts';
import {
  controlPlaneNode,
  controlPlaneSelections,
  keepServer,
  kubeadmConfigMap,
  kubeadmSelection,
  mergeNodes,
  mirrorPod,
  mirrorPodSelection,
  tellsOfServer,
} from '../evidence/declared/control-plane-objects.ts';
import type { FollowedObjects } from '../evidence/declared/control-plane-objects.ts';
import { readKubeadmConfigMap } from '../evidence/declared/kubeadm-configuration.ts';
import { isRead } from '../evidence/reading.ts';
import type { Reading } from '../evidence/reading.ts';
import { mapCodec, shapeCodec } from './codec.ts';
import type { Codec, Identified } from './codec.ts';
import type { ObjectEvent } from './known-objects.ts';
import type { ObjectSelection } from './object-source.ts';
import type { ReflectorIntervals, ReflectorPhase } from './reflector-state.ts';
import { Reflector } from './reflector.ts';
import type { Transport } from './transport.ts';

/** So long a reader waits for what has not been read yet, before it does without. */
const PATIENCE_MS = 5_000;

export interface ControlPlaneWatchOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** What somebody has read is declared otherwise now. */
  readonly onChanged?: () => void;
  readonly intervals?: Partial<ReflectorIntervals>;
}

export class ControlPlaneWatch {
  readonly #clock: Clock;
  readonly #pods;
  readonly #nodes;
  readonly #kubeadm;
  #onSettled: (() => void)[] = [];
  /** Before, nobody made anything of what came. */
  #hasReader = false;

  constructor(options: ControlPlaneWatchOptions) {
    this.#clock = options.clock;
    const listener = {
      onState: () => {
        if (this.#isSettled()) this.#settle();
      },
      onChanged: () => {
        if (this.#hasReader) options.onChanged?.();
      },
    };
    const codec = mapCodec(shapeCodec(mirrorPod), keepServer);
    this.#pods = new Followed('pods in kube-system', mirrorPodSelection, codec, options, listener, tellsOfServer);
    this.#nodes = controlPlaneSelections.map(
      (selection) => new Followed('nodes', selection, shapeCodec(controlPlaneNode), options, listener),
    );
    this.#kubeadm = new Followed(
      'ConfigMap kube-system/kubeadm-config',
      kubeadmSelection,
      shapeCodec(kubeadmConfigMap),
      options,
      listener,
    );
  }

  start(): void {
    for (const followed of this.#all()) followed.reflector.start();
  }

  /** Ends it; nobody waits any longer. */
  async stop(): Promise<void> {
    this.#settle();
    await Promise.all(this.#all().map(({ reflector }) => reflector.stop()));
  }

  /** What is known now; only who asks before anything could be read waits for a moment. Never rejects. */
  async read(): Promise<FollowedObjects> {
    if (!this.#isSettled()) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const settle = (): void => {
        resolve(undefined);
      };
      this.#onSettled.push(settle);
      const timer = this.#clock.setTimeout(settle, PATIENCE_MS);
      await promise;
      timer.cancel();
    }
    this.#hasReader = true;
    const { reading: kubeadm } = this.#kubeadm;
    return {
      pods: this.#pods.reading,
      nodes: mergeNodes(this.#nodes.map(({ reading }) => reading)),
      kubeadm: isRead(kubeadm) ? readKubeadmConfigMap(kubeadm.read) : kubeadm,
      atMs: this.#clock.wallTimeMs(),
    };
  }

  #settle(): void {
    for (const settle of this.#onSettled.splice(0)) settle();
  }

  #isSettled(): boolean {
    return this.#all().every(({ reflector }) => !unsettledPhases.includes(reflector.state.phase));
  }

  #all(): readonly { readonly reflector: Pick<Reflector<Identified>, 'start' | 'stop' | 'state'> }[] {
    return [this.#pods, ...this.#nodes, this.#kubeadm];
  }
}

const unsettledPhases: readonly ReflectorPhase[] = ['initial', 'syncing', 'unreachable'];

interface Listener {
  readonly onState: () => void;
  readonly onChanged: () => void;
}

class Followed<T extends Identified> {
  readonly reflector: Reflector<T>;
  readonly #what: string;
  readonly #objects = new Map<string, T>();
  readonly #isTelling: (object: T) => boolean;

  constructor(
    what: string,
    selection: ObjectSelection,
    codec: Codec<T>,
    options: ControlPlaneWatchOptions,
    { onState, onChanged }: Listener,
    /** Whether an object says anything of API servers. */
    isTelling: (object: T) => boolean = () => true,
  ) {
    this.#what = what;
    this.#isTelling = isTelling;
    this.reflector = new Reflector<T>({
      ...options,
      selection,
      codec,
      onState,
      sink: (event) => {
        if (this.#take(event)) onChanged();
      },
    });
  }

  /** @returns whether it says something else than it did: a node tells every few minutes that it is there, and nothing new */
  #take({ type, object }: ObjectEvent<T>): boolean {
    const { name } = object.metadata;
    const before = this.#objects.get(name);
    const wasTelling = before !== undefined && this.#isTelling(before);
    if (type === 'deleted') return this.#objects.delete(name) && wasTelling;
    this.#objects.set(name, object);
    if (!wasTelling) return this.#isTelling(object);
    return !isSame(before, object);
  }

  get reading(): Reading<readonly T[]> {
    const { phase } = this.reflector.state;
    if (phase === 'synced') return { read: [...this.#objects.values()] };
    if (phase !== 'forbidden') return { missing: `${this.#what}: not read, as the API server does not answer` };
    return {
      missing: `listing and watching ${this.#what} is forbidden; grant it to Merlon's service account`,
      permission: `list and watch on ${this.#what}`,
    };
  }
}

/** Whatever version it has. What is malformed is not compared. */
function isSame<T extends Identified>(before: T, after: T): boolean {
  return readOr(
    () => isDeepStrictEqual(withoutVersion(before), withoutVersion(after)),
    () => false,
  );
}

function withoutVersion<T extends Identified>(object: T): T {
  return { ...object, metadata: { ...object.metadata, resourceVersion: undefined } };
}
