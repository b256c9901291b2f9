/** `merlon paths` as the command line offers it. */
import { Option } from 'commander';
import type { Command } from 'commander';

import { parseCount } from '../option-values.ts';
import type { CommandProcess } from '../output.ts';
import type { GivenRbacOptions } from '../rbac-options.ts';
import { withFiles } from '../rbac-source.ts';
import { refuse } from '../usage-error.ts';

export function addPaths(program: Command, own: CommandProcess): void {
  withFiles(program.command('paths'))
    .summary('show who can become cluster-admin, and by which steps')
    .description(
      'Shows the shortest chain of steps by which users, groups and service accounts can become cluster-admin: each step with the binding that makes it possible, and which one to take away.',
    )
    .option('--from <subject>', 'only of this one: sa:NAMESPACE/NAME, user:NAME or group:NAME (default: everybody)')
    .option('--to <subject>', 'where the paths lead: cluster-admin, nodes, or a subject', 'cluster-admin')
    .option('--all', 'also who is cluster-admin already, and what Kubernetes itself grants', false)
    .option('--limit <number>', 'how many paths to show at most', parseCount, 50)
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json', 'dot', 'mermaid']).default('table'),
    )
    .addHelpText(
      'after',
      `
A step is an act that RBAC allows: to create pods (as any service account of the namespace), to run commands in pods, to
request tokens, to impersonate, to bind or escalate roles, to reach kubelets, to approve certificates, to rewrite what
others write. Between steps lie service accounts, the pods that carry their tokens, and nodes. What a step takes for
granted besides is said ("assumes"). Who is in which group beyond what the API server adds is not in the cluster.

Without -f a live cluster is read, with your own rights: roles, bindings, service accounts, namespaces and pods.

Exit codes: 0 no path; 1 there is one; 2 usage; 3 unusable input (the rest still counts); 4 it cannot be told.

Examples:
  merlon paths
  merlon paths --from sa:ci/builder
  merlon paths --to sa:payments/api
  merlon paths -o dot | dot -Tsvg > paths.svg
  merlon paths -f rbac/ -f deploy/`,
    )
    .action(async (given: GivenPaths, command: Command) => {
      const [{ parseRbacChoice }, { parseSubject, subjectForms }, { runPaths }, { nodeOfSubject }] = await Promise.all([
        import('../rbac-options.ts'),
        import('../../rbac/subject-text.ts'),
        import('../paths-command.ts'),
        import('../../rbac/escalation-node.ts'),
      ]);
      const { from, to, all: isComplete, limit, output } = given;
      const parsed = parseRbacChoice(given);
      const start = from === undefined ? undefined : parseSubject(from);
      const end = to === 'cluster-admin' || to === 'nodes' ? to : nodeOfSubject(parseSubject(to)?.principal);
      if ('usageError' in parsed) refuse(command, parsed.usageError);
      else if ((from !== undefined && start === undefined) || end === undefined) {
        const wrong = end === undefined ? to : (from ?? '');
        refuse(command, `"${wrong}" is no subject; write ${subjectForms}`);
      } else {
        const options = { ...parsed.choice, from: nodeOfSubject(start?.principal), to: end, isComplete, limit, output };
        own.exitCode = await runPaths(options, own);
      }
    });
}

interface GivenPaths extends Omit<GivenRbacOptions, 'authorizationMode'> {
  readonly from?: string;
  readonly to: string;
  readonly all: boolean;
  readonly limit: number;
  readonly output: 'table' | 'json' | 'dot' | 'mermaid';
}
