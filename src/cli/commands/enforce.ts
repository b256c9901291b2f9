/** `merlon enforce` as the command line offers it. */
import { Option } from 'commander';
import type { Command } from 'commander';

import type { GivenEnforceOptions } from '../given-enforce-options.ts';
import { collect } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';
import { refuse } from '../usage-error.ts';

export function addEnforce(program: Command, own: CommandProcess): void {
  program
    .command('enforce')
    .summary('print admission policies by which the API server itself refuses what rules are about')
    .description(
      'Prints ValidatingAdmissionPolicies and their bindings, by which the API server itself refuses exec and attach into pods that are privileged or share the processes or memory of their node, and new pods and workloads that break rules about pods. Nothing of Merlon runs in the way of a request. Nothing is written anywhere.',
    )
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'yaml', 'json']).default('table'))
    .option(
      '--families <names>',
      'what is enforced: exec, pod-security, image-pulls, pod-defaults, service-accounts, rbac; with commas',
      'exec,pod-security',
    )
    .option(
      '--rules <selectors>',
      'rules that new pods are held to, by id, pattern or control, with commas; all that are in force, unless said',
    )
    .option('--mode <mode>', 'in namespaces without the label merlon.dev/enforce: off, audit, warn or deny', 'off')
    .option('--at-most <mode>', 'whatever labels and other options say: audit, warn or deny', 'deny')
    .option(
      '--namespaces-out <names>',
      'namespaces in which nothing is refused, whatever their labels say; with commas, empty for none',
      'kube-system,merlon,merlon-probes',
    )
    .option(
      '--break-glass-group <name>',
      'let its members through, and nobody else, whatever RBAC grants (may be repeated)',
      collect,
    )
    .option(
      '--with <what>',
      'besides, of exec: portforward, proxy, ephemeral-containers, host-network, label (a label of pods that spares the guard looking at them); of service-accounts: token-secrets; of rbac: cluster-admin; with commas',
    )
    .option('--nodes-proxy <mode>', 'on the way through the proxy to nodes: off, audit or deny', 'off')
    .option(
      '--defaults <rules>',
      'of pod-defaults: what is set, by the ids of the rules; with commas; all, unless said',
    )
    .option(
      '--cluster-admin <subject>',
      'of rbac: who may be granted cluster-admin anew, and nobody else: User:NAME, Group:NAME or ServiceAccount:NAMESPACE/NAME (may be repeated)',
      collect,
    )
    .option(
      '--cluster-rbac <mode>',
      'the same of roles and bindings that are in no namespace: off, audit, warn or deny',
      'off',
    )
    .option(
      '--policy <file>',
      'print what ClusterHardeningPolicies in this file or folder ask for (may be repeated)',
      collect,
    )
    .option(
      '--exemptions <file>',
      'let through what ClusterHardeningExemptions in this file or folder exempt, as far as the API server can tell (may be repeated)',
      collect,
    )
    .option(
      '--kubernetes-version <version>',
      'of the cluster that it is for, as 1.31: whether it can do this, and which rules hold there',
    )
    .option('--preview', 'print what of what is there now would be refused where a namespace were set to deny', false)
    .option('-f, --filename <path>', 'with --preview: YAML or JSON files, folders, or - (may be repeated)', collect)
    .option('-n, --namespace <name>', 'with --preview: only this one')
    .option('--kubeconfig <file>', 'with --preview: of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'with --preview: context of the kubeconfig (default: the current one)')
    .addHelpText(
      'after',
      `
The label merlon.dev/enforce of a namespace decides: off, audit (write into the audit log), warn (tell who asks, too; who
connects to a pod is shown no warnings) or deny. Without break-glass groups, who holds the verb connect-privileged on pods/exec,
pods/attach and so on is let through, cluster-admin too, as it holds every verb. docs/enforcement.md says more.

It takes Kubernetes 1.30 or later.

With --policy it prints what the operator would apply for these policies (spec.enforcement), and the other options are theirs.

With --preview it looks at a live cluster with your own rights, or at files, and judges what is there as if it were made anew
under these policies: what would be refused, and by which rule; what an exemption lets through; the pods that the exec guard
would keep people out of; with image pulls, what has no imagePullSecrets. Nothing is written.

Exit codes: 0 printed; 2 usage; 3 that version of Kubernetes cannot enforce it, and what would do instead is said, or a
policy cannot be used. With --preview: 0 nothing would be refused; 1 some workload would be; 3 unusable input, too; 4 something
could not be read or decided.

Examples:
  merlon enforce
  merlon enforce -o yaml --kubernetes-version 1.36 > enforced.yaml
  merlon enforce -o yaml --families pod-security --rules 'pod-host-*,pod-privileged' --mode warn
  merlon enforce -o yaml --families image-pulls,pod-defaults,service-accounts --kubernetes-version 1.36
  merlon enforce -o yaml --families rbac --cluster-rbac audit --cluster-admin Group:ops
  merlon enforce -o yaml --policy policies/ > enforced.yaml
  merlon enforce --preview -n shop --policy policies/
  helm template shop ./chart | merlon enforce --preview -f -
  merlon enforce -o yaml --mode audit --with portforward,ephemeral-containers --nodes-proxy audit
  merlon enforce -o yaml --mode deny --namespaces-out kube-system,merlon,merlon-probes,ci --break-glass-group oncall`,
    )
    .action(async (given: GivenEnforceOptions, command: Command) => {
      const [{ parseEnforceOptions }, { runEnforce }, { rules }] = await Promise.all([
        import('../enforce-options.ts'),
        import('../enforce-command.ts'),
        import('../../rules/index.ts'),
      ]);
      const parsed = parseEnforceOptions(given, (option) => command.getOptionValueSource(option) === 'cli');
      if ('usageError' in parsed) {
        refuse(command, parsed.usageError);
        return;
      }
      const { options } = parsed;
      if (options.preview === undefined) own.exitCode = await runEnforce(options, rules, own);
      else {
        const { runPreview } = await import('../enforce-preview.ts');
        own.exitCode = await runPreview(options, options.preview, rules, own);
      }
    });
}
