/** A program that the kernel kills should this process be killed, which then can end nobody itself. */
import { existsSync } from 'node:fs';

const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

/** @returns what to start in its place; the program itself where the system has no `setpriv` */
export function dyingWithUs(program: string, args: readonly string[]): readonly [string, readonly string[]] {
  return setpriv === undefined ? [program, args] : [setpriv, ['--pdeathsig', 'KILL', '--', program, ...args]];
}
