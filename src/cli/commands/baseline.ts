/** `merlon baseline` as the command line offers it. */
import type { Command } from 'commander';

import type { GivenBaselineOptions } from '../baseline-options.ts';
import { collect, expiryForms } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';
import { refuse } from '../usage-error.ts';

export function addBaseline(program: Command, own: CommandProcess): void {
  program
    .command('baseline')
    .summary('write what fails in a namespace today as exemptions that expire')
    .description(
      'Prints HardeningExemptions for all that fails in a namespace today, so that only what is new is a finding. They expire. Nothing is written anywhere.',
    )
    .option('-f, --filename <path>', 'judge that file, folder or standard input (-) (repeatable)', collect)
    .option('--cluster', 'judge a live cluster, with your own rights', false)
    .option('-n, --namespace <name>', "the namespace (default: the context's; with -f: default)")
    .option('--expires <when>', `when they end: ${expiryForms}`, '90d')
    .option('--reason <text>', 'why this is accepted, in at least 10 characters (default: that it was there before)')
    .option(
      '--policy <file>',
      'with -f: judge by the ClusterHardeningPolicies and HardeningPolicies of that file or folder (repeatable)',
      collect,
    )
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .addHelpText(
      'after',
      `
What is exempt already is left out, unless it is so by an earlier baseline: the same findings give the same file, apart
from the time. What is undecided (unknown) is not exempt.

Exit codes: 0 printed, or nothing fails; 2 usage; 3 unusable input, and nothing is printed; 4 something could not be read
or decided, so that more may fail.

Examples:
  merlon baseline --cluster -n shop > baseline.yaml
  helm template shop ./chart | merlon baseline -n shop -f - --expires 30d --reason 'agreed with security, SEC-17'`,
    )
    .action(async (given: GivenBaselineOptions, command: Command) => {
      const [{ parseBaselineOptions }, { runBaseline }] = await Promise.all([
        import('../baseline-options.ts'),
        import('../baseline-command.ts'),
      ]);
      const parsed = parseBaselineOptions(given, Date.now());
      if ('usageError' in parsed) refuse(command, parsed.usageError);
      else own.exitCode = await runBaseline(parsed.options, own);
    });
}
