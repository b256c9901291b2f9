/** `merlon permissions` as the command line offers it. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { collect } from '../option-values.ts';
import { grantsOutputs } from '../grants-output.ts';
import type { GrantsOutput } from '../grants-output.ts';
import type { CommandProcess } from '../output.ts';
import type { GivenRbacOptions } from '../rbac-options.ts';
import { outOfReach, withSource } from '../rbac-source.ts';
import { refuse } from '../usage-error.ts';

export function addPermissions(program: Command, own: CommandProcess): void {
  withSource(program.command('permissions'))
    .summary('list all that somebody may do')
    .description(
      'Lists all that RBAC grants to a user, a group or a service account, by scope, with the binding and the role it comes from, and what of it is of no use.',
    )
    .argument('<subject>', 'sa:NAMESPACE/NAME, system:serviceaccount:NAMESPACE:NAME, user:NAME or group:NAME')
    .option('-n, --namespace <name>', 'only what counts in this namespace (default: everything)')
    .option('--group <name>', 'a group of the user (repeatable)', collect)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(grantsOutputs).default('table'))
    .addHelpText(
      'after',
      `${outOfReach}
A service account has its groups by its name. Those of a user come with its credentials and are not in the cluster: name
them with --group.

Exit codes: 0 all of RBAC was read; 2 usage; 3 unusable input (the rest still counts); 4 something could not be read.

Examples:
  merlon permissions sa:shop/web
  merlon permissions user:jane --group devs -o json
  merlon permissions group:system:authenticated -f rbac/`,
    )
    .action(async (text: string, given: GivenPermissions, command: Command) => {
      const [{ parseRbacChoice }, { parseSubject, subjectForms, withGroups }, { runPermissions }] = await Promise.all([
        import('../rbac-options.ts'),
        import('../../rbac/subject-text.ts'),
        import('../permissions-command.ts'),
      ]);
      const { namespace, group: groups = [], output } = given;
      const parsed = parseRbacChoice(given);
      const subject = parseSubject(text);
      if ('usageError' in parsed) refuse(command, parsed.usageError);
      else if (subject === undefined) {
        refuse(command, `"${text}" is no subject; write ${subjectForms}`);
      } else if (groups.length > 0 && !text.startsWith('user:')) {
        refuse(command, '--group goes with user:NAME');
      } else if (namespace === '') {
        refuse(command, '--namespace needs a name');
      } else {
        const options = { choice: parsed.choice, subject: withGroups(subject, groups), namespace, output };
        own.exitCode = await runPermissions(options, own);
      }
    });
}

interface GivenPermissions extends GivenRbacOptions {
  readonly namespace?: string;
  readonly group?: readonly string[];
  readonly output: GrantsOutput;
}
