/**
 * Finds out whether a pod's spec is the one before but for the random name of its token volume, without a search for that
 * name. Specs are compared as the bytes of their fields.
 */
import type { PodSpec } from '../core/pod-shape.ts';
import type { Span } from './protobuf-envelope.ts';
import { findFields } from './protobuf-fields.ts';
import { isSame } from './same-bytes.ts';

/** The API server makes up a name for the token volume of each pod. */
const tokenVolume = Buffer.from('kube-api-access-', 'latin1');
const randomLength = 5;
const nameLength = tokenVolume.length + randomLength;

/** From a spec to the names of its volumes, and to those of what its containers mount. Source: k8s.io/api v0.37.2, core/v1. */
const volumeName = [1, 1] as const;
const mountNames = [
  [2, 9, 1],
  [20, 9, 1],
  [34, 1, 9, 1],
] as const;

/**
 * Masks the random part of the token volume's name, there and where it is mounted. Whoever writes a pod may give such names
 * to other things, too: where one stands anywhere else, or there are two of them, which is which must be seen, and nothing is
 * masked.
 * @returns where the random parts were, in order
 */
export function maskTokenVolume(kept: Buffer): readonly number[] {
  const whole = { start: 0, end: kept.length };
  const volumes = findRandomParts(kept, findFields(kept, whole, volumeName));
  const mounts = mountNames.flatMap((path) => findRandomParts(kept, findFields(kept, whole, path)));
  const all = [...volumes, ...mounts].sort((one, other) => one - other);
  if (volumes.length !== 1 || all.length !== countNames(kept) || !isOneName(kept, all)) return [];
  mask(kept, all);
  return all;
}

/** @returns of those that are whole names of token volumes where their random parts begin */
function findRandomParts(bytes: Buffer, names: readonly Span[]): readonly number[] {
  return names
    .filter(({ start, end }) => end - start === nameLength && startsAt(bytes, start, tokenVolume))
    .map(({ start }) => start + tokenVolume.length)
    .filter((at) => isRandomName(bytes, at));
}

function startsAt(bytes: Buffer, at: number, beginning: Buffer): boolean {
  return at + beginning.length <= bytes.length && isSame(bytes, at, beginning, 0, beginning.length);
}

/** How many strings of any field could be the name of a token volume. */
function countNames(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(tokenVolume); at !== -1; at = bytes.indexOf(tokenVolume, at + 1)) {
    if (bytes[at - 1] === nameLength && isRandomName(bytes, at + tokenVolume.length)) count += 1;
  }
  return count;
}

function isOneName(bytes: Buffer, randomParts: readonly number[]): boolean {
  const [first = 0] = randomParts;
  return randomParts.every((at) => isSame(bytes, first, bytes, at, randomLength));
}

/** Of lower-case letters and digits. */
function isRandomName(bytes: Buffer, from: number): boolean {
  if (from + randomLength > bytes.length) return false;
  for (let at = from; at < from + randomLength; at += 1) {
    const byte = bytes[at] ?? 0;
    if (!((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39))) return false;
  }
  return true;
}

function mask(bytes: Buffer, randomParts: readonly number[]): void {
  for (const from of randomParts) {
    for (let at = from; at < from + randomLength; at += 1) bytes[at] = 0;
  }
}

export class LatestSpec {
  #memory: Buffer = Buffer.alloc(0);
  /** The part of the memory that is in use. */
  #masked: Buffer | undefined;
  #randomNames: readonly number[] = [];
  #spec: PodSpec | undefined;
  readonly #name = Buffer.alloc(randomLength);

  /** @param kept is masked where its spec is known, and as it was where it is not */
  recall(kept: Buffer): PodSpec | undefined {
    const randomNames = this.#randomNames;
    if (kept.length !== this.#masked?.length) return undefined;
    // A random name has nothing in it by which a token volume could begin: what is the same around them has them there alone.
    if (!randomNames.every((at) => isRandomName(kept, at)) || !isOneName(kept, randomNames)) return undefined;
    const [first] = randomNames;
    if (first !== undefined) kept.copy(this.#name, 0, first, first + randomLength);
    mask(kept, randomNames);
    if (kept.equals(this.#masked)) return this.#spec;
    for (const at of randomNames) this.#name.copy(kept, at);
    return undefined;
  }

  remember(masked: Buffer, randomNames: readonly number[], spec: PodSpec): void {
    const { length } = masked;
    if (this.#memory.length < length) this.#memory = Buffer.allocUnsafeSlow(2 * length);
    masked.copy(this.#memory);
    this.#masked = this.#memory.subarray(0, length);
    this.#randomNames = randomNames;
    this.#spec = spec;
  }
}
