#!/usr/bin/env node
/**
 * `merlon`: the same rules on a laptop, in a pipeline, or on a live cluster, which `fix` alone writes to. Each command
 * loads what it needs when it is called, so that looking at one file starts fast.
 */
import { Command, CommanderError } from 'commander';

import { addBaseline } from './cli/commands/baseline.ts';
import { addCanI } from './cli/commands/can-i.ts';
import { addExplain, addRules } from './cli/commands/catalogue.ts';
import { addEnforce } from './cli/commands/enforce.ts';
import { addExempt } from './cli/commands/exempt.ts';
import { addExpectations } from './cli/commands/expectations.ts';
import { addFix } from './cli/commands/fix.ts';
import { addImportPsp } from './cli/commands/import-psp.ts';
import { addPaths } from './cli/commands/paths.ts';
import { addPermissions } from './cli/commands/permissions.ts';
import { addPodSecurity } from './cli/commands/pod-security.ts';
import { addPolicy } from './cli/commands/policy.ts';
import { addRoles } from './cli/commands/roles.ts';
import { addScan } from './cli/commands/scan.ts';
import { addApiServer } from './cli/commands/api-server.ts';
import { addStatus } from './cli/commands/status.ts';
import { addUninstall } from './cli/commands/uninstall.ts';
import { addWhoCan } from './cli/commands/who-can.ts';
import { writeAll } from './cli/output.ts';
import { USAGE_ERROR } from './cli/usage-error.ts';
import { printable } from './report/terminal.ts';
import { version } from './version.ts';

const INCOMPLETE = 4;

/** As the help lists them. */
const commands = [
  ...[addScan, addFix, addImportPsp, addExpectations, addPolicy, addPodSecurity, addApiServer],
  ...[addEnforce],
  ...[addCanI, addWhoCan, addPermissions, addPaths, addRoles],
  ...[addExempt, addBaseline],
  ...[addRules, addExplain, addStatus, addUninstall],
];

function createProgram(): Command {
  const program = new Command('merlon')
    .description('Judges Kubernetes manifests and clusters against hardening rules.')
    .version(version, '-V, --version', 'print the version')
    // Behind a command it is that command's own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      // It repeats what was typed, which may come from the name of a file.
      outputError: (text, write) => {
        write(text.split('\n').map(printable).join('\n'));
      },
    })
    .showHelpAfterError('(run with --help for the options)');

  for (const add of commands) add(program, process);
  program
    .command('version')
    .description('Prints the version.')
    .action(async () => {
      await writeAll(process.stdout, [`merlon ${version}\n`]);
    });
  return program;
}

/** @returns the exit code of a command that did not come to its end */
function explainFailure(error: unknown): number {
  // Commander has printed what is wrong; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
  process.stderr.write(`error: ${printable(error instanceof Error ? error.message : String(error))}\n`);
  return error instanceof Error && error.name === 'ConfigError' ? USAGE_ERROR : INCOMPLETE;
}

// Who writes is told what failed; without a listener Node would end with a stack where `head` has read enough.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = explainFailure(error);
}
