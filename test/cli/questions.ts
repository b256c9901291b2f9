/** The questions about RBAC asked within this process: many of them, faster than a process for each. */
import { Command, CommanderError } from 'commander';

import { addCanI } from '../../src/cli/commands/can-i.ts';
import { addPaths } from '../../src/cli/commands/paths.ts';
import { addPermissions } from '../../src/cli/commands/permissions.ts';
import { addWhoCan } from '../../src/cli/commands/who-can.ts';

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param args as on the command line: `can-i`, `get`, `pods` */
export async function askMerlon(args: readonly string[], stdin = ''): Promise<Answer> {
  const printed = { stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr') => ({
    write(text: string, done?: () => void) {
      printed[name] += text;
      done?.();
    },
  });
  const own = {
    stdin: (async function* () {
      await Promise.resolve();
      if (stdin !== '') yield Buffer.from(stdin);
    })(),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    env: { HOME: '/nonexistent' },
    exitCode: 0,
  };
  const program = new Command('merlon')
    .exitOverride()
    .configureOutput({ writeErr: (text) => (printed.stderr += text), writeOut: (text) => (printed.stdout += text) });
  for (const add of [addCanI, addWhoCan, addPermissions, addPaths]) add(program, own);
  // A command has its settings from the time when it was added.
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    own.exitCode = error.exitCode;
  }
  return { code: own.exitCode, ...printed };
}
