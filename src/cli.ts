#!/usr/bin/env node
/**
 * `merlon`: the same rules on a laptop, in a pipeline, or on a live cluster that is only read. Each command loads what
 * it needs when it is called, so that looking at one file starts fast.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { writeAll } from './cli/output.ts';
import type { ExpectationsOptions } from './cli/expectations-command.ts';
import type { GivenPodSecurityOptions } from './cli/pod-security-command.ts';
import type { NamespaceLevelsOptions } from './cli/pod-security-namespaces.ts';
import { addRbacCommands } from './cli/rbac-commands.ts';
import type { GivenNamespaces, GivenRbacOptions } from './cli/rbac-options.ts';
import type { StatusOptions } from './cli/status-command.ts';
import { severities } from './core/severity.ts';
import { printable } from './report/terminal.ts';
import { version } from './version.ts';

const USAGE_ERROR = 2;
const INCOMPLETE = 4;

function createProgram(): Command {
  const program = new Command('merlon')
    .description('Judges Kubernetes manifests and clusters against hardening rules.')
    .version(version, '-V, --version', 'print the version')
    // Behind a command it is that command's own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      // It repeats what was typed, which may come from the name of a file.
      outputError: (text, write) => {
        write(text.split('\n').map(printable).join('\n'));
      },
    })
    .showHelpAfterError('(run with --help for the options)');

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
        const { parsePspScanOptions, runPspScan } = await import('./cli/psp-scan-command.ts');
        const isGiven = (option: string): boolean => command.getOptionValueSource(option) === 'cli';
        const asked = parsePspScanOptions(paths, options, isGiven);
        if ('usageError' in asked) command.error(`error: ${asked.usageError}`, { exitCode: USAGE_ERROR });
        else process.exitCode = await runPspScan(asked.options, process);
        return;
      }
      const [{ parseScanOptions }, { runScan }] = await Promise.all([
        import('./cli/scan-options.ts'),
        import('./cli/scan-command.ts'),
      ]);
      const parsed = parseScanOptions(paths, options);
      if ('usageError' in parsed) command.error(`error: ${parsed.usageError}`, { exitCode: USAGE_ERROR });
      else process.exitCode = await runScan(parsed.options, process);
    });

  program
    .command('import')
    .description('Makes ClusterHardeningPolicies of what other tools and older clusters have.')
    .command('psp')
    .summary('make a hardening policy of a PodSecurityPolicy')
    .description(
      'Prints a ClusterHardeningPolicy that judges as a PodSecurityPolicy validated. What it cannot do is told in comments and on standard error. Nothing is printed where anything is wrong.',
    )
    .argument('<path...>', 'YAML or JSON files, folders, or - for standard input')
    .option('--merge', 'put documents of the same name together: they are fragments of one policy', false)
    .option('--name <name>', 'of the hardening policy (default: that of the PodSecurityPolicy)')
    .addHelpText(
      'after',
      `
Exit codes: 0 printed; 2 usage; 3 unusable input.

Examples:
  merlon import psp restricted.yaml > policy.yaml
  merlon scan --policy policy.yaml deploy/`,
    )
    .action(async (paths: string[], options: { merge: boolean; name?: string }, command: Command) => {
      const { findImportUsageError, runImportPsp } = await import('./cli/import-psp-command.ts');
      const asked = { ...options, paths };
      const usageError = findImportUsageError(asked);
      if (usageError === undefined) process.exitCode = await runImportPsp(asked, process);
      else command.error(`error: ${usageError}`, { exitCode: USAGE_ERROR });
    });

  program
    .command('expectations')
    .description('States in policies what subjects are expected to be allowed.')
    .command('init')
    .summary('write what is granted today as a policy to keep in git')
    .description(
      'Prints what the service accounts of a namespace are granted today as a HardeningPolicy: whatever they are granted beyond that later is a finding of the rule rbac-expectations. Nothing is written anywhere.',
    )
    .option('--from-cluster', 'read a live cluster, with your own rights', false)
    .option('-f, --filename <file>', 'read the roles and bindings of that file or folder, or - (repeatable)', collect)
    .option('-n, --namespace <name>', "the namespace (default: the context's; with -f: default)")
    .option(
      '-A, --all-grants',
      'look in every namespace, and state accounts that are granted something beyond theirs in a ClusterHardeningPolicy',
      false,
    )
    .option('--name <name>', 'of the policy', 'expectations')
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .addHelpText(
      'after',
      `
Exit codes: 0 printed; 2 usage; 3 unusable input, or there is no service account; 4 something could not be read or stated.

Examples:
  merlon expectations init --from-cluster -n coolapp > expectations.yaml
  merlon scan --policy expectations.yaml deploy/
  kubectl apply -f expectations.yaml`,
    )
    .action(async (options: ExpectationsOptions, command: Command) => {
      const { findExpectationsUsageError, runExpectationsInit } = await import('./cli/expectations-command.ts');
      const usageError = findExpectationsUsageError(options);
      if (usageError === undefined) process.exitCode = await runExpectationsInit(options, process);
      else command.error(`error: ${usageError}`, { exitCode: USAGE_ERROR });
    });

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
        const { findModeMistake } = await import('./cli/pod-security-mode.ts');
        const written = Object.keys(given).filter((name) => command.getOptionValueSource(name) === 'cli');
        const mistake = findModeMistake(given.namespaces, paths, written);
        if (mistake !== undefined) command.error(`error: ${mistake}`, { exitCode: USAGE_ERROR });
        if (given.namespaces) {
          const { runNamespaceLevels } = await import('./cli/pod-security-namespaces.ts');
          process.exitCode = await runNamespaceLevels(given, process);
          return;
        }
        const { parsePodSecurityOptions, runPodSecurity } = await import('./cli/pod-security-command.ts');
        const parsed = parsePodSecurityOptions(paths, given);
        if ('usageError' in parsed) command.error(`error: ${parsed.usageError}`, { exitCode: USAGE_ERROR });
        else process.exitCode = await runPodSecurity(parsed.options, process);
      },
    );

  addRbacCommands(program, process);

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
        import('./cli/rbac-options.ts'),
        import('./cli/roles-command.ts'),
      ]);
      const { namespace, allNamespaces, output } = given;
      const parsed = parseRbacChoice({ ...given, wholeCluster: false });
      const mistake = findNamespaceMistake(given);
      if ('usageError' in parsed) command.error(`error: ${parsed.usageError}`, { exitCode: USAGE_ERROR });
      else if (mistake !== undefined) command.error(`error: ${mistake}`, { exitCode: USAGE_ERROR });
      else {
        const options = { choice: parsed.choice, namespace, allNamespaces, output };
        process.exitCode = await runRoles(name, options, process);
      }
    });

  program
    .command('rules')
    .description('Lists every rule.')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .action(async ({ output }: { output: 'table' | 'json' }) => {
      const [{ printRules }, { rules }] = await Promise.all([
        import('./report/catalogue.ts'),
        import('./rules/index.ts'),
      ]);
      await writeAll(process.stdout, [printRules(rules, output)]);
    });

  program
    .command('explain')
    .description('Tells what a rule is about, why it matters and what to do.')
    .argument('<rule>', 'its id, as "merlon rules" lists it')
    .action(async (id: string, _options: unknown, command: Command) => {
      const [{ explainRule, suggestRules }, { rules }] = await Promise.all([
        import('./report/catalogue.ts'),
        import('./rules/index.ts'),
      ]);
      const rule = rules.find((one) => one.id === id);
      if (rule === undefined) {
        command.error(`error: there is no rule "${id}"${suggestRules(id, rules)}; "merlon rules" lists them`, {
          exitCode: USAGE_ERROR,
        });
      } else {
        await writeAll(process.stdout, [explainRule(rule)]);
      }
    });

  program
    .command('status')
    .description('Tells whether the operator lives and how old its verdicts may be; exits with 4 if they are stale.')
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('--operator-namespace <name>', 'where the operator runs', 'merlon')
    .option('--max-age <seconds>', 'how old a sign of life may be before it counts as dead', parseSeconds)
    .action(async (options: StatusOptions) => {
      const { runStatus } = await import('./cli/status-command.ts');
      process.exitCode = await runStatus(options, process);
    });

  program
    .command('version')
    .description('Prints the version.')
    .action(async () => {
      await writeAll(process.stdout, [`merlon ${version}\n`]);
    });

  return program;
}

interface GivenRoles extends Omit<GivenRbacOptions, 'wholeCluster' | 'authorizationMode'>, GivenNamespaces {
  readonly output: 'table' | 'json';
}

/** For an option that may be given more than once. */
function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0)
    throw new InvalidArgumentError('it must be a number of seconds above 0.');
  return seconds;
}

/** @returns the exit code of a command that did not come to its end */
function explainFailure(error: unknown): number {
  // Commander has printed what is wrong; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
  process.stderr.write(`error: ${printable(error instanceof Error ? error.message : String(error))}\n`);
  return error instanceof Error && error.name === 'ConfigError' ? USAGE_ERROR : INCOMPLETE;
}

// Who writes is told what failed; without a listener Node would end with a stack where `head` has read enough.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = explainFailure(error);
}
