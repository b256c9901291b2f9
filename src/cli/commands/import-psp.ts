/** `merlon import psp` as the command line offers it. */
import type { Command } from 'commander';

import type { CommandProcess } from '../output.ts';
import { refuse } from '../usage-error.ts';

export function addImportPsp(program: Command, own: CommandProcess): void {
  program
    .command('import')
    .description('Makes ClusterHardeningPolicies of what other tools and older clusters have.')
    .command('psp')
    .summary('make a hardening policy of a PodSecurityPolicy')
    .description(
      'Prints a ClusterHardeningPolicy that judges as a PodSecurityPolicy validated. What it cannot do is told in comments and on standard error. Nothing is printed where anything is wrong.',
    )
    .argument('<path...>', 'YAML or JSON files, folders, or - for standard input')
    .option('--merge', 'put documents of the same name together: they are fragments of one policy', false)
    .option('--name <name>', 'of the hardening policy (default: that of the PodSecurityPolicy)')
    .addHelpText(
      'after',
      `
Exit codes: 0 printed; 2 usage; 3 unusable input.

Examples:
  merlon import psp restricted.yaml > policy.yaml
  merlon scan --policy policy.yaml deploy/`,
    )
    .action(async (paths: string[], options: { merge: boolean; name?: string }, command: Command) => {
      const { findImportUsageError, runImportPsp } = await import('../import-psp-command.ts');
      const asked = { ...options, paths };
      const usageError = findImportUsageError(asked);
      if (usageError === undefined) own.exitCode = await runImportPsp(asked, own);
      else refuse(command, usageError);
    });
}
