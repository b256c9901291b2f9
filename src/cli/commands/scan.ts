/** `merlon scan` as the command line offers it. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { severities } from '../../core/severity.ts';
import { collect } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';
import { refuse } from '../usage-error.ts';

export function addScan(program: Command, own: CommandProcess): void {
  program
    .command('scan')
    .summary('judge manifests, or a live cluster')
    .description(
      'Judges manifests from files, folders and standard input (-), or a live cluster with --cluster. Nothing is written anywhere.',
    )
    .argument('[path...]', 'YAML or JSON files, folders, or - for standard input')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addOption(
      new Option(
        '--fail-on <severity>',
        'exit with 1 for failures of this severity or above (default: the threshold of the policy that decides, which is high where there is none)',
      ).choices(severities),
    )
    .option(
      '--policy <file>',
      'judge files by the ClusterHardeningPolicies and HardeningPolicies of that file or folder (repeatable)',
      collect,
    )
    .option(
      '--exemptions <file>',
      'exempt what the HardeningExemptions and ClusterHardeningExemptions of that file or folder describe (repeatable)',
      collect,
    )
    .option(
      '--pod-security-version <version>',
      'judge files by that version of the Pod Security Standards: latest, or as v1.34 (default: latest)',
    )
    .option('--all', 'also list what passes and what does not apply', false)
    .option('--cluster', 'judge a live cluster, with your own rights', false)
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('-n, --namespace <name>', "only this namespace (default: the context's)")
    .option('-A, --all-namespaces', 'every namespace and the cluster itself', false)
    .option(
      '--psp <file>',
      'judge pods as the PodSecurityPolicies of that file or folder would have (repeatable)',
      collect,
    )
    .option('--psp-user <name>', 'who creates the pods that no controller creates, for the use of PodSecurityPolicies')
    .option('--psp-group <name>', 'a group of that user (repeatable)', collect)
    .addHelpText(
      'after',
      `
Exit codes: 0 clean; 1 failures at --fail-on or above; 2 usage; 3 unusable input (the rest is still judged);
4 incomplete (something could not be read or decided).

With --policy the policies decide as in a cluster: by namespaceSelector, priority and name. Namespaces are looked for
among what is scanned; where labels are missing that a selector asks for, it says so and never exits with 0.

With --exemptions failures that are accepted are listed as exempt, and do not count. As in a cluster, a
HardeningExemption counts only for what a policy lets its namespace exempt; those that exempt nothing are named.

With --psp no rule is asked: the answer tells which policy admits each pod, and what it would set in it, or why each
policy refuses. It exits with 1 where a pod is refused.

Examples:
  merlon scan deploy/
  helm template shop ./chart | merlon scan -
  merlon scan --policy policies/ namespaces.yaml deploy/
  merlon scan --cluster -A -o json
  merlon scan --psp policies.yaml deploy/`,
    )
    .action(async (paths: string[], options: Record<string, unknown>, command: Command) => {
      if (options['psp'] !== undefined) {
        const { parsePspScanOptions, runPspScan } = await import('../psp-scan-command.ts');
        const isGiven = (option: string): boolean => command.getOptionValueSource(option) === 'cli';
        const asked = parsePspScanOptions(paths, options, isGiven);
        if ('usageError' in asked) refuse(command, asked.usageError);
        else own.exitCode = await runPspScan(asked.options, own);
        return;
      }
      const [{ parseScanOptions }, { runScan }] = await Promise.all([
        import('../scan-options.ts'),
        import('../scan-command.ts'),
      ]);
      const parsed = parseScanOptions(paths, options);
      if ('usageError' in parsed) refuse(command, parsed.usageError);
      else own.exitCode = await runScan(parsed.options, own);
    });
}
