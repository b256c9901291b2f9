/**
 * Users and groups held against ranges, as PodSecurityPolicy did with MustRunAs (`mustBeSet`) and MayRunAs. What a
 * container does not set it has of its pod.
 *
 * Source: kubernetes v1.24, pkg/security/podsecuritypolicy/{group,user}.
 */
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { containersOf } from '../../core/containers.ts';
import { podVariables } from '../../core/enforcement.ts';
import { celLiteral } from '../../enforcement/plan/cel.ts';
import { containersWith, listIf } from './pod-cel.ts';

/** Both ends belong to it. */
export interface IdRange {
  readonly min: number;
  readonly max: number;
}

export interface IdParams {
  readonly ranges: readonly IdRange[];
  readonly mustBeSet: boolean;
}

/** The highest that the API accepts. */
const maxId = 2_147_483_647;
const id = { type: 'integer', format: 'int64', minimum: 0, maximum: maxId } as const;

/** Of each rule that holds ids against ranges. */
export const idParams = {
  type: 'object',
  properties: {
    ranges: {
      type: 'array',
      description: 'Ids that are allowed, both ends included.',
      maxItems: 100,
      'x-kubernetes-list-type': 'atomic',
      items: { type: 'object', required: ['min', 'max'], properties: { min: id, max: id } },
      default: [{ min: 1, max: maxId }],
    },
    mustBeSet: {
      type: 'boolean',
      description: 'Whether it is a failure, too, that nothing is set and the image decides.',
      default: false,
    },
  },
} as const;

/** In the containers, and in the pod where a container has it of its pod. */
export function findContainerIds(
  pod: PodTemplate,
  field: 'runAsUser' | 'runAsGroup',
  { ranges, mustBeSet }: IdParams,
): readonly Violation[] {
  const ofPod = pod.spec.securityContext?.[field];
  const containers = containersOf(pod);
  const inherits = containers.some(({ container }) => container.securityContext?.[field] === undefined);
  const inPod =
    ofPod !== undefined && inherits ? findOutside('the pod', `spec.securityContext.${field}`, ofPod, ranges) : [];
  const inContainers = containers.flatMap(({ path, container }) => {
    const own = container.securityContext?.[field];
    const place = `${path}.securityContext.${field}`;
    const who = `container "${container.name}"`;
    if (own !== undefined) return findOutside(who, place, own, ranges);
    if (ofPod !== undefined || !mustBeSet) return [];
    return violation(place, undefined, `${who} sets no ${field}, nor does its pod; it must be ${printRanges(ranges)}`);
  });
  return [...inPod, ...inContainers];
}

/** Of a list, or of a single id; undefined where nothing is set. */
export function findPodIds(
  field: 'fsGroup' | 'supplementalGroups',
  ids: readonly number[] | number | undefined,
  { ranges, mustBeSet }: IdParams,
): readonly Violation[] {
  const path = `spec.securityContext.${field}`;
  if (ids === undefined) {
    if (!mustBeSet) return [];
    return [violation(path, undefined, `the pod sets no ${field}; it must be ${printRanges(ranges)}`)];
  }
  if (typeof ids === 'number') return findOutside('the pod', path, ids, ranges);
  return ids.flatMap((one, index) => findOutside('the pod', `${path}[${index}]`, one, ranges));
}

function findOutside(who: string, path: string, found: number, ranges: readonly IdRange[]): readonly Violation[] {
  if (ranges.some(({ min, max }) => found >= min && found <= max)) return [];
  const field = path.replace(/^.*\./, '').replace(/\[\d+\]$/, '');
  return [violation(path, found, `${who} has ${found} as ${field}; it must be ${printRanges(ranges)}`)];
}

/** What `findContainerIds` finds, in CEL. */
export function printContainerIds(field: 'runAsUser' | 'runAsGroup', { ranges, mustBeSet }: IdParams): string {
  const ofPod = `${podVariables.spec}.?securityContext.?${field}`;
  const own = `c.?securityContext.?${field}`;
  const inherits = `${podVariables.containers}.exists(c, !${own}.hasValue())`;
  const isOutside = `${own}.hasValue() ? ${printOutside(`${own}.orValue(0)`, ranges)} : ${celLiteral(mustBeSet)} && !${ofPod}.hasValue()`;
  const must = `of the pod must be ${printRanges(ranges)}`;
  return `${listIf(`${ofPod}.hasValue() && ${inherits} && ${printOutside(`${ofPod}.orValue(0)`, ranges)}`, `${field} ${must}`)} +
${containersWith(isOutside, `has another ${field} than it must have: ${printRanges(ranges)}`)}`;
}

/** What `findPodIds` finds. */
export function printPodIds(field: 'fsGroup' | 'supplementalGroups', { ranges, mustBeSet }: IdParams): string {
  const ids = `${podVariables.spec}.?securityContext.?${field}`;
  const isUnset = `!${ids}.hasValue()`;
  const isOutside =
    field === 'fsGroup'
      ? printOutside(`${ids}.orValue(0)`, ranges)
      : `${ids}.orValue([]).exists(id, ${printOutside('id', ranges)})`;
  const isBad = `(${isUnset} ? ${celLiteral(mustBeSet)} : ${isOutside})`;
  return listIf(isBad, `${field} of the pod must be ${printRanges(ranges)}`);
}

/** @param id in CEL */
function printOutside(id: string, ranges: readonly IdRange[]): string {
  const pairs = ranges.map(({ min, max }) => celLiteral([min, max])).join(', ');
  return ranges.length === 0 ? 'true' : `!([${pairs}].exists(range, ${id} >= range[0] && ${id} <= range[1]))`;
}

/** `from 1 to 65535 or 70000` */
function printRanges(ranges: readonly IdRange[]): string {
  if (ranges.length === 0) return 'absent, no id is allowed';
  return ranges.map(({ min, max }) => (min === max ? String(min) : `from ${min} to ${max}`)).join(' or ');
}
