/** The level advisor's answer in words: what every reader gets, whether from a posture or on the command line. */
import { compareLevels } from './admission.ts';
import { levelLabel, versionLabel } from './enforced-level.ts';
import type { LabelChange, LevelAdvice, Obstacle } from './level-advisor.ts';
import { nameSubject } from './pod-makers.ts';
import { printVersion } from './version.ts';

/** As many as are worth naming in a sentence; the others are counted. */
const MAX_NAMED = 3;

/** What the workloads pass and what stands in the way of the next level, in one line. */
export function describeAdvice(advice: LevelAdvice): string {
  return [describeReady(advice), ...describeObstacles(advice), ...describeGap(advice)].join('; ');
}

/** To be typed as it stands. */
export function printLabelCommand(namespace: string, { level, version }: LabelChange): string {
  const labels = [`${levelLabel('enforce')}=${level}`, `${versionLabel('enforce')}=${printVersion(version)}`];
  return `kubectl label namespace ${namespace} ${labels.join(' ')} --overwrite`;
}

function describeReady({ ready, version, workloads, doubts }: LevelAdvice): string {
  if (version === undefined || ready === 'unknown') {
    const policy = version === undefined ? 'baseline' : `baseline:${printVersion(version)}`;
    return `whether every workload passes ${policy} is not known: ${enumerate(doubts, '; ')}`;
  }
  if (workloads === 0) return 'there is no workload that a level could refuse';
  return ready === 'privileged'
    ? 'not every workload passes baseline'
    : `every workload passes ${ready}:${printVersion(version)}`;
}

function describeObstacles({ version, ready, obstacles, doubts }: LevelAdvice): readonly string[] {
  const [first] = obstacles;
  if (version === undefined) return [];
  if (first !== undefined) {
    const named = enumerate(obstacles.map(describeObstacle), ', ');
    return [`in the way of ${first.level}:${printVersion(version)}: ${named}`];
  }
  // Where the level is unknown, they have been told.
  return ready === 'unknown' || doubts.length === 0
    ? []
    : [`whether it passes more is not known: ${enumerate(doubts, '; ')}`];
}

/** Pods that run are left alone by a level that is stricter than they are; it is their successors that are refused. */
function describeGap({ enforced, ready }: LevelAdvice): readonly string[] {
  if (enforced.level === undefined || ready === 'unknown') return [];
  return compareLevels(enforced.level, ready) > 0
    ? [`the namespace enforces ${enforced.level}, so pods like these are refused when they are created again`]
    : [];
}

function describeObstacle({ subject, where, reasons }: Obstacle): string {
  const place = { pods: 'its pods: ', templates: 'its template: ' };
  return `${nameSubject(subject)} (${where === undefined ? '' : place[where]}${enumerate(reasons, ', ')})`;
}

function enumerate(items: readonly string[], separator: string): string {
  const more = items.length - MAX_NAMED;
  return items.slice(0, MAX_NAMED).join(separator) + (more > 0 ? ` and ${more} more` : '');
}
