/** What `merlon fix` is asked for, from what the command line says. */
import { findSelectorProblem, selectRules } from '../core/rule-selector.ts';
import { remedyOf } from '../remediation/remedies.ts';
import { rules } from '../rules/index.ts';
import { parseScanOptions } from './scan-options.ts';
import type { ClusterTarget, FileTarget } from './scan-options.ts';
import type { UsageError } from './usage-error.ts';

export interface FixOptions {
  readonly target: FixFilesTarget | FixClusterTarget;
  /** The ids of the rules that are to be repaired; a remedy is not known for all of them. */
  readonly rules: ReadonlySet<string>;
}
export interface FixFilesTarget extends FileTarget {
  /** Edits the files, instead of showing what would change. */
  readonly isWritten: boolean;
}
export interface FixClusterTarget extends ClusterTarget {
  readonly dryRun: DryRun;
  /** Patches although a workload is at risk. */
  readonly isAllowedInUse: boolean;
}
export type DryRun = 'none' | 'client' | 'server';

type Given = Readonly<Record<string, unknown>>;

/** @param given as the command line gave them */
export function parseFixOptions(paths: readonly string[], given: Given): { readonly options: FixOptions } | UsageError {
  const { cluster, write, dryRun, allowInUse, rule } = given;
  if (cluster !== true && paths.length === 0) {
    return { usageError: 'nothing to fix: name files or folders, - for standard input, or use --cluster' };
  }
  const parsed = parseScanOptions(paths, given);
  if ('usageError' in parsed) return parsed;
  const chosen = chooseRules(Array.isArray(rule) ? (rule as readonly string[]) : []);
  if ('usageError' in chosen) return chosen;
  const { target } = parsed.options;
  if (target.kind === 'files') {
    if (dryRun !== undefined)
      return { usageError: '--dry-run goes with --cluster: files are only edited with --write' };
    if (allowInUse === true) return { usageError: '--allow-in-use goes with --cluster' };
    return { options: { target: { ...target, isWritten: write === true }, rules: chosen.rules } };
  }
  if (write === true) return { usageError: '--write goes with files' };
  const asked = dryRun === 'client' || dryRun === 'server' ? dryRun : 'none';
  return {
    options: { target: { ...target, dryRun: asked, isAllowedInUse: allowInUse === true }, rules: chosen.rules },
  };
}

/** All of them where none is named. */
function chooseRules(selectors: readonly string[]): { readonly rules: ReadonlySet<string> } | UsageError {
  if (selectors.length === 0) return { rules: new Set(rules.map(({ id }) => id)) };
  for (const selector of selectors) {
    const problem = findSelectorProblem(selector, rules);
    if (problem !== undefined) return { usageError: `--rule ${problem}` };
    const known = rules.filter(({ id }) => remedyOf(id) !== undefined).map(({ id }) => id);
    if (!selectRules(selector, rules).some(({ id }) => known.includes(id))) {
      return { usageError: `--rule "${selector}" names nothing that Merlon repairs; it repairs ${known.join(', ')}` };
    }
  }
  return { rules: new Set(selectors.flatMap((selector) => selectRules(selector, rules).map(({ id }) => id))) };
}
