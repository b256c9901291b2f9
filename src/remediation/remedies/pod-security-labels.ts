/**
 * Labels a namespace with the Pod Security level that everything in it passes. Where no level is proven to be passed it
 * is only warned and audited: that refuses nothing and shows what is in the way.
 *
 * No level is ever weakened, nor may it be that one is: where no label says what is enforced the cluster's default does,
 * which nobody can see, so that without a label nothing less than restricted is written by itself.
 */
import { compareLevels, resolveAdmissionPolicy } from '../../pod-security/admission.ts';
import { levelLabel, versionLabel } from '../../pod-security/enforced-level.ts';
import { adviceSources, adviseLevel } from '../../pod-security/level-advisor.ts';
import type { LevelAdvice } from '../../pod-security/level-advisor.ts';
import { printVersion } from '../../pod-security/version.ts';
import { printKeys } from '../planned-repair.ts';
import type { FieldKeys, PlannedField, Risk } from '../planned-repair.ts';
import type { Remedy } from '../remedy.ts';

type Labels = Readonly<Record<string, string>>;

const ENFORCE = levelLabel('enforce');
const ENFORCE_VERSION = versionLabel('enforce');

export const podSecurityLabelsRemedy: Remedy = {
  rule: 'namespace-pod-security-level',
  isPlanOnly: false,
  needsGuard: true,
  role: 'merlon-repair-namespaces',
  fields: [ENFORCE, ENFORCE_VERSION, levelLabel('warn'), levelLabel('audit')].map(keysOf),
  reads: ['Namespace', ...adviceSources],

  plan({ rule, subject }, snapshot) {
    const namespace = snapshot.get('Namespace', '', subject.name);
    if (namespace === undefined) return undefined;
    const present: Labels = namespace.metadata.labels ?? {};
    const advice = adviseLevel(snapshot, subject.name);
    const enforced = labelsToEnforce(advice, present);
    const labels = { ...enforced, ...labelsToShow(present, enforced) };
    const names = Object.keys(labels);
    if (names.length === 0) return undefined;
    const { uid } = namespace.metadata;
    return {
      rule,
      target: uid === undefined ? subject : { ...subject, uid },
      patch: { metadata: { labels } },
      fields: names.map((name) => toField(name, present[name], labels[name])),
      risks: findRisks(present, enforced),
      isPlanOnly: false,
      ...(ENFORCE in enforced ? {} : { remark: describeObstacles(advice) }),
    };
  },

  // What stood there was stricter than nothing, and the record that tells of it can be edited: only absence comes back.
  isRestorable: () => false,
};

/** Nothing where no level is proven to be a gain. */
function labelsToEnforce({ change }: LevelAdvice, present: Labels): Labels {
  if (change === undefined) return {};
  const labels = { [ENFORCE]: change.level };
  // A version that somebody chose stays.
  return Object.hasOwn(present, ENFORCE_VERSION)
    ? labels
    : { ...labels, [ENFORCE_VERSION]: printVersion(change.version) };
}

/** The strictest, so that it cannot be less than the cluster's default. */
function labelsToShow(present: Labels, enforced: Labels): Labels {
  const { policy } = resolveAdmissionPolicy({ ...present, ...enforced });
  const modes = (['warn', 'audit'] as const).filter((mode) => compareLevels(policy[mode].level, 'restricted') < 0);
  return Object.fromEntries(modes.map((mode) => [levelLabel(mode), 'restricted']));
}

function toField(label: string, before: string | undefined, after: string | undefined): PlannedField {
  const keys = keysOf(label);
  return { path: printKeys(keys), keys, before, after };
}

function keysOf(label: string): FieldKeys {
  return ['metadata', 'labels', label];
}

function findRisks(present: Labels, enforced: Labels): readonly Risk[] {
  const level = enforced[ENFORCE];
  if (level === undefined) return [];
  const stated: Risk = {
    kind: 'Stated',
    message: `every workload that is there passes ${level}; what comes later and does not is refused`,
  };
  if (level === 'restricted' || Object.hasOwn(present, ENFORCE)) return [stated];
  const message = `no label says what the namespace enforces now, and the API server's default, which nobody can see, may be stricter than ${level}; approve it if it is not`;
  return [{ kind: 'RiskUnknown', message }, stated];
}

function describeObstacles({ ready, obstacles, doubts }: LevelAdvice): string {
  const named = obstacles.slice(0, 3).map(({ subject }) => `${subject.kind} "${subject.name}"`);
  const more = obstacles.length > named.length ? ` and ${obstacles.length - named.length} more` : '';
  const because = [
    ...(named.length === 0 ? [] : [`${named.join(', ')}${more} would be refused`]),
    ...doubts.slice(0, 1),
  ].join('; ');
  return ready === 'unknown'
    ? `enforces nothing, because it is not known whether everything passes: ${because}`
    : `enforces nothing, because not everything passes baseline: ${because}`;
}
