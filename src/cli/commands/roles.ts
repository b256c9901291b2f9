/** `merlon roles` as the command line offers it. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { collect } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';
import type { GivenNamespaces, GivenRbacOptions } from '../rbac-options.ts';
import { refuse } from '../usage-error.ts';

export function addRoles(program: Command, own: CommandProcess): void {
  program
    .command('roles')
    .summary('list roles beside those that Kubernetes creates, with who is bound to them')
    .description(
      'Lists the ClusterRoles that there are, and Roles with -n or -A: whether they are as Kubernetes creates them, how dangerous they are, and who is bound to them. With a name: its rules, where they come from, and all its bindings. Nothing is written anywhere.',
    )
    .argument('[name]', 'of a ClusterRole, or with -n or -A of a Role too')
    .option(
      '-f, --filename <path>',
      'read that file, folder or standard input (-) instead of a cluster (repeatable)',
      collect,
    )
    .option('-n, --namespace <name>', 'Roles of this namespace too, and of RoleBindings only those of it')
    .option('-A, --all-namespaces', 'Roles of all namespaces too', false)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .addHelpText(
      'after',
      `
BASELINE compares content, never names: unchanged, changed (rules were added or removed), missing, impostor (it has the
label or a name of Kubernetes, which creates none such), unknown (nobody recorded that release), - for all others.
Files may be of any release.

Exit codes: 0 done; 2 usage; 3 no such role, or unusable input (the rest is still printed); 4 something could not be
read or understood.

Examples:
  merlon roles
  merlon roles view
  merlon roles -n shop -o json
  kubectl get clusterroles,clusterrolebindings -o yaml | merlon roles cluster-admin -f -`,
    )
    .action(async (name: string | undefined, given: GivenRoles, command: Command) => {
      const [{ findNamespaceMistake, parseRbacChoice }, { runRoles }] = await Promise.all([
        import('../rbac-options.ts'),
        import('../roles-command.ts'),
      ]);
      const { namespace, allNamespaces, output } = given;
      const parsed = parseRbacChoice({ ...given, wholeCluster: false });
      const mistake = findNamespaceMistake(given);
      if ('usageError' in parsed) refuse(command, parsed.usageError);
      else if (mistake !== undefined) refuse(command, mistake);
      else {
        const options = { choice: parsed.choice, namespace, allNamespaces, output };
        own.exitCode = await runRoles(name, options, own);
      }
    });
}

interface GivenRoles extends Omit<GivenRbacOptions, 'wholeCluster' | 'authorizationMode'>, GivenNamespaces {
  readonly output: 'table' | 'json';
}
