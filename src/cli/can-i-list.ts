/** `merlon can-i --list`: all that somebody may do in a namespace, by RBAC. */
import { authorizerOf } from '../rbac/authorizer.ts';
import { MASTERS } from '../rbac/request.ts';
import { printPermissionList, printPermissionListJson } from '../report/permission-list.ts';
import { printable } from '../report/terminal.ts';
import { identify } from './can-i-answer.ts';
import type { CanIExitCode } from './can-i-answer.ts';
import type { CanIOptions } from './can-i-options.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';
import { openRbacView } from './rbac-view.ts';

const UNUSABLE = 3;
const INCOMPLETE = 4;

export async function runCanIList(
  { choice, namespace, as, output }: CanIOptions,
  hasHeaders: boolean,
  streams: CommandStreams,
): Promise<CanIExitCode> {
  const view = await openRbacView(choice, (own) => ({ namespace: namespace ?? own }), streams);
  try {
    const { snapshot, missing, doubts, modes, assumptions } = view;
    const say = (label: string, texts: readonly string[]) =>
      writeAll(
        streams.stderr,
        texts.map((text) => `${label}: ${printable(text)}\n`),
      );
    const requester = await identify(view.transport, as);
    if (typeof requester === 'string' || missing.length > 0) {
      const unknown = typeof requester === 'string' ? ['the API server does not say who you are; give --as'] : [];
      await say('unknown', [...missing, ...unknown]);
      return INCOMPLETE;
    }
    const authorizer = authorizerOf(snapshot);
    const scope = namespace ?? view.namespace;
    const grants = authorizer.grantsOf(requester, scope).map(({ bound }) => authorizer.rulesOfBinding(bound));
    const unread = grants.flatMap((role) => (role?.doubt === undefined ? [] : [role.doubt]));
    const all = [...new Set([...doubts, ...unread, ...authorizer.unreadableIn(scope)])];
    const rules = grants.flatMap((role) => role?.rules ?? []);
    await writeAll(streams.stdout, [
      output === 'json' ? printPermissionListJson(rules) : printPermissionList(rules, hasHeaders),
    ]);
    const others =
      modes === undefined ? ['these are the rules of RBAC; other authorizers may allow more'] : assumptions;
    const masters = requester.groups.includes(MASTERS) ? [`the group ${MASTERS} may do everything besides`] : [];
    await say('note', [...masters, ...others]);
    await say('unknown', all);
    if (view.hasProblems) return UNUSABLE;
    return all.length > 0 ? INCOMPLETE : 0;
  } finally {
    view.close();
  }
}
