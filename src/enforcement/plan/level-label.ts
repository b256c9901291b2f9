/**
 * Rules that stand for controls of a Pod Security level are more simply asked for by its label, where the API server has
 * that admission plugin: it refuses what no policy here can, and needs nobody to print it anew. It is only told here: labels
 * of namespaces have one writer, which is whoever repairs them.
 */
import { isDeepStrictEqual } from 'node:util';

import { resolveParams } from '../../core/params.ts';
import type { SelectedRule } from '../../core/policy.ts';
import { compareLevels } from '../../pod-security/admission.ts';
import { levelLabel, versionLabel } from '../../pod-security/enforced-level.ts';
import { podSecurityChecks } from '../../pod-security/registry.ts';
import { LATEST_VERSION, printVersion } from '../../pod-security/version.ts';

type CheckedLevel = 'baseline' | 'restricted';

/**
 * @param named the rules that somebody chose
 * @param minor of the API server; undefined where nobody said
 * @returns a sentence without a full stop; undefined where a label says something else than they do
 */
export function suggestLevelLabel(named: readonly SelectedRule[], minor: number | undefined): string | undefined {
  const levels = named.map(levelOf);
  const [first, ...others] = levels.filter((one) => one !== undefined);
  if (first === undefined || levels.includes(undefined)) return undefined;
  const level = others.reduce((strictest, one) => (compareLevels(one, strictest) > 0 ? one : strictest), first);
  const labels = [
    `${levelLabel('enforce')}=${level}`,
    ...(minor === undefined ? [] : [`${versionLabel('enforce')}=${printVersion(Math.min(minor, LATEST_VERSION))}`]),
  ];
  const also = coversLevel(named, level) ? 'what is left out here' : `all else that level ${level} refuses`;
  return `a label says more simply what these rules stand for, and refuses ${also}, too: kubectl label namespace NAME ${labels.join(' ')}; Merlon does not set it here: labels of namespaces belong to repairs, and "merlon pod-security --namespaces" tells which level a namespace is ready for`;
}

/** Of the standards that it stands for; undefined where it stands for none, or parameters have it say something else. */
function levelOf({ rule, params }: SelectedRule): CheckedLevel | undefined {
  if (!isDeepStrictEqual(params, resolveParams(rule))) return undefined;
  if (rule.controls.some((control) => control.startsWith('pss/restricted/'))) return 'restricted';
  return rule.controls.some((control) => control.startsWith('pss/baseline/')) ? 'baseline' : undefined;
}

function coversLevel(named: readonly SelectedRule[], level: CheckedLevel): boolean {
  const controls = new Set(named.flatMap(({ rule }) => rule.controls));
  return podSecurityChecks
    .filter((check) => level === 'restricted' || check.level === 'baseline')
    .every(({ id, level: its }) => controls.has(`pss/${its}/${id}`));
}
