/** `merlon can-i --batch`: many questions, a line of JSON each, answered in their order as they come. */
import { createReadStream } from 'node:fs';

import { authorizerOf } from '../rbac/authorizer.ts';
import type { Authorizer } from '../rbac/authorizer.ts';
import { judgeAccess } from '../rbac/access-verdict.ts';
import { explainDeadWeight } from '../rbac/dead-weight.ts';
import { grantJson } from '../report/grant.ts';
import { printable, printableJson } from '../report/terminal.ts';
import { explainFileError } from '../scan/manifest-files.ts';
import { stdinPath } from '../scan/manifests.ts';
import { readQuestion } from './batch-question.ts';
import type { BatchQuestion } from './batch-question.ts';
import { noteAssumed, withDoubts } from './can-i-answer.ts';
import type { CanIExitCode } from './can-i-answer.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';
import { openRbacView } from './rbac-view.ts';
import type { RbacChoice, RbacView } from './rbac-view.ts';
import { maxLineLength, readLines } from './text-lines.ts';
import type { LongLine } from './text-lines.ts';

const UNUSABLE = 3;
const INCOMPLETE = 4;

/** @returns 0 where every question has a yes or a no, however many were no */
export async function runCanIBatch(choice: RbacChoice, path: string, streams: CommandStreams): Promise<CanIExitCode> {
  const view = await openRbacView(choice, () => 'everything', streams);
  try {
    for (const note of view.assumptions) streams.stderr.write(`note: ${printable(note)}\n`);
    if (view.missing.length > 0) {
      await writeAll(
        streams.stderr,
        view.missing.map((one) => `unknown: ${printable(one)}\n`),
      );
      return INCOMPLETE;
    }
    const batch = new Batch(view);
    const lines = readLines(path === stdinPath ? streams.stdin : createReadStream(path, { highWaterMark: 256 * 1024 }));
    try {
      for await (const some of lines) await writeAll(streams.stdout, [printableJson(batch.answer(some))]);
    } catch (error) {
      if (!isFileError(error)) throw error;
      streams.stderr.write(`${printable(path)}: ${printable(explainFileError(error))}\n`);
      return UNUSABLE;
    }
    return view.hasProblems || batch.malformed > 0 ? UNUSABLE : batch.unknown > 0 ? INCOMPLETE : 0;
  } finally {
    view.close();
  }
}

/** Answers, and counts what could not be answered. */
class Batch {
  malformed = 0;
  unknown = 0;
  readonly #view: RbacView;
  readonly #authorizer: Authorizer;
  #line = 0;

  constructor(view: RbacView) {
    this.#view = view;
    this.#authorizer = authorizerOf(view.snapshot);
  }

  /** @returns the answers to some lines, a line each; a blank one has its answer too, so that they stand beside each other */
  answer(lines: readonly (string | LongLine)[]): string {
    let answers = '';
    for (const line of lines) {
      this.#line += 1;
      if (typeof line !== 'string') answers += this.#refuse(`longer than ${maxLineLength} characters`);
      else answers += line.trim() === '' ? this.#refuse('a blank line is no question') : this.#answerLine(line);
    }
    return answers;
  }

  #answerLine(line: string): string {
    const question = readQuestion(line);
    return typeof question === 'string' ? this.#refuse(question) : this.#decide(question);
  }

  #refuse(error: string): string {
    this.malformed += 1;
    return `${JSON.stringify({ error, line: this.#line })}\n`;
  }

  #decide({ requester, request }: BatchQuestion): string {
    const { doubts, modes, table } = this.#view;
    const decision = withDoubts(this.#authorizer.authorize(requester, request), doubts);
    const judged = judgeAccess({ requester, local: decision, review: { unasked: '' }, modes });
    const { by } = decision;
    const { answer, reason } = judged;
    const notes = [...judged.notes, ...noteAssumed(by?.bound, this.#view.snapshot)];
    if (answer === 'unknown') this.unknown += 1;
    const deadWeight =
      by === undefined || 'path' in request ? undefined : explainDeadWeight(by.bound, request, table.isNamespaced);
    const json = {
      allowed: answer === 'yes',
      reason,
      ...(by === undefined ? {} : grantJson(by.bound, by.rule)),
      ...(answer === 'unknown' ? { unknown: true, doubts: notes } : {}),
      ...(answer !== 'unknown' && notes.length > 0 ? { notes } : {}),
      ...(deadWeight === undefined ? {} : { effective: false, deadWeight }),
    };
    return `${JSON.stringify(json)}\n`;
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
