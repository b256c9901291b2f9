/**
 * Where Node keeps what it compiled, types stripped: tests start the command line hundreds of times, and most of each
 * start is compiling. Node compares the sources, so that a changed file is compiled again.
 */
import { join } from 'node:path';

const variable = 'NODE_COMPILE_CACHE';
const folder = join(import.meta.dirname, '../../node_modules/.cache/node-compile');

/** For a program that gets an environment of its own: empty unless this run uses the cache. */
export const compileCacheEnvironment: Readonly<Record<string, string>> = inherit();

/** For every program that this process starts from now on. */
export function useCompileCache(): void {
  process.env[variable] ??= folder;
}

function inherit(): Record<string, string> {
  const value = process.env[variable];
  return value === undefined ? {} : { [variable]: value };
}
