/** `merlon expectations init` as the command line offers it. */
import type { Command } from 'commander';

import type { ExpectationsOptions } from '../expectations-command.ts';
import { collect } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';
import { refuse } from '../usage-error.ts';

export function addExpectations(program: Command, own: CommandProcess): void {
  program
    .command('expectations')
    .description('States in policies what subjects are expected to be allowed.')
    .command('init')
    .summary('write what is granted today as a policy to keep in git')
    .description(
      'Prints what the service accounts of a namespace are granted today as a HardeningPolicy: whatever they are granted beyond that later is a finding of the rule rbac-expectations. Nothing is written anywhere.',
    )
    .option('--from-cluster', 'read a live cluster, with your own rights', false)
    .option('-f, --filename <file>', 'read the roles and bindings of that file or folder, or - (repeatable)', collect)
    .option('-n, --namespace <name>', "the namespace (default: the context's; with -f: default)")
    .option(
      '-A, --all-grants',
      'look in every namespace, and state accounts that are granted something beyond theirs in a ClusterHardeningPolicy',
      false,
    )
    .option('--name <name>', 'of the policy', 'expectations')
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .addHelpText(
      'after',
      `
Exit codes: 0 printed; 2 usage; 3 unusable input, or there is no service account; 4 something could not be read or stated.

Examples:
  merlon expectations init --from-cluster -n coolapp > expectations.yaml
  merlon scan --policy expectations.yaml deploy/
  kubectl apply -f expectations.yaml`,
    )
    .action(async (options: ExpectationsOptions, command: Command) => {
      const { findExpectationsUsageError, runExpectationsInit } = await import('../expectations-command.ts');
      const usageError = findExpectationsUsageError(options);
      if (usageError === undefined) own.exitCode = await runExpectationsInit(options, own);
      else refuse(command, usageError);
    });
}
