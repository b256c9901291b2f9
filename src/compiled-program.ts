/**
 * The operator's program with its code cache: what V8 compiled of it when it was bundled. Without the cache, or where
 * another Node or other flags of V8 make it unfit or it is damaged, V8 compiles the program as it needs it, and the operator starts later.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

export const PROGRAM_FILE = 'operator.cjs';
export const CACHE_FILE = 'operator.cache';

/** As Node calls a CommonJS module. */
type Program = (exports: object, require: NodeJS.Require, module: object) => void;

const head = Buffer.from('(function (exports, require, module) {');
const tail = Buffer.from('\n})');
/**
 * Bytes before the cache, of the SHA-256 of the program and the cache: V8 itself only compares how long both are, and runs
 * whatever is in them.
 */
const digestLength = 32;

/**
 * Runs the program of a folder.
 * @returns whether its cache was of use; undefined where there is none
 * @throws {Error} if there is no such program, and what the program throws
 */
export function runProgram(folder: string): boolean | undefined {
  const path = join(folder, PROGRAM_FILE);
  const bytes = readFileSync(path);
  const cache = readCache(folder);
  const cachedData = cache === undefined ? undefined : selectData(cache, bytes);
  const script = new Script(toText(bytes), { filename: path, cachedData });
  if (cache !== undefined) release(cache);
  const module = { exports: {} };
  (script.runInThisContext() as Program)(module.exports, createRequire(path), module);
  return cache === undefined ? undefined : script.cachedDataRejected === false;
}

/**
 * Compiles the program of a folder, every function of it.
 * @param setFlags `setFlagsFromString` of node:v8, which costs milliseconds where nothing is to be compiled
 * @returns its cache, for a process of this Node with these flags of V8
 * @throws {Error} if there is no such program, or if it cannot be compiled
 */
export function compileProgram(folder: string, setFlags: (flags: string) => void): Buffer {
  const path = join(folder, PROGRAM_FILE);
  const bytes = readFileSync(path);
  setFlags('--no-lazy');
  const script = new Script(toText(Buffer.from(bytes)), { filename: path });
  // Before the cache is made: it counts among the flags with which a cache may be used.
  setFlags('--lazy');
  const cache = script.createCachedData();
  return Buffer.concat([digestOf(bytes, cache), cache]);
}

function readCache(folder: string): Buffer<ArrayBuffer> | undefined {
  try {
    return readFileSync(join(folder, CACHE_FILE));
  } catch {
    return undefined;
  }
}

/** @returns undefined where it is not as it was made for that program */
function selectData(cache: Buffer, program: Buffer): Buffer | undefined {
  const data = cache.subarray(digestLength);
  return cache.subarray(0, digestLength).equals(digestOf(program, data)) ? data : undefined;
}

function digestOf(program: Buffer, cache: Buffer): Buffer {
  return createHash('sha256').update(program).update(cache).digest();
}

/** Of an ASCII program, which is given up. */
function toText(program: Buffer<ArrayBuffer>): string {
  const wrapped = Buffer.concat([head, program, tail]);
  release(program);
  const text = wrapped.toString('latin1');
  release(wrapped);
  return text;
}

/** Of what has its memory to itself: megabytes, and it may be hours until the memory of what is old is collected. */
function release(bytes: Buffer<ArrayBuffer>): void {
  if (bytes.byteLength === bytes.buffer.byteLength) bytes.buffer.transfer(0);
}
