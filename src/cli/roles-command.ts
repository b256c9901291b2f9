/** `merlon roles`: the roles that there are, beside those that Kubernetes creates, and who is bound to them. */
import { buildRoleGrader } from '../rbac/role-danger.ts';
import { listRoles } from '../rbac/role-inventory.ts';
import type { InventoryOptions, RoleEntry } from '../rbac/role-inventory.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { describeRole } from '../report/role-description.ts';
import { printRoleList, printRolesJson } from '../report/role-list.ts';
import { buildPainter, hasColour, printable } from '../report/terminal.ts';
import { readRolesOfCluster, readRolesOfFiles } from '../scan/role-source.ts';
import type { RoleSource } from '../scan/role-source.ts';
import { openCluster } from './cluster-access.ts';
import type { ClusterChoice } from './cluster-access.ts';
import { reportInput } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';

export interface RolesOptions extends ClusterChoice {
  /** Files, folders and `-`; without any a cluster is read. */
  readonly filename?: readonly string[];
  /** Whose Roles are listed too. */
  readonly namespace?: string;
  readonly allNamespaces: boolean;
  readonly output: 'table' | 'json';
}

/** @returns undefined where the options go together */
export function findRolesMistake({
  filename,
  namespace,
  allNamespaces,
  kubeconfig,
  context,
}: RolesOptions): string | undefined {
  if (allNamespaces && namespace !== undefined) return '--namespace and --all-namespaces exclude each other';
  if (namespace === '') return '--namespace needs a name';
  if (filename !== undefined && kubeconfig !== undefined) return '--kubeconfig goes with a live cluster, not with -f';
  return filename !== undefined && context !== undefined
    ? '--context goes with a live cluster, not with -f'
    : undefined;
}

/** @param name of the roles to describe; undefined to list all */
export async function runRoles(
  name: string | undefined,
  options: RolesOptions,
  streams: CommandStreams,
): Promise<ExitCode> {
  const { stdout, stderr, env } = streams;
  const { source, hasProblem } = await readSource(options, streams);
  for (const message of source.missing) stderr.write(`not read: ${printable(message)}\n`);
  const roles = listRoles(source.snapshot, {
    minor: source.minor,
    namespaces: namespacesOf(options),
    grade: buildRoleGrader(source.minor),
  });
  const wanted = name === undefined ? roles : roles.filter((role) => role.name === name && isThere(role));
  const isIncomplete = source.missing.length > 0;
  if (name !== undefined && wanted.length === 0) {
    stderr.write(`${explainAbsence(name, roles, options, source)}\n`);
    return isIncomplete && !hasProblem ? 4 : 3;
  }
  const paint = buildPainter(hasColour(stdout, env));
  if (options.output === 'json') await writeAll(stdout, [printRolesJson(wanted, source.minor, source.missing)]);
  else if (name === undefined) await writeAll(stdout, printRoleList(wanted, paint));
  else {
    for (const [index, role] of wanted.entries()) {
      if (index > 0) await writeAll(stdout, ['\n']);
      await writeAll(stdout, describeRole(role, source.minor, paint));
    }
  }
  if (hasProblem) return 3;
  return isIncomplete || wanted.some(({ rules }) => 'malformed' in rules) ? 4 : 0;
}

function isThere({ comparison }: RoleEntry): boolean {
  return comparison.status !== 'missing';
}

function namespacesOf({ namespace, allNamespaces }: RolesOptions): InventoryOptions['namespaces'] {
  if (allNamespaces) return 'all';
  return namespace === undefined ? 'none' : { only: namespace };
}

async function readSource(
  options: RolesOptions,
  streams: CommandStreams,
): Promise<{ readonly source: RoleSource; readonly hasProblem: boolean }> {
  const { filename: paths, namespace } = options;
  const { stderr, env } = streams;
  if (paths !== undefined) {
    const source = await readRolesOfFiles(paths, streams);
    reportInput(source, stderr);
    const isEmpty = source.found === 0;
    if (isEmpty) stderr.write(`no role and no binding in ${paths.map(printable).join(', ')}\n`);
    return { source, hasProblem: isEmpty || source.problems.length > 0 };
  }
  const { transport } = await openCluster(options, env);
  try {
    const source = await readRolesOfCluster({
      transport,
      scope: namespace === undefined ? 'everything' : { namespace },
      onProgress: () => undefined,
    });
    return { source, hasProblem: false };
  } finally {
    transport.close();
  }
}

function explainAbsence(
  name: string,
  roles: readonly RoleEntry[],
  { namespace, allNamespaces, filename }: RolesOptions,
  { minor }: RoleSource,
): string {
  const what = `"${printable(name)}"`;
  const missing = roles.find((role) => role.name === name);
  if (missing !== undefined && minor !== undefined) {
    return `there is no ${missing.kind} ${what}, although Kubernetes 1.${minor} creates it`;
  }
  const where = filename === undefined ? '' : ' in these files';
  if (allNamespaces) return `there is no ClusterRole and no Role ${what}${where}`;
  return namespace === undefined
    ? `there is no ClusterRole ${what}${where}; Roles are looked for with --namespace or --all-namespaces`
    : `there is no ClusterRole ${what}${where}, and no such Role in namespace "${printable(namespace)}"`;
}
