/** `merlon who-can`: everybody who may do something. */
import { judgeByChain } from '../rbac/authorizer-chain.ts';
import { findHolders } from '../rbac/who-can.ts';
import { drawHolders, tellBesideHolders } from '../report/grant-picture.ts';
import { printHolders, printHoldersJson } from '../report/holders-report.ts';
import type { HoldersReport } from '../report/holders-report.ts';
import { buildPainter, hasColour, printable } from '../report/terminal.ts';
import { readRequest } from './asked-request.ts';
import { isPicture, printPicture } from './grants-output.ts';
import type { GrantsOutput } from './grants-output.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';
import { openRbacView } from './rbac-view.ts';
import type { RbacChoice, RbacView } from './rbac-view.ts';

export interface WhoCanOptions {
  readonly choice: RbacChoice;
  readonly verb: string;
  readonly target: string;
  readonly subresource: string;
  /** Empty for all of them; undefined for the context's, and in files for all of them. */
  readonly namespace: string | undefined;
  readonly output: GrantsOutput;
}

const UNUSABLE = 3;
const INCOMPLETE = 4;

/** @returns 0 where all of RBAC could be read, whoever the answer names */
export async function runWhoCan(options: WhoCanOptions, streams: CommandStreams): Promise<0 | 3 | 4> {
  const { choice, verb, target, subresource, output } = options;
  const isUrl = target.startsWith('/');
  const view = await openRbacView(choice, (own) => scopeOf(options, isUrl, own), streams);
  try {
    const scope = scopeOf(options, isUrl, view.transport === undefined ? '' : view.namespace);
    const namespace = scope === 'everything' ? '' : scope.namespace;
    const typed = { verb, target, subresource, namespace };
    const { request, warnings, hints } = readRequest(typed, view.table, view.transport !== undefined);
    for (const warning of warnings) streams.stderr.write(`Warning: ${printable(warning)}\n`);
    for (const hint of hints) streams.stderr.write(`hint: ${printable(hint)}\n`);
    for (const note of view.assumptions) streams.stderr.write(`note: ${printable(note)}\n`);
    const where = scope === 'everything' ? 'everywhere' : scope;
    const found = findHolders(view.snapshot, request, where, view.table.isNamespaced);
    const report: HoldersReport = {
      holders: found.holders,
      doubts: [...view.missing, ...view.doubts, ...found.doubts],
      question: `${verb} ${target}${subresource === '' ? '' : `/${subresource}`}`,
      scope: isUrl ? '' : namespace === '' ? 'in any namespace' : `in namespace "${namespace}"`,
      isEverywhere: !isUrl && namespace === '',
      others: listOthers(view),
    };
    await writeAll(streams.stdout, print(report, output, streams));
    if (isPicture(output)) await writeAll(streams.stderr, tellBesideHolders(report));
    if (view.hasProblems) return UNUSABLE;
    return report.doubts.length > 0 ? INCOMPLETE : 0;
  } finally {
    view.close();
  }
}

function* print(report: HoldersReport, output: GrantsOutput, { stdout, env }: CommandStreams): Generator<string> {
  if (output === 'table') yield* printHolders(report, buildPainter(hasColour(stdout, env)));
  else yield output === 'json' ? printHoldersJson(report) : printPicture('who_can', drawHolders(report), output);
}

function scopeOf(
  { namespace }: WhoCanOptions,
  isUrl: boolean,
  own: string,
): 'everything' | { readonly namespace: string } {
  if (isUrl) return { namespace: '' };
  const meant = namespace ?? own;
  return meant === '' ? 'everything' : { namespace: meant };
}

/** Who else may allow something. */
export function listOthers({ modes }: RbacView): readonly string[] {
  if (modes === undefined) {
    return ['other authorizers than RBAC may allow it to more; --authorization-mode says which there are'];
  }
  return judgeByChain({ allowed: false, reason: '' }, { user: '', groups: [] }, modes).notes;
}
