/** `merlon pod-security` as the command line offers it. */
import { Option } from 'commander';
import type { Command } from 'commander';

import type { CommandProcess } from '../output.ts';
import type { GivenPodSecurityOptions } from '../pod-security-command.ts';
import type { NamespaceLevelsOptions } from '../pod-security-namespaces.ts';
import { refuse } from '../usage-error.ts';

export function addPodSecurity(program: Command, own: CommandProcess): void {
  program
    .command('pod-security')
    .summary('tell what Pod Security admission would say of pods, or which level namespaces could enforce')
    .description(
      "Tells of each pod, and each workload's template, in manifests what Pod Security admission would say, to the letter. With --namespaces: of each namespace of a live cluster the level that it enforces, the strictest that its workloads pass, what stands in the way of the next, and the labels to set. Nothing is written anywhere.",
    )
    .argument('[path...]', 'YAML or JSON files, folders, or - for standard input')
    .addOption(
      new Option('--level <level>', 'of the Pod Security Standards')
        .choices(['restricted', 'baseline'])
        .default('restricted'),
    )
    .option('--version <version>', 'of the Pod Security Standards: latest, or as v1.34', 'latest')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .option('--namespaces', 'advise a level for each namespace of a live cluster, with your own rights', false)
    .option('-n, --namespace <name>', 'with --namespaces: only this one')
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .addHelpText(
      'after',
      `
What the API server fills in is filled in first. A pod in which a field has a wrong type is unknown, never allowed: in
JSON it has an "error" that names the field.

Exit codes: 0 every pod is allowed; 1 some are refused; 2 usage; 3 unusable input (the rest is still judged); 4 of some
it is not known, and none is refused.

With --namespaces: 0 there is nothing to change; 1 some namespace could enforce more than it does, or enforces more than
its workloads pass; 3 there is no such namespace; 4 of some it is not known, and none of the others needs a change.

Examples:
  merlon pod-security deploy/
  merlon pod-security --namespaces
  helm template shop ./chart | merlon pod-security --level baseline --version v1.34 -`,
    )
    .action(
      async (
        paths: string[],
        given: GivenPodSecurityOptions & NamespaceLevelsOptions & { namespaces: boolean },
        command: Command,
      ) => {
        const { findModeMistake } = await import('../pod-security-mode.ts');
        const written = Object.keys(given).filter((name) => command.getOptionValueSource(name) === 'cli');
        const mistake = findModeMistake(given.namespaces, paths, written);
        if (mistake !== undefined) refuse(command, mistake);
        if (given.namespaces) {
          const { runNamespaceLevels } = await import('../pod-security-namespaces.ts');
          own.exitCode = await runNamespaceLevels(given, own);
          return;
        }
        const { parsePodSecurityOptions, runPodSecurity } = await import('../pod-security-command.ts');
        const parsed = parsePodSecurityOptions(paths, given);
        if ('usageError' in parsed) refuse(command, parsed.usageError);
        else own.exitCode = await runPodSecurity(parsed.options, own);
      },
    );
}
