/** What is wrong with how a command was called. */
import type { Command } from 'commander';

export interface UsageError {
  readonly usageError: string;
}

export const USAGE_ERROR = 2;

/** Ends the command with that code. @param mistake a sentence, which may repeat what was typed */
export function refuse(command: Command, mistake: string): never {
  command.error(`error: ${mistake}`, { exitCode: USAGE_ERROR });
}
