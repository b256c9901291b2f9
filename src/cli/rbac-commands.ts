/** `merlon can-i`, `who-can`, `permissions` and `paths` as the command line offers them. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import type { GivenCanIOptions } from './can-i-options.ts';
import type { CommandStreams } from './output.ts';
import type { GivenNamespaces, GivenRbacOptions } from './rbac-options.ts';

const USAGE_ERROR = 2;

const outOfReach = `
Without -f a live cluster is asked, with your own rights: whoever may list roles and bindings needs no right to impersonate.
Other authorizers than RBAC may allow more (webhooks, Node): what RBAC refuses is "no" only where the API server says so
too (SubjectAccessReview), or where --authorization-mode says that there are no others.

With -f files, folders and dumps are judged. A role that is not among them, or that only a cluster fills in (aggregation),
makes a refusal "unknown". For a dump of everything that a cluster stores, as of
kubectl get roles,rolebindings,clusterroles,clusterrolebindings -A -o yaml, say --whole-cluster.
`;

/** What the commands touch of the process. */
export interface CommandProcess extends CommandStreams {
  exitCode?: string | number | null | undefined;
}

export function addRbacCommands(program: Command, own: CommandProcess): void {
  addCanI(program, own);
  addWhoCan(program, own);
  addPermissions(program, own);
  addPaths(program, own);
}

function addCanI(program: Command, own: CommandProcess): void {
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
          import('./can-i-options.ts'),
          import('./can-i-command.ts'),
        ]);
        const args = [verb, target, ...more].filter((arg) => arg !== undefined);
        const parsed = parseCanIOptions(args, given as GivenCanIOptions);
        if ('usageError' in parsed) command.error(`error: ${parsed.usageError}`, { exitCode: USAGE_ERROR });
        else own.exitCode = await runCanI(parsed.options, own);
      },
    );
}

function addWhoCan(program: Command, own: CommandProcess): void {
  withSource(program.command('who-can'))
    .summary('list everybody who may do something')
    .description(
      'Lists every user, group and service account that RBAC allows something, with the binding, the role and the rule that grant it.',
    )
    .argument('<verb>', 'of the API: get, list, create, …')
    .argument('<target>', 'a resource (pods, po, deployments.apps), a resource/name, or a URL (/healthz)')
    .option('-n, --namespace <name>', "in this namespace (default: the context's, with -f: all of them)")
    .option('-A, --all-namespaces', 'in any namespace', false)
    .option('--subresource <name>', 'as log, exec or scale')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `${outOfReach}
Without a name, those who may do it to objects of certain names alone are listed too, with the names. Groups are listed as
groups. Everybody in system:masters may do everything and stands in no binding.

Exit codes: 0 all of RBAC was read; 2 usage; 3 unusable input (the rest still counts); 4 something could not be read.

Examples:
  merlon who-can get secrets -n shop
  merlon who-can create pods --subresource=exec -A -o json
  merlon who-can bind clusterroles/cluster-admin -f rbac/`,
    )
    .action(async (verb: string, target: string, given: GivenWhoCan, command: Command) => {
      const [{ findNamespaceMistake, parseRbacChoice }, { runWhoCan }] = await Promise.all([
        import('./rbac-options.ts'),
        import('./who-can-command.ts'),
      ]);
      const parsed = parseRbacChoice(given);
      const { namespace, allNamespaces, subresource, output } = given;
      const mistake = findNamespaceMistake(given);
      if ('usageError' in parsed) command.error(`error: ${parsed.usageError}`, { exitCode: USAGE_ERROR });
      else if (mistake !== undefined) command.error(`error: ${mistake}`, { exitCode: USAGE_ERROR });
      else if (target.startsWith('/') && subresource !== undefined) {
        command.error('error: --subresource does not go with a URL', { exitCode: USAGE_ERROR });
      } else {
        const scope = allNamespaces ? '' : namespace;
        const asked = { verb, target, subresource: subresource ?? '', namespace: scope };
        const options = { choice: parsed.choice, ...asked, output };
        own.exitCode = await runWhoCan(options, own);
      }
    });
}

interface GivenWhoCan extends GivenRbacOptions, GivenNamespaces {
  readonly subresource?: string;
  readonly output: 'table' | 'json';
}

interface GivenPermissions extends GivenRbacOptions {
  readonly namespace?: string;
  readonly group?: readonly string[];
  readonly output: 'table' | 'json';
}

function addPermissions(program: Command, own: CommandProcess): void {
  withSource(program.command('permissions'))
    .summary('list all that somebody may do')
    .description(
      'Lists all that RBAC grants to a user, a group or a service account, by scope, with the binding and the role it comes from, and what of it is of no use.',
    )
    .argument('<subject>', 'sa:NAMESPACE/NAME, system:serviceaccount:NAMESPACE:NAME, user:NAME or group:NAME')
    .option('-n, --namespace <name>', 'only what counts in this namespace (default: everything)')
    .option('--group <name>', 'a group of the user (repeatable)', collect)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'))
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
        import('./rbac-options.ts'),
        import('../rbac/subject-text.ts'),
        import('./permissions-command.ts'),
      ]);
      const { namespace, group: groups = [], output } = given;
      const parsed = parseRbacChoice(given);
      const subject = parseSubject(text);
      if ('usageError' in parsed) command.error(`error: ${parsed.usageError}`, { exitCode: USAGE_ERROR });
      else if (subject === undefined) {
        command.error(`error: "${text}" is no subject; write ${subjectForms}`, { exitCode: USAGE_ERROR });
      } else if (groups.length > 0 && !text.startsWith('user:')) {
        command.error('error: --group goes with user:NAME', { exitCode: USAGE_ERROR });
      } else if (namespace === '') {
        command.error('error: --namespace needs a name', { exitCode: USAGE_ERROR });
      } else {
        const options = { choice: parsed.choice, subject: withGroups(subject, groups), namespace, output };
        own.exitCode = await runPermissions(options, own);
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

function addPaths(program: Command, own: CommandProcess): void {
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
        import('./rbac-options.ts'),
        import('../rbac/subject-text.ts'),
        import('./paths-command.ts'),
        import('../rbac/escalation-node.ts'),
      ]);
      const { from, to, all: isComplete, limit, output } = given;
      const parsed = parseRbacChoice(given);
      const start = from === undefined ? undefined : parseSubject(from);
      const end = to === 'cluster-admin' || to === 'nodes' ? to : nodeOfSubject(parseSubject(to)?.principal);
      if ('usageError' in parsed) command.error(`error: ${parsed.usageError}`, { exitCode: USAGE_ERROR });
      else if ((from !== undefined && start === undefined) || end === undefined) {
        const wrong = end === undefined ? to : (from ?? '');
        command.error(`error: "${wrong}" is no subject; write ${subjectForms}`, { exitCode: USAGE_ERROR });
      } else {
        const options = { ...parsed.choice, from: nodeOfSubject(start?.principal), to: end, isComplete, limit, output };
        own.exitCode = await runPaths(options, own);
      }
    });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('it must be a whole number above 0.');
  return count;
}

function withSource(command: Command): Command {
  return withFiles(command).option(
    '--authorization-mode <modes>',
    "the API server's authorizers, as its flag names them (default with -f: Node,RBAC; live: not known)",
  );
}

function withFiles(command: Command): Command {
  return command
    .option(
      '-f, --filename <path>',
      'judge that file, folder or standard input (-) instead of a cluster (repeatable)',
      collect,
    )
    .option('--whole-cluster', 'with -f: the files are all that a cluster stores', false)
    .option('--kubeconfig <file>', 'kubeconfig of the cluster (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)');
}

/** For an option that may be given more than once. */
function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}
