/** Asks whoever sits at the terminal. Off a terminal nobody is there to ask. */
import type { CommandStreams } from './output.ts';
import { readLines } from './text-lines.ts';

export interface Questioner {
  /** @returns the line that was typed, trimmed and in small letters; empty at the end of the input */
  ask(question: string): Promise<string>;
}

/** @returns undefined where standard input is no terminal */
export function openQuestioner({ stdin, stderr }: Pick<CommandStreams, 'stdin' | 'stderr'>): Questioner | undefined {
  if (stdin.isTTY !== true) return undefined;
  const answers = readAnswers(stdin);
  return {
    async ask(question) {
      stderr.write(question);
      const { value, done } = await answers.next();
      return done === true ? '' : value.trim().toLowerCase();
    },
  };
}

async function* readAnswers(stdin: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  for await (const lines of readLines(stdin)) {
    for (const line of lines) yield typeof line === 'string' ? line : '';
  }
}
