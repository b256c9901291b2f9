/** What a command says on standard error of what it reads and judges by, the same for every command. */
import type { EvaluatorObserver } from '../core/evaluate.ts';
import { printable } from '../report/terminal.ts';
import type { InputProblem } from '../scan/input-problem.ts';
import type { LeftOut } from '../scan/manifest-files.ts';
import type { UnjudgedKind } from '../scan/unjudged-kinds.ts';
import type { OutputStream } from './output.ts';

export function reportInput(
  { problems, leftOut }: { readonly problems: readonly InputProblem[]; readonly leftOut: readonly LeftOut[] },
  stderr: OutputStream,
): void {
  for (const { path, line, reason } of problems) {
    stderr.write(`${printable(path)}${line === undefined ? '' : `:${line}`}: ${printable(reason)}\n`);
  }
  for (const { leftOut: path, by } of leftOut) {
    stderr.write(`left out: ${printable(path)} (named in ${printable(by)})\n`);
  }
}

/** @param what begins the line on those that make no pods: `no rule is about` */
export function reportUnjudged(what: string, kinds: readonly UnjudgedKind[], stderr: OutputStream): void {
  const holding = kinds.filter(({ holdsPodTemplate }) => holdsPodTemplate);
  const others = kinds.filter(({ holdsPodTemplate }) => !holdsPodTemplate);
  if (others.length > 0)
    stderr.write(`${what}: ${others.map(({ count, kind }) => `${count} ${printable(kind)}`).join(', ')}\n`);
  if (holding.length === 0) return;
  const named = holding.map(({ count, kind, apiVersion }) => `${count} ${printable(kind)} (${printable(apiVersion)})`);
  stderr.write(`not judged, though they hold pod templates: ${named.join(', ')}\n`);
}

/** Says which rule failed, once for each time. */
export function reportFailedRules(stderr: OutputStream): EvaluatorObserver {
  return {
    ruleThrew: (rule, error) => {
      stderr.write(`rule ${rule} failed, its findings are unknown: ${printable(String(error))}\n`);
    },
  };
}
