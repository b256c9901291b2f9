/** `merlon status` as the command line offers it. */
import type { Command } from 'commander';

import { parseSeconds } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';
import type { StatusOptions } from '../status-command.ts';

export function addStatus(program: Command, own: CommandProcess): void {
  program
    .command('status')
    .description('Tells whether the operator lives and how old its verdicts may be; exits with 4 if they are stale.')
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('--operator-namespace <name>', 'where the operator runs', 'merlon')
    .option('--max-age <seconds>', 'how old a sign of life may be before it counts as dead', parseSeconds)
    .action(async (options: StatusOptions) => {
      const { runStatus } = await import('../status-command.ts');
      own.exitCode = await runStatus(options, own);
    });
}
