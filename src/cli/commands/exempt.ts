/** `merlon exempt` as the command line offers it. */
import type { Command } from 'commander';

import type { GivenExemptOptions } from '../exempt-options.ts';
import { expiryForms } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';
import { refuse } from '../usage-error.ts';

export function addExempt(program: Command, own: CommandProcess): void {
  program
    .command('exempt')
    .summary('write an exemption: an accepted violation, with its reason and its end')
    .description(
      'Prints a HardeningExemption, or with --cluster a ClusterHardeningExemption: what a rule finds in a subject is shown as exempt, until it expires. Nothing is written anywhere.',
    )
    .argument(
      '<rule>',
      'its id, as "merlon rules" lists it, a control, or a pattern of either ("pod-*", "cis-1.12/5.2.*")',
    )
    .argument('<subject>', 'KIND/NAME, as deploy/web or sa/default; "*" in the name stands for anything')
    .requiredOption('--reason <text>', 'why this is accepted, in at least 10 characters')
    .requiredOption('--expires <when>', `when it ends: ${expiryForms}`)
    .option('--owner <who>', 'who answers for it')
    .option('--ticket <id>', 'where it was agreed')
    .option('-n, --namespace <name>', 'the namespace of the subject; with --cluster "*" stands for anything')
    .option('--container <name>', 'only what is found in containers of that name; "*" stands for anything')
    .option('--cluster', 'print a ClusterHardeningExemption', false)
    .option('--name <name>', 'of the exemption (default: made of the rule and the subject)')
    .addHelpText(
      'after',
      `
A namespace may exempt only what a ClusterHardeningPolicy delegates to it, and only for as long as that says; what is
beyond is ignored, and said in the exemption's status.

Exit codes: 0 printed; 2 usage.

Examples:
  merlon exempt pod-privileged ds/node-agent -n monitoring --reason 'reads the counters of the node' --expires 90d
  merlon exempt pod-host-ports deploy/web -n shop --container proxy --reason 'moves to an Ingress in May' \\
    --expires 2027-06-01 --owner shop-team --ticket SHOP-17 | kubectl apply -f -
  merlon exempt rbac-secrets-read clusterrole/backup --cluster --reason 'copies every object' --expires never`,
    )
    .action(async (rule: string, subject: string, given: GivenExemptOptions, command: Command) => {
      const [{ parseExemptOptions }, { runExempt }, { rules }] = await Promise.all([
        import('../exempt-options.ts'),
        import('../exempt-command.ts'),
        import('../../rules/index.ts'),
      ]);
      const parsed = parseExemptOptions(rule, subject, given, { rules, nowMs: Date.now() });
      if ('usageError' in parsed) refuse(command, parsed.usageError);
      else own.exitCode = await runExempt(parsed.exemption, own);
    });
}
