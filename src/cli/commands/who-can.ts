/** `merlon who-can` as the command line offers it. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { grantsOutputs } from '../grants-output.ts';
import type { GrantsOutput } from '../grants-output.ts';
import type { CommandProcess } from '../output.ts';
import type { GivenNamespaces, GivenRbacOptions } from '../rbac-options.ts';
import { outOfReach, withSource } from '../rbac-source.ts';
import { refuse } from '../usage-error.ts';

export function addWhoCan(program: Command, own: CommandProcess): void {
  withSource(program.command('who-can'))
    .summary('list everybody who may do something')
    .description(
      'Lists every user, group and service account that RBAC allows something, with the binding, the role and the rule that grant it.',
    )
    .argument('<verb>', 'of the API: get, list, create, …')
    .argument('<target>', 'a resource (pods, po, deployments.apps), a resource/name, or a URL (/healthz)')
    .option('-n, --namespace <name>', "in this namespace (default: the context's, with -f: all of them)")
    .option('-A, --all-namespaces', 'in any namespace', false)
    .option('--subresource <name>', 'as log, exec or scale')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(grantsOutputs).default('table'))
    .addHelpText(
      'after',
      `${outOfReach}
Without a name, those who may do it to objects of certain names alone are listed too, with the names. Groups are listed as
groups. Everybody in system:masters may do everything and stands in no binding.

Exit codes: 0 all of RBAC was read; 2 usage; 3 unusable input (the rest still counts); 4 something could not be read.

Examples:
  merlon who-can get secrets -n shop
  merlon who-can create pods --subresource=exec -A -o json
  merlon who-can bind clusterroles/cluster-admin -f rbac/`,
    )
    .action(async (verb: string, target: string, given: GivenWhoCan, command: Command) => {
      const [{ findNamespaceMistake, parseRbacChoice }, { runWhoCan }] = await Promise.all([
        import('../rbac-options.ts'),
        import('../who-can-command.ts'),
      ]);
      const parsed = parseRbacChoice(given);
      const { namespace, allNamespaces, subresource, output } = given;
      const mistake = findNamespaceMistake(given);
      if ('usageError' in parsed) refuse(command, parsed.usageError);
      else if (mistake !== undefined) refuse(command, mistake);
      else if (target.startsWith('/') && subresource !== undefined) {
        refuse(command, '--subresource does not go with a URL');
      } else {
        const scope = allNamespaces ? '' : namespace;
        const asked = { verb, target, subresource: subresource ?? '', namespace: scope };
        const options = { choice: parsed.choice, ...asked, output };
        own.exitCode = await runWhoCan(options, own);
      }
    });
}

interface GivenWhoCan extends GivenRbacOptions, GivenNamespaces {
  readonly subresource?: string;
  readonly output: GrantsOutput;
}
