/**
 * What a pod must say, and what it must not, where rules are told otherwise than by default: for the pods that are tried, one
 * value that the parameters let in and one that they do not, as far as there is one.
 */
import type { Params } from '../../core/params.ts';
import type { SelectedRule } from '../../core/policy.ts';

/** Undefined where there is no such value. */
export interface TrialValue<T> {
  readonly good: T | undefined;
  readonly bad: T | undefined;
}

/** Of the rules that are tried, what they are told; of others, and of rules without parameters, nothing. */
export type ToldOf = (rule: string) => Params;

/** @param ids of the rules that are tried */
export function toldOf(rules: readonly SelectedRule[], ids: readonly string[]): ToldOf {
  return (id) => (ids.includes(id) ? (rules.find(({ rule }) => rule.id === id)?.params ?? {}) : {});
}

const USUAL_ID = 10_001;
const MAX_ID = 2_147_483_647;

/** Root is let in by no rule but by these, so it is the last choice. */
export function chooseId({ ranges, mustBeSet }: Params): TrialValue<number> {
  if (!isRanges(ranges)) return { good: USUAL_ID, bad: 0 };
  const isIn = (id: number): boolean => ranges.some(({ min, max }) => id >= min && id <= max);
  const ends = ranges.flatMap(({ min, max }) => [min, max]);
  const good = [USUAL_ID, ...ends.map((end) => Math.max(end, 1)), ...(mustBeSet === true ? [0] : [])].find(isIn);
  const around = ends.flatMap((end) => [end - 1, end + 1]).filter((id) => id >= 0 && id <= MAX_ID);
  return { good, bad: [0, ...around].find((id) => !isIn(id)) };
}

export interface Profile {
  readonly type: string;
  readonly localhostProfile?: string;
}

const OTHER_FILE = 'merlon/of-nobody.json';

/** In the order in which Pod Security minds them least. */
export function chooseProfile({ allowed }: Params): TrialValue<Profile> {
  const unconfined: Profile = { type: 'Unconfined' };
  const runtime: Profile = { type: 'RuntimeDefault' };
  const localhost = (localhostProfile: string): Profile => ({ type: 'Localhost', localhostProfile });
  if (!isStrings(allowed) || allowed.length === 0) return { good: runtime, bad: unconfined };
  const file = allowed.find((one) => one.startsWith(LOCALHOST))?.slice(LOCALHOST.length);
  const isAnyFile = allowed.includes('Localhost');
  const candidates = [
    ...(allowed.includes('RuntimeDefault') ? [runtime] : []),
    ...(file === undefined ? [] : [localhost(file)]),
    ...(isAnyFile ? [localhost(OTHER_FILE)] : []),
    // Nothing is better than the worst, where it may be.
    ...(allowed.includes('Unconfined') && !allowed.includes('') ? [unconfined] : []),
  ];
  const others = [
    ...(allowed.includes('Unconfined') ? [] : [unconfined]),
    ...(allowed.includes('RuntimeDefault') ? [] : [runtime]),
    ...(isAnyFile ? [] : [localhost(OTHER_FILE)]),
  ];
  return { good: candidates[0], bad: others[0] };
}

const LOCALHOST = 'Localhost/';

/** A volume of each type that needs nothing else to be there for a pod to be taken. */
const volumes: readonly Readonly<Record<string, object>>[] = [
  { emptyDir: {} },
  { configMap: { name: 'merlon' } },
  { projected: { sources: [{ configMap: { name: 'merlon' } }] } },
  { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
  { secret: { secretName: 'merlon' } },
  { persistentVolumeClaim: { claimName: 'merlon' } },
  { csi: { driver: 'csi.example' } },
  { nfs: { server: 'nfs.example', path: '/' } },
  { hostPath: { path: '/' } },
];

export function chooseVolume({ allowed }: Params): TrialValue<Readonly<Record<string, object>>> {
  const [first] = volumes;
  const last = volumes.at(-1);
  if (!isStrings(allowed)) return { good: first, bad: last };
  const isIn = (volume: object): boolean =>
    allowed.includes('*') || Object.keys(volume).every((one) => allowed.includes(one));
  return { good: volumes.find(isIn), bad: volumes.findLast((one) => !isIn(one)) };
}

const NAME = 'registry.example/main';
const DIGEST = `sha256:${'0'.repeat(64)}`;

/** A digest names a version, whatever tags do. */
export function chooseImage({ forbidden }: Params): { readonly good: string; readonly bad: string } {
  const tags = isStrings(forbidden) ? forbidden : ['latest'];
  const [tag = ''] = tags;
  return { good: tags.includes('1') ? `${NAME}@${DIGEST}` : `${NAME}:1`, bad: tag === '' ? NAME : `${NAME}:${tag}` };
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isRanges(value: unknown): value is readonly { readonly min: number; readonly max: number }[] {
  return (
    Array.isArray(value) &&
    value.every((one: unknown) => typeof one === 'object' && one !== null && 'min' in one && 'max' in one)
  );
}
