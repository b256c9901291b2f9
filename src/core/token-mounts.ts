/**
 * Which API tokens a pod has: those that the API server will add when it admits the pod, those that it has added to a pod
 * that runs, and those that the pod asks for itself, which no automount setting keeps away.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/admission/serviceaccount/admission.go; for token Secrets the same plugin
 * before v1.24.
 */
import type { ObjectOf } from './kinds.ts';
import { MIRROR_ANNOTATION } from './pod-shape.ts';
import type { Container, Volume } from './pod-shape.ts';
import type { PodTemplate } from './pod-template.ts';
import { containersOf } from './containers.ts';

/** Where clients look for a token that nobody has told them about. */
export const DEFAULT_TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const SLASH = '(/+[.])*/+';
/**
 * The same place, or the token in it, however its path is written: a regular expression, of CEL as well. What a path takes
 * back with `..` is not followed. In images `/var/run` leads to `/run`.
 */
export const TOKEN_PLACE =
  `^([.]?${SLASH})?(var${SLASH})?run${SLASH}secrets${SLASH}kubernetes[.]io${SLASH}serviceaccount` +
  `(${SLASH}token)?(/+[.])*/*$`;
const AT_TOKEN_PATH = new RegExp(TOKEN_PLACE);

export interface MountedToken {
  /** `spec.automountServiceAccountToken`, or the place in the volume that asks for it. */
  readonly path: string;
  /** `automount` is the API server's doing; the others are the pod's own. */
  readonly by: 'automount' | 'projection' | 'secret';
  /** The name of the volume that holds it; undefined where the API server adds one. */
  readonly volume?: string;
}

export type AutomountSetting = Pick<ObjectOf<'ServiceAccount'>, 'automountServiceAccountToken'>;

/** A static pod's mirror has no service account: the API server refuses one that names any. */
export function isMirrorPod({ metadata }: PodTemplate): boolean {
  return metadata?.annotations?.[MIRROR_ANNOTATION] !== undefined;
}

/** The name of the account that a pod runs as; not asked of mirror pods. */
export function accountNameOf({ spec }: PodTemplate): string {
  return spec.serviceAccountName ?? spec.serviceAccount ?? 'default';
}

/** Whether the API server has put into the pod what it puts there: then the settings no longer count. */
export function isAdmitted({ metadata }: PodTemplate): boolean {
  return metadata?.uid !== undefined;
}

/**
 * @param account whose settings count for a pod that is not admitted yet; undefined where there is none, or none is known
 * @returns every place once
 */
export function findApiTokens(pod: PodTemplate, account: AutomountSetting | undefined): readonly MountedToken[] {
  if (isMirrorPod(pod)) return NO_TOKENS;
  const automount = isAdmitted(pod) ? undefined : predictAutomount(pod, account);
  return addAutomounted(automount, findTokensOfVolumes(pod, automount?.volume, isMountedIn));
}

/**
 * Which tokens a pod would hold were it made now: those of volumes that no container mounts as well, because a debug
 * container may mount them.
 * @param account as of `findApiTokens`
 */
export function predictHeldTokens({ spec }: PodTemplate, account: AutomountSetting): readonly MountedToken[] {
  const anew = { spec };
  const automount = predictAutomount(anew, account);
  return addAutomounted(automount, findTokensOfVolumes(anew, automount?.volume, isHeldBy));
}

function addAutomounted(automount: Automount | undefined, tokens: readonly MountedToken[]): readonly MountedToken[] {
  if (automount === undefined || automount.volume !== undefined) return tokens;
  return tokens.length === 0 ? ONLY_AUTOMOUNTED : [AUTOMOUNTED, ...tokens];
}

const NO_TOKENS: readonly MountedToken[] = Object.freeze([]);
const AUTOMOUNTED: MountedToken = { path: 'spec.automountServiceAccountToken', by: 'automount' };
const ONLY_AUTOMOUNTED: readonly MountedToken[] = Object.freeze([AUTOMOUNTED]);

/**
 * @param added the volume that the API server will mount, whoever else does
 * @param counts whether what a volume holds does
 */
function findTokensOfVolumes(
  pod: PodTemplate,
  added: string | undefined,
  counts: (pod: PodTemplate, volume: string) => boolean,
): readonly MountedToken[] {
  const { volumes = NO_VOLUMES } = pod.spec;
  let found = NO_TOKENS;
  for (let index = 0; index < volumes.length; index += 1) {
    const volume = volumes[index];
    if (volume === undefined || (volume.secret === undefined && volume.projected === undefined)) continue;
    if (added !== volume.name && !counts(pod, volume.name)) continue;
    const tokens = tokensOfVolume(pod, volume, index, added);
    found = found.length === 0 ? tokens : [...found, ...tokens];
  }
  return found;
}

function isHeldBy(): boolean {
  return true;
}

function isMountedIn({ spec }: PodTemplate, volume: string): boolean {
  return (
    isMountedInOne(spec.containers, volume) ||
    isMountedInOne(spec.initContainers, volume) ||
    isMountedInOne(spec.ephemeralContainers, volume)
  );
}

function isMountedInOne(containers: readonly Container[] | undefined, volume: string): boolean {
  return containers?.some((container) => mounts(container, volume)) === true;
}

export interface Automount {
  /** The volume of the pod that will be mounted, whatever it holds; undefined where a token volume will be added. */
  readonly volume: string | undefined;
  /** The paths of the containers that get the mount. */
  readonly containers: readonly string[];
}

/** What the API server will do to a pod when it is created; undefined for nothing. */
export function predictAutomount(pod: PodTemplate, account: AutomountSetting | undefined): Automount | undefined {
  if (isMirrorPod(pod)) return undefined;
  const isWanted = pod.spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true;
  if (!isWanted) return undefined;
  const containers: string[] = [];
  for (const { path, container } of containersOf(pod)) {
    if (!isEphemeral(path) && !hasDefaultPath(container)) containers.push(path);
  }
  if (containers.length === 0) return undefined;
  // Whoever gives a volume such a name gets it mounted in place of the token.
  return { volume: pod.spec.volumes?.find(isNamedAsAdded)?.name, containers };
}

function isNamedAsAdded({ name }: Volume): boolean {
  return name.startsWith('kube-api-access-');
}

/** They come later, by an update, in which nothing is mounted. */
function isEphemeral(path: string): boolean {
  return path.startsWith('spec.ephemeralContainers');
}

/** The plugin compares the text: with a slash at its end it is another path. */
function hasDefaultPath({ volumeMounts = NO_MOUNTS }: Container): boolean {
  return volumeMounts.some(({ mountPath }) => mountPath === DEFAULT_TOKEN_PATH);
}

function mounts({ volumeMounts = NO_MOUNTS }: Container, volume: string): boolean {
  return volumeMounts.some(({ name }) => name === volume);
}

const NO_MOUNTS: NonNullable<Container['volumeMounts']> = Object.freeze([]);
const NO_VOLUMES: readonly Volume[] = Object.freeze([]);

type ProjectedToken = NonNullable<
  NonNullable<NonNullable<Volume['projected']>['sources']>[number]['serviceAccountToken']
>;

/** Every token that the volumes of a pod project, for whomever it is. */
export function projectedTokensOf({ spec: { volumes = NO_VOLUMES } }: PodTemplate): readonly PlacedToken[] {
  const placed: PlacedToken[] = [];
  for (let index = 0; index < volumes.length; index += 1) {
    const { name = '', projected } = volumes[index] ?? {};
    if (projected?.sources === undefined) continue;
    for (const [place, { serviceAccountToken: token }] of projected.sources.entries()) {
      if (token === undefined) continue;
      placed.push({ path: placeOfToken(index, place), volume: name, token });
    }
  }
  return placed;
}

function placeOfToken(volume: number, source: number): string {
  return `spec.volumes[${volume}].projected.sources[${source}].serviceAccountToken`;
}

export interface PlacedToken {
  readonly path: string;
  readonly volume: string;
  readonly token: ProjectedToken;
}

/** The volume that the API server adds; Merlon's store leaves out the random end of its name. */
const ADDED_VOLUME = /^kube-api-access(-[a-z0-9]{5})?$/;

/**
 * @param index of the volume
 * @param added as of `findTokensOfVolumes`: it is mounted where clients look for a token
 */
function tokensOfVolume(
  pod: PodTemplate,
  volume: Volume,
  index: number,
  added: string | undefined,
): readonly MountedToken[] {
  const { name, secret, projected } = volume;
  if (secret !== undefined) {
    const isToken = isTokenOf(pod, secret.secretName) || isWhereTokenIs(pod, name, added);
    return isToken ? [{ path: `spec.volumes[${index}].secret`, by: 'secret', volume: name }] : NO_TOKENS;
  }
  const tokens: MountedToken[] = [];
  const { sources = [] } = projected ?? {};
  for (const [source, { serviceAccountToken }] of sources.entries()) {
    if (serviceAccountToken === undefined) continue;
    // An API server may have a name of its own: what stands where clients look for its token is taken for one.
    if (!isForApiServer(serviceAccountToken.audience) && !isWhereTokenIs(pod, name, added)) continue;
    const isRefused = pod.spec.automountServiceAccountToken === false;
    const isAdded = isAdmitted(pod) && !isRefused && ADDED_VOLUME.test(name);
    tokens.push(isAdded ? AUTOMOUNTED : { path: placeOfToken(index, source), by: 'projection', volume: name });
  }
  if (!sources.some(hasSecret)) return tokens;
  // Beside a token, what else is where clients look for one is something else, as a certificate.
  const isToken = tokens.length === 0 && isWhereTokenIs(pod, name, added);
  for (const [source, { secret: part }] of sources.entries()) {
    if (part === undefined || !(isToken || isTokenOf(pod, part.name))) continue;
    tokens.push({ path: `spec.volumes[${index}].projected.sources[${source}].secret`, by: 'secret', volume: name });
  }
  return tokens;
}

function hasSecret({ secret }: { readonly secret?: object }): boolean {
  return secret !== undefined;
}

/** Every name by which kubeadm and the large providers know their API servers; others know theirs by an URL of their own. */
const API_AUDIENCE = /^(https:\/\/)?kubernetes\.default(\.svc(\.[a-z0-9.-]+)?)?$/;

/** Without an audience a token is for the API server. What another name means the place tells, see `tokensOfVolume`. */
export function isForApiServer(audience: string | undefined): boolean {
  return audience === undefined || API_AUDIENCE.test(audience);
}

/**
 * What is in a Secret nobody reads: it is one of the account's tokens by the name that Kubernetes gave those before v1.24,
 * or because it stands where clients look for a token.
 */
function isTokenOf(pod: PodTemplate, secret: string | undefined): boolean {
  return secret !== undefined && isTokenSecretName(secret, accountNameOf(pod));
}

/** @param added as of `tokensOfVolume` */
function isWhereTokenIs(pod: PodTemplate, volume: string, added: string | undefined): boolean {
  if (added === volume) return true;
  return containersOf(pod).some(({ container: { volumeMounts = NO_MOUNTS } }) =>
    volumeMounts.some(({ name, mountPath }) => name === volume && AT_TOKEN_PATH.test(mountPath)),
  );
}

/** `web-token-x7k2p`: as the token controller named the Secret of every account before v1.24. */
export function isTokenSecretName(secret: string, account: string): boolean {
  return secret.startsWith(`${account}-token-`) && /^[a-z0-9]{5}$/.test(secret.slice(`${account}-token-`.length));
}
