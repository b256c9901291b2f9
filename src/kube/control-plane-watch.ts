/**
 * Follows the few objects of the control plane that declare how API servers were started: one watch of mirror pods in
 * kube-system, one of nodes for each label of the control plane. Whatever is not followed well is missing, with what would
 * help.
 */
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import {
  controlPlaneNode,
  controlPlaneSelections,
  keepServer,
  mergeNodes,
  mirrorPod,
  mirrorPodSelection,
} from '../evidence/declared/control-plane-objects.ts';
import type { DeclaredObjects } from '../evidence/declared/control-plane-objects.ts';
import type { Reading } from '../evidence/reading.ts';
import { mapCodec, shapeCodec } from './codec.ts';
import type { Codec, Identified } from './codec.ts';
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
  readonly intervals?: Partial<ReflectorIntervals>;
}

export class ControlPlaneWatch {
  readonly #clock: Clock;
  readonly #pods;
  readonly #nodes;
  #onSettled: (() => void)[] = [];

  constructor(options: ControlPlaneWatchOptions) {
    this.#clock = options.clock;
    const onState = (): void => {
      if (this.#isSettled()) this.#settle();
    };
    const codec = mapCodec(shapeCodec(mirrorPod), keepServer);
    this.#pods = new Followed('pods in kube-system', mirrorPodSelection, codec, options, onState);
    this.#nodes = controlPlaneSelections.map(
      (selection) => new Followed('nodes', selection, shapeCodec(controlPlaneNode), options, onState),
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
  async read(): Promise<Pick<DeclaredObjects, 'pods' | 'nodes'>> {
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
    return { pods: this.#pods.reading, nodes: mergeNodes(this.#nodes.map(({ reading }) => reading)) };
  }

  #settle(): void {
    for (const settle of this.#onSettled.splice(0)) settle();
  }

  #isSettled(): boolean {
    return this.#all().every(({ reflector }) => !unsettledPhases.includes(reflector.state.phase));
  }

  #all(): readonly { readonly reflector: Pick<Reflector<Identified>, 'start' | 'stop' | 'state'> }[] {
    return [this.#pods, ...this.#nodes];
  }
}

const unsettledPhases: readonly ReflectorPhase[] = ['initial', 'syncing', 'unreachable'];

class Followed<T extends Identified> {
  readonly reflector: Reflector<T>;
  readonly #what: string;
  readonly #objects = new Map<string, T>();

  constructor(
    what: string,
    selection: ObjectSelection,
    codec: Codec<T>,
    options: ControlPlaneWatchOptions,
    onState: () => void,
  ) {
    this.#what = what;
    this.reflector = new Reflector<T>({
      ...options,
      selection,
      codec,
      onState,
      sink: ({ type, object }) => {
        if (type === 'deleted') this.#objects.delete(object.metadata.name);
        else this.#objects.set(object.metadata.name, object);
      },
    });
  }

  get reading(): Reading<readonly T[]> {
    const { phase } = this.reflector.state;
    if (phase === 'synced') return { read: [...this.#objects.values()] };
    return {
      missing:
        phase === 'forbidden'
          ? `listing and watching ${this.#what} is forbidden; grant it to Merlon's service account`
          : `${this.#what} are not read: the API server does not answer`,
    };
  }
}
