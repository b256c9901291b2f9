/** `merlon permissions`: all that somebody may do, and why. */
import { listPermissions } from '../rbac/permissions.ts';
import type { NamedSubject } from '../rbac/subject-text.ts';
import { drawPermissions } from '../report/grant-picture.ts';
import { printPermissions, printPermissionsJson, tellBesidePermissions } from '../report/permissions-report.ts';
import type { PermissionsReport } from '../report/permissions-report.ts';
import { buildPainter, hasColour, printable } from '../report/terminal.ts';
import { isPicture, printPicture } from './grants-output.ts';
import type { GrantsOutput } from './grants-output.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';
import { openRbacView } from './rbac-view.ts';
import type { RbacChoice } from './rbac-view.ts';
import { listOthers } from './who-can-command.ts';

export interface PermissionsOptions {
  readonly choice: RbacChoice;
  readonly subject: NamedSubject;
  /** Only what counts there; undefined for everything. */
  readonly namespace: string | undefined;
  readonly output: GrantsOutput;
}

const UNUSABLE = 3;
const INCOMPLETE = 4;

/** @returns 0 where all of RBAC could be read */
export async function runPermissions(
  { choice, subject, namespace, output }: PermissionsOptions,
  streams: CommandStreams,
): Promise<0 | 3 | 4> {
  const view = await openRbacView(choice, () => (namespace === undefined ? 'everything' : { namespace }), streams);
  try {
    for (const note of view.assumptions) streams.stderr.write(`note: ${printable(note)}\n`);
    const { requester, text } = subject;
    const found = listPermissions(view.snapshot, requester, view.table.isNamespaced, namespace);
    const report: PermissionsReport = {
      scopes: found.scopes,
      doubts: [...view.missing, ...view.doubts, ...found.doubts],
      subject: text,
      requester,
      others: [...listOthers(view), ...explainGroups(subject)],
    };
    await writeAll(streams.stdout, print(report, output, streams));
    if (isPicture(output)) await writeAll(streams.stderr, tellBesidePermissions(report));
    if (view.hasProblems) return UNUSABLE;
    return report.doubts.length > 0 ? INCOMPLETE : 0;
  } finally {
    view.close();
  }
}

function* print(report: PermissionsReport, output: GrantsOutput, { stdout, env }: CommandStreams): Generator<string> {
  if (output === 'table') yield* printPermissions(report, buildPainter(hasColour(stdout, env)));
  else
    yield output === 'json'
      ? printPermissionsJson(report)
      : printPicture('permissions', drawPermissions(report), output);
}

/** Nobody in the cluster knows which groups a user is in. */
function explainGroups({ text, requester }: NamedSubject): readonly string[] {
  return text.startsWith('user:') && requester.groups.length === 1
    ? ['the groups of a user come with its credentials and are not in the cluster: name them with --group']
    : [];
}
