/** `merlon can-i` as the command line offers it. */
import { Option } from 'commander';
import type { Command } from 'commander';

import type { GivenCanIOptions } from '../can-i-options.ts';
import { collect } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';
import { outOfReach, withSource } from '../rbac-source.ts';
import { refuse } from '../usage-error.ts';

export function addCanI(program: Command, own: CommandProcess): void {
  withSource(program.command('can-i'))
    .summary('tell whether somebody may do something, and by which rule of which binding')
    .description(
      'Tells whether an action is allowed, as "kubectl auth can-i" does, and which rule of which binding decides. With --as it needs no right to impersonate.',
    )
    .argument('[verb]', 'of the API: get, list, create, …')
    .argument('[target]', 'a resource (pods, po, deployments.apps), a resource/name, or a URL (/healthz)')
    .argument('[more...]')
    .option('--as <user>', 'whom to ask for: a user, or system:serviceaccount:NAMESPACE:NAME (default: yourself)')
    .option(
      '--as-group <group>',
      'a group of that user, instead of those that follow from the name (repeatable)',
      collect,
    )
    .option('--as-uid <uid>', 'taken as kubectl takes it; RBAC does not look at it')
    .option('--as-user-extra <key=value>', 'taken as kubectl takes it; RBAC does not look at it (repeatable)', collect)
    .option('-n, --namespace <name>', "in this namespace (default: the context's, with -f: default)")
    .option('-A, --all-namespaces', 'in all namespaces at once', false)
    .option('--subresource <name>', 'as log, exec or scale')
    .option('--list', 'print all that is allowed in the namespace', false)
    .option('--no-headers', 'with --list: without the line of titles')
    .option('-q, --quiet', 'print no answer, only exit with it', false)
    .option('--batch <file>', 'answer the questions of that file, or of standard input (-), a line of JSON each')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `${outOfReach}
The answer is what the API server says. Where it says yes to what no request can make use of (a RoleBinding that grants
cluster-wide resources), a note says so; in JSON "effective" is false.

--batch takes {"user", "groups", "verb", "group", "resource", "subresource", "name", "namespace", "path"} and gives
{"allowed", "reason", "binding", "role", "rule"}, with "unknown" and "doubts" where it is not known. Groups are taken as
given, as by SubjectAccessReview: those of service accounts, and system:authenticated, are not added. "resource" is the
plural, and "group" its API group. A line that is no question gets {"error", "line"}, and the exit code is 3.

Exit codes: 0 yes; 1 no; 2 usage; 3 unusable input (the rest still counts); 4 unknown. With --list and --batch: 0 done;
3 unusable input; 4 something is unknown.

Examples:
  merlon can-i --as=system:serviceaccount:coolapp:myappid list pods -n coolapp
  merlon can-i --as=jane --as-group=devs create pods --subresource=exec -n shop
  merlon can-i list secrets -A --as=system:serviceaccount:shop:web -f rbac/
  merlon can-i --list --as=system:serviceaccount:shop:web -n shop
  merlon can-i --batch questions.jsonl -f rbac/`,
    )
    .action(
      async (verb: string | undefined, target: string | undefined, more: string[], given: object, command: Command) => {
        const [{ parseCanIOptions }, { runCanI }] = await Promise.all([
          import('../can-i-options.ts'),
          import('../can-i-command.ts'),
        ]);
        const args = [verb, target, ...more].filter((arg) => arg !== undefined);
        const parsed = parseCanIOptions(args, given as GivenCanIOptions);
        if ('usageError' in parsed) refuse(command, parsed.usageError);
        else own.exitCode = await runCanI(parsed.options, own);
      },
    );
}
