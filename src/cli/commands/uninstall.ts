/** `merlon uninstall` as the command line offers it. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { parseSeconds } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';
import type { UninstallOptions } from '../uninstall-command.ts';
import { refuse } from '../usage-error.ts';

export function addUninstall(program: Command, own: CommandProcess): void {
  program
    .command('uninstall')
    .summary('remove Merlon and what it has made from a cluster')
    .description(
      'Removes the operator, and then all that it and its manifests have brought to a cluster, with your own rights. What people made stays and is listed. It asks before it begins.',
    )
    .option('--dry-run', 'only list what would go and what would stay', false)
    .addOption(
      new Option('--repairs <what>', 'what becomes of repairs that stand: left as they are, or taken back').choices([
        'keep',
        'revert',
      ]),
    )
    .option('--policies', 'remove also policies, exemptions and their kinds, which people made', false)
    .option('-y, --yes', 'do not ask', false)
    .option('-n, --namespace <name>', 'where Merlon is', 'merlon')
    .option('--timeout <seconds>', 'how long to wait for what was deleted to be gone, each time', parseSeconds, 60)
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .addHelpText(
      'after',
      `
It may be run again at any time, and goes on where it was interrupted. docs/uninstall.md tells the order.

Exit codes: 0 all is gone that may go, or listed; 2 usage, not confirmed, nobody has said what becomes of repairs, or a
right is missing; 4 something did not come to its end.

Examples:
  merlon uninstall --dry-run
  merlon uninstall --repairs revert --yes
  kubectl get chpol,chexm,hpol,hexm -A -o yaml > policies.yaml && merlon uninstall --repairs keep --policies --yes`,
    )
    .action(async (options: UninstallOptions, command: Command) => {
      if (options.namespace === '') refuse(command, '--namespace needs a name');
      const { runUninstall } = await import('../uninstall-command.ts');
      own.exitCode = await runUninstall(options, own);
    });
}
