/** `merlon fix` as the command line offers it. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { collect } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';
import { refuse } from '../usage-error.ts';

export function addFix(program: Command, own: CommandProcess): void {
  program
    .command('fix')
    .summary('repair what fails in manifests, or in a live cluster')
    .description(
      'Prints what would repair manifests as a unified diff, comments and all other bytes kept; --write edits the files. With --cluster it patches a live cluster with your own rights, and holds back where a workload may break or somebody else owns the field.',
    )
    .argument('[path...]', 'YAML or JSON files, folders, or - for standard input')
    .option('--rule <rule>', 'only that rule: an id, a pattern of ids, or a control (repeatable)', collect)
    .option('--write', 'edit the files; of standard input, print the whole fixed text', false)
    .option(
      '--policy <file>',
      'judge files by the ClusterHardeningPolicies and HardeningPolicies of that file or folder (repeatable)',
      collect,
    )
    .option(
      '--exemptions <file>',
      'leave what the HardeningExemptions and ClusterHardeningExemptions of that file or folder describe (repeatable)',
      collect,
    )
    .option(
      '--pod-security-version <version>',
      'judge files by that version of the Pod Security Standards: latest, or as v1.34 (default: latest)',
    )
    .option('--cluster', 'patch a live cluster, with your own rights', false)
    .addOption(
      new Option(
        '--dry-run <where>',
        'with --cluster: only print (client), or ask the API server and let it store nothing (server)',
      ).choices(['client', 'server']),
    )
    .option('--allow-in-use', 'with --cluster: patch although a workload is, or may be, at risk', false)
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('-n, --namespace <name>', "only this namespace (default: the context's)")
    .option('-A, --all-namespaces', 'every namespace but those of the cluster itself', false)
    .addHelpText(
      'after',
      `
Of files: every failure that a patch repairs is edited, also what Merlon never writes to a cluster. Each edit is read
again: it means what it meant with exactly the patch in it, and the rule passes, or it is not made and its line is named.
Exit codes: 0 nothing to fix, or all was written; 1 something would change, or could not be edited; 2 usage; 3 unusable
input (the rest is still fixed); 4 incomplete (something could not be decided, or written).

With --cluster: what Merlon never writes is printed as a patch to apply yourself. kube-system, kube-public and
kube-node-lease are left alone unless -n names them.
Exit codes: 0 nothing to fix, or all was patched; 1 something would be patched, or was held back; 2 usage; 3 no such
namespace; 4 incomplete (something could not be read or decided, or the API server refused a patch).

Examples:
  merlon fix deploy/ | less
  merlon fix --write --rule service-account-default-token-mount deploy/
  helm template shop ./chart | merlon fix --write - > fixed.yaml
  merlon fix --cluster -n shop --dry-run=client`,
    )
    .action(async (paths: string[], given: Record<string, unknown>, command: Command) => {
      const [{ parseFixOptions }, { runFix }] = await Promise.all([
        import('../fix-options.ts'),
        import('../fix-command.ts'),
      ]);
      const parsed = parseFixOptions(paths, given);
      if ('usageError' in parsed) refuse(command, parsed.usageError);
      else own.exitCode = await runFix(parsed.options, own);
    });
}
