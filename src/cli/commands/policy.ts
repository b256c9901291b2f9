/** `merlon policy explain` as the command line offers it. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { systemClock } from '../../kube/system-clock.ts';
import { collect } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';
import type { PolicyExplainOptions } from '../policy-explain-command.ts';
import { refuse } from '../usage-error.ts';

export function addPolicy(program: Command, own: CommandProcess): void {
  program
    .command('policy')
    .description('Explains what policies come to.')
    .command('explain')
    .summary('print where each setting of a namespace comes from')
    .description(
      'Prints what the policies that concern a namespace come to: of each setting its value, and the policy and field that decide it. With a rule: all that is decided of that. Nothing is written anywhere.',
    )
    .argument('[rule]', 'its id, as "merlon rules" lists it')
    .option('-n, --namespace <name>', "the namespace (default: the context's; with -f: default)")
    .option('--cluster', 'the cluster itself instead of a namespace', false)
    .option(
      '-f, --filename <path>',
      'read policies, and Namespaces for their labels, from that file, folder or - instead of a cluster (repeatable)',
      collect,
    )
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .addHelpText(
      'after',
      `
FROM is the policy that decides; Merlon where none says anything. Settings of rules are listed where a policy names the
rule; a rule that only the profile selects is explained with its id. What is attested of the API server is a setting of
the cluster itself; whether Merlon observes it, and so does without, the status of the policy tells.

Exit codes: 0 printed; 2 usage; 3 unusable input, or no such namespace; 4 another policy may decide: not all could be
read, or matched.

Examples:
  merlon policy explain -n shop
  merlon policy explain -n shop pod-host-ports
  merlon policy explain -n shop -f policies/ -o json`,
    )
    .action(async (id: string | undefined, given: GivenOptions, command: Command) => {
      const [{ runPolicyExplain }, { rules }] = await Promise.all([
        import('../policy-explain-command.ts'),
        import('../../rules/index.ts'),
      ]);
      const rule = rules.find((one) => one.id === id);
      const mistake = findMistake(given);
      if (mistake !== undefined) refuse(command, mistake);
      else if (id !== undefined && rule === undefined) {
        const { suggestRules } = await import('../../report/catalogue.ts');
        refuse(command, `there is no rule "${id}"${suggestRules(id, rules)}; "merlon rules" lists them`);
      } else own.exitCode = await runPolicyExplain({ ...given, rule, rules, nowMs: systemClock.wallTimeMs() }, own);
    });
}

type GivenOptions = Omit<PolicyExplainOptions, 'rule' | 'rules' | 'nowMs'>;

function findMistake({ filename, namespace, cluster, kubeconfig, context }: GivenOptions): string | undefined {
  if (namespace === '') return '--namespace needs a name';
  if (cluster && namespace !== undefined) return '--cluster and --namespace do not go together';
  return filename !== undefined && (kubeconfig !== undefined || context !== undefined)
    ? '--kubeconfig and --context do not go with -f'
    : undefined;
}
