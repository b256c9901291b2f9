/** What the posture of a namespace says of enforcement: what is in force, by whom, and what deny would refuse. */
import type { NamespaceEnforcement, NamespaceEnforcer } from '../../api/v1alpha1/namespace-enforcement.ts';
import { MAX_MESSAGE_LENGTH } from '../../api/v1alpha1/posture-status.ts';
import { shorten } from '../../core/posture.ts';
import { keyOf } from '../../core/subject-ref.ts';
import { nameSubject } from '../../pod-security/pod-makers.ts';
import { countRefused } from './preview.ts';
import type { NamespacePreview } from './preview.ts';
import { nameRefused } from './previewed-finding.ts';

/**
 * @param doubts of what is set here, as clauses
 * @returns undefined where there is nothing to say
 */
export function buildNamespaceEnforcement(
  namespace: string,
  enforcers: readonly NamespaceEnforcer[],
  preview: NamespacePreview | undefined,
  doubts: readonly string[] = [],
): NamespaceEnforcement | undefined {
  if (enforcers.length === 0 && preview === undefined) return undefined;
  const isKnown = preview !== undefined && preview.undecided.length + preview.notPreviewed.length === 0;
  const sentences = [
    enforcers.length === 0 ? 'nothing that is known again is in force' : enforcers.map(describeEnforcer).join(', '),
    ...doubts,
    ...(preview === undefined ? [] : [describePreview(namespace, preview, enforcers), ...describePulls(preview)]),
  ];
  return {
    mode: preview?.mode ?? 'off',
    ...(isKnown ? { wouldRefuse: countRefused(preview) } : {}),
    enforced: [...enforcers],
    message: shorten(sentences.join('; '), MAX_MESSAGE_LENGTH),
  };
}

function describeEnforcer({ what, mode, by }: NamespaceEnforcer): string {
  return `${what}: ${mode} by ${by}`;
}

/** Once every pull needs credentials. */
function describePulls({ withoutPullSecrets = [] }: NamespacePreview): readonly string[] {
  const [first, ...others] = withoutPullSecrets;
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return [`neither ${nameSubject(first)}${more} nor an account has imagePullSecrets, so that pulls may fail`];
}

/** As many workloads as are worth naming; the preview lists all. */
const MAX_NAMED = 3;

function describePreview(
  namespace: string,
  { mode, refused, undecided, notPreviewed }: NamespacePreview,
  enforcers: readonly NamespaceEnforcer[],
): string {
  const bySubject = Map.groupBy(refused, ({ finding }) => keyOf(finding.subject));
  const doubts = [
    ...(undecided.length === 0 ? [] : [`of others it is not known: ${undecided[0]?.finding.message ?? ''}`]),
    ...(notPreviewed.length === 0
      ? []
      : [`what ${notPreviewed.join(' and ')} would refuse was not looked for, as Merlon reads no Secrets`]),
  ];
  const doubt = doubts.map((one) => `, and ${one}`).join('');
  const isInForce = areRefused(
    refused.map(({ finding }) => finding.rule.id),
    enforcers,
  );
  const would =
    mode !== 'deny'
      ? 'deny would refuse'
      : isInForce
        ? 'made anew, deny refuses'
        : 'deny, which is not known to be in force for all, would refuse';
  if (bySubject.size === 0)
    return `${would} ${doubts.length === 0 ? 'nothing' : 'nothing that is known'} of what is here${doubt}`;
  const named = [...bySubject.values()].slice(0, MAX_NAMED).flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const rules = [first, ...others].map(({ finding }) => finding.rule.id).join(', ');
    return `${nameSubject(first.finding.subject)} (${rules})`;
  });
  const more = bySubject.size > MAX_NAMED ? ` and ${bySubject.size - MAX_NAMED} more` : '';
  const noun = nameRefused(refused.map(({ finding }) => finding.subject));
  const count = bySubject.size === 1 ? `one ${noun} that is` : `${bySubject.size} ${noun}s that are`;
  return `${would} ${count} here: ${named.join(', ')}${more}${doubt}; "merlon enforce --preview -n ${namespace}" says why`;
}

/** Whether somebody who is known again refuses what breaks each of them: what is planned may not be in force yet. */
function areRefused(ids: readonly string[], enforcers: readonly NamespaceEnforcer[]): boolean {
  const denying = enforcers.filter(({ mode }) => mode === 'deny');
  return (
    denying.length > 0 &&
    ids.every((id) => denying.some(({ what, rules }) => what === id || rules?.includes(id) === true))
  );
}
