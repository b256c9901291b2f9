/** `merlon can-i`: whether somebody may do something, and by which rule of which binding. */
import { askAuthorizers } from '../kube/access-review.ts';
import type { Unanswered } from '../kube/access-review.ts';
import type { Transport } from '../kube/transport.ts';
import { judgeAccess } from '../rbac/access-verdict.ts';
import type { ReviewAnswer } from '../rbac/access-verdict.ts';
import { authorizerOf } from '../rbac/authorizer.ts';
import type { Decision } from '../rbac/authorizer.ts';
import { explainDeadWeight } from '../rbac/dead-weight.ts';
import type { AccessRequest, Requester } from '../rbac/request.ts';
import { exitCodeOfAnswer, listNotes, printAccess, printAccessJson } from '../report/access-report.ts';
import type { AccessAnswer } from '../report/access-report.ts';
import { printable } from '../report/terminal.ts';
import { readRequest } from './asked-request.ts';
import { identify, noteAssumed, withDoubts } from './can-i-answer.ts';
import type { CanIExitCode } from './can-i-answer.ts';
import type { CanIOptions } from './can-i-options.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';
import { openRbacView } from './rbac-view.ts';
import type { RbacView } from './rbac-view.ts';

type Question = CanIOptions & { readonly task: { readonly kind: 'ask' } };

const UNUSABLE = 3;

export async function runCanI(options: CanIOptions, streams: CommandStreams): Promise<CanIExitCode> {
  const { task } = options;
  switch (task.kind) {
    case 'ask':
      return ask({ ...options, task }, streams);
    case 'list': {
      const { runCanIList } = await import('./can-i-list.ts');
      return runCanIList(options, task.hasHeaders, streams);
    }
    case 'batch': {
      const { runCanIBatch } = await import('./can-i-batch.ts');
      return runCanIBatch(options.choice, task.path, streams);
    }
  }
}

async function ask(options: Question, streams: CommandStreams): Promise<CanIExitCode> {
  const { choice, task, namespace, isQuiet, output } = options;
  const { stdout, stderr } = streams;
  const isUrl = task.target.startsWith('/');
  const view = await openRbacView(choice, (own) => ({ namespace: isUrl ? '' : (namespace ?? own) }), streams);
  try {
    const question = { ...task, namespace: namespace ?? view.namespace };
    const { request, warnings, hints } = readRequest(question, view.table, view.transport !== undefined);
    for (const warning of warnings) stderr.write(`Warning: ${printable(warning)}\n`);
    for (const hint of hints) stderr.write(`hint: ${printable(hint)}\n`);
    const answer = await answerQuestion(view, request, options.as);
    await writeAll(stderr, listNotes(answer));
    if (!isQuiet) await writeAll(stdout, [output === 'json' ? printAccessJson(answer) : printAccess(answer)]);
    return view.hasProblems ? UNUSABLE : exitCodeOfAnswer(answer);
  } finally {
    view.close();
  }
}

async function answerQuestion(view: RbacView, request: AccessRequest, as: CanIOptions['as']): Promise<AccessAnswer> {
  const { transport, modes, assumptions } = view;
  const identity = await identify(transport, as);
  const requester = typeof identity === 'string' ? undefined : identity;
  const decision =
    requester === undefined || view.missing.length > 0
      ? undefined
      : withDoubts(authorizerOf(view.snapshot).authorize(requester, request), view.doubts);
  const review = await crossCheck(transport, as === undefined ? undefined : requester, request);
  const judged = judgeAccess({
    requester: requester ?? { user: '', groups: [] },
    local: decision ?? { unread: explainUnread(view, identity) },
    review,
    modes,
  });
  const bound = decision?.by?.bound;
  const notes = [...judged.notes, ...noteAssumed(bound, view.snapshot)];
  const verdict = { ...judged, notes };
  const deadWeight =
    bound === undefined || verdict.answer !== 'yes' || 'path' in request
      ? undefined
      : explainDeadWeight(bound, request, view.table.isNamespaced);
  return { requester, request, verdict, decision, granted: grantedBy(view, decision), deadWeight, assumptions };
}

function explainUnread({ missing }: RbacView, identity: Requester | Unanswered): readonly string[] {
  if (typeof identity !== 'string') return missing;
  return [...missing, 'the API server does not say who you are (SelfSubjectReview); give --as'];
}

function grantedBy({ snapshot }: RbacView, decision: Decision | undefined): AccessAnswer['granted'] {
  const by = decision?.by;
  return by === undefined ? undefined : authorizerOf(snapshot).rulesOfBinding(by.bound)?.rules[by.rule];
}

async function crossCheck(
  transport: Transport | undefined,
  requester: Requester | undefined,
  request: AccessRequest,
): Promise<ReviewAnswer | { readonly unasked: string }> {
  if (transport === undefined) return { unasked: '' };
  const answer = await askAuthorizers(transport, requester, request);
  if (typeof answer !== 'string') return answer;
  const kind = requester === undefined ? 'selfsubjectaccessreviews' : 'subjectaccessreviews';
  return { unasked: `the API server was not asked: it needs the permission to create ${kind}.authorization.k8s.io` };
}
