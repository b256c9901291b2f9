/** `merlon roles`: the roles that there are, beside those that Kubernetes creates, and who is bound to them. */
import { bindingKinds, roleKinds } from '../core/rbac-kinds.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { buildRoleGrader } from '../rbac/role-danger.ts';
import { listRoles } from '../rbac/role-inventory.ts';
import type { InventoryOptions, RoleEntry } from '../rbac/role-inventory.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { describeRole } from '../report/role-description.ts';
import { printRoleList, printRolesJson } from '../report/role-list.ts';
import { buildPainter, hasColour, printable } from '../report/terminal.ts';
import { readObjectsAndVersion } from '../scan/cluster-objects.ts';
import { loadRbacFiles } from '../scan/rbac-files.ts';
import { openCluster } from './cluster-access.ts';
import { reportInput } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';
import type { RbacChoice } from './rbac-view.ts';

export interface RolesOptions {
  readonly choice: RbacChoice;
  /** Whose Roles are listed too. */
  readonly namespace: string | undefined;
  readonly allNamespaces: boolean;
  readonly output: 'table' | 'json';
}

/** What was read, and what could not be. */
interface Read {
  readonly snapshot: Snapshot;
  /** Of the cluster; undefined for files, and where it is not known. */
  readonly minor: number | undefined;
  /** What could not be read of a cluster, in sentences. */
  readonly missing: readonly string[];
  /** Whether something of the files was no input. */
  readonly hasProblem: boolean;
}

/** @param name of the roles to describe; undefined to list all */
export async function runRoles(
  name: string | undefined,
  options: RolesOptions,
  streams: CommandStreams,
): Promise<ExitCode> {
  const { stdout, stderr, env } = streams;
  const read =
    options.choice.files.length > 0 ? await readFiles(options, streams) : await readCluster(options, streams);
  const { snapshot, minor, missing, hasProblem } = read;
  for (const message of missing) stderr.write(`not read: ${printable(message)}\n`);
  const roles = listRoles(snapshot, { minor, namespaces: namespacesOf(options), grade: buildRoleGrader(minor) });
  const wanted = name === undefined ? roles : roles.filter((role) => role.name === name && isThere(role));
  const isIncomplete = missing.length > 0;
  if (name !== undefined && wanted.length === 0) {
    stderr.write(`${explainAbsence(name, roles, options, minor)}\n`);
    return isIncomplete && !hasProblem ? 4 : 3;
  }
  const paint = buildPainter(hasColour(stdout, env));
  if (options.output === 'json') await writeAll(stdout, [printRolesJson(wanted, minor, missing)]);
  else if (name === undefined) await writeAll(stdout, printRoleList(wanted, paint));
  else {
    for (const [index, role] of wanted.entries()) {
      if (index > 0) await writeAll(stdout, ['\n']);
      await writeAll(stdout, describeRole(role, minor, paint));
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

async function readFiles({ choice: { files, isWholeCluster } }: RolesOptions, streams: CommandStreams): Promise<Read> {
  const { snapshot, found, problems, leftOut } = await loadRbacFiles({ files, isWholeCluster }, streams);
  reportInput({ problems, leftOut }, streams.stderr);
  if (found === 0) streams.stderr.write(`no role and no binding in ${files.map(printable).join(', ')}\n`);
  return { snapshot, minor: undefined, missing: [], hasProblem: found === 0 || problems.length > 0 };
}

async function readCluster({ choice, namespace }: RolesOptions, { env }: CommandStreams): Promise<Read> {
  const { transport } = await openCluster(choice, env);
  try {
    const scope = namespace === undefined ? 'everything' : { namespace };
    const snapshot = await readObjectsAndVersion(rbacKinds, { transport, scope });
    const observations = [...rbacKinds, 'ServerVersion' as const].map((source) => snapshot.observation(source));
    return {
      snapshot,
      minor: isReadable(snapshot.observation('ServerVersion')) ? snapshot.podSecurityVersion() : undefined,
      missing: observations.filter(({ state }) => state !== 'observed').map(({ message }) => message),
      hasProblem: false,
    };
  } finally {
    transport.close();
  }
}

const rbacKinds = [...roleKinds, ...bindingKinds];

function explainAbsence(
  name: string,
  roles: readonly RoleEntry[],
  { namespace, allNamespaces, choice }: RolesOptions,
  minor: number | undefined,
): string {
  const what = `"${printable(name)}"`;
  const missing = roles.find((role) => role.name === name);
  if (missing !== undefined && minor !== undefined) {
    return `there is no ${missing.kind} ${what}, although Kubernetes 1.${minor} creates it`;
  }
  const where = choice.files.length === 0 ? '' : ' in these files';
  if (allNamespaces) return `there is no ClusterRole and no Role ${what}${where}`;
  return namespace === undefined
    ? `there is no ClusterRole ${what}${where}; Roles are looked for with --namespace or --all-namespaces`
    : `there is no ClusterRole ${what}${where}, and no such Role in namespace "${printable(namespace)}"`;
}
