/**
 * Asks Kubernetes' own evaluator without a server: `check-pod-security` of test/control-plane, which fills in what the
 * API server would. Fifty times as fast as the real one, which stays the first to be asked.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Json } from './generator.ts';
import type { Policy } from './oracle.ts';

export type Question = Policy & ({ readonly pod: Json } | { readonly template: Json });

export interface EvaluatorAnswer {
  readonly allowed: boolean;
  readonly text: string;
  /** Why the API server would refuse the pod whatever the policy; absent for what it takes. */
  readonly invalid?: string;
  readonly error?: string;
}

export class KubernetesEvaluator {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  /** @param binary the control plane's */
  constructor(binary: string) {
    this.#process = spawn(binary, ['check-pod-security'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** One after the other: an answer has no name by which to tell it from another. @throws {Error} if there is none */
  async ask(questions: readonly Question[]): Promise<readonly EvaluatorAnswer[]> {
    this.#process.stdin.write(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
    const answers: EvaluatorAnswer[] = [];
    while (answers.length < questions.length) {
      const line = await this.#lines.next();
      if (line.done === true) throw new Error('check-pod-security ended before it had answered');
      const answer = JSON.parse(line.value) as EvaluatorAnswer;
      if (answer.error !== undefined) throw new Error(`check-pod-security: ${answer.error}`);
      answers.push(answer);
    }
    return answers;
  }

  close(): void {
    this.#process.stdin.end();
  }
}
