/**
 * What the name of an image means: which registry it is pulled from, and what chooses its content there. `nginx` is
 * `docker.io/library/nginx:latest`, and `localhost/nginx` is not of Docker Hub.
 *
 * Each part is held against an expression that can match in one way only, so that the time is linear in the length.
 *
 * Source: github.com/distribution/reference v0.6.0, `ParseNormalizedNamed`, as kubelet and containerd call it, with the
 * digests of github.com/opencontainers/go-digest v1.0.0. CRI-O looks up names without a registry in its registries.conf.
 */
import { celLiteral } from '../../enforcement/plan/cel.ts';

export interface ImageReference {
  /** In lower case, with the port if there is one: `docker.io`, `registry.example:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** `library/nginx` */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:…` */
  readonly digest: string | undefined;
  /** No registry is named, so that the runtime chooses it. */
  readonly isShort: boolean;
}

/** What is pulled where neither tag nor digest is named. */
export const DEFAULT_TAG = 'latest';

const DEFAULT_REGISTRY = 'docker.io';
const LEGACY_DEFAULT_REGISTRY = 'index.docker.io';
const MAX_REPOSITORY_LENGTH = 255;

const IMAGE_ID = /^[a-f0-9]{64}$/;
/** In either case, as the next one is in lower case. */
const host = String.raw`(?:[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)*|\[[a-f0-9:]+\])(?::[0-9]+)?`;
const repository = '[a-z0-9]+(?:(?:[/.]|__?|-+)[a-z0-9]+)*';
const HOST = new RegExp(`^${host}$`, 'i');
const REPOSITORY = new RegExp(`^${repository}$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;

/** @returns undefined for what no kubelet accepts: it starts no container of such an image */
export function parseImageReference(text: string): ImageReference | undefined {
  const first = text.slice(0, Math.max(text.indexOf('/'), 0));
  const isShort = !isRegistry(first);
  const rest = isShort ? text : text.slice(first.length + 1);
  // Neither name nor tag holds an `@`, and no name a colon.
  const [tagged, digest] = cut(rest, '@');
  const [name, tag] = cut(tagged, ':');
  const registry = isShort || first === LEGACY_DEFAULT_REGISTRY ? DEFAULT_REGISTRY : first;
  const repository = registry === DEFAULT_REGISTRY && !name.includes('/') ? `library/${name}` : name;
  const isValid =
    isName(registry, repository) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest)) &&
    !IMAGE_ID.test(text);
  return isValid ? { registry: registry.toLowerCase(), repository, tag, digest, isShort } : undefined;
}

/** Repositories are in lower case, so that a first part which is not must be the name of a host. */
function isRegistry(first: string): boolean {
  return first === 'localhost' || first.includes('.') || first.includes(':') || first.toLowerCase() !== first;
}

function isName(registry: string, repository: string): boolean {
  if (registry === DEFAULT_REGISTRY || HOST.test(registry)) {
    return repository.length <= MAX_REPOSITORY_LENGTH && REPOSITORY.test(repository);
  }
  // No name of a host has an underscore: the parser then takes all of it for the repository, and who pulls it the first
  // part for the registry all the same.
  const whole = `${registry}/${repository}`;
  return whole.length <= MAX_REPOSITORY_LENGTH && REPOSITORY.test(whole);
}

/** What is before the first `mark`, and what is behind it; undefined where there is none. */
function cut(text: string, mark: string): readonly [string, string | undefined] {
  const index = text.indexOf(mark);
  return index === -1 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

/**
 * Whether `parseImageReference` understands a name that has neither tag nor digest: the same in CEL.
 * @param name an expression of CEL, short, as it is written often
 * @param mayBeImageId whether it is all that is written: then one that looks like the id of an image is no name
 */
export function printIsName(name: string, mayBeImageId: boolean): string {
  const isHost = `${name}.matches(${celLiteral(`^(?i:${host})/${repository}$`)})`;
  // Of a host that no name of a host can be, all is the repository; Docker Hub's have at least two parts.
  const isRegistry = `${name}.matches('^(localhost|[^/]*[.:A-Z][^/]*)/')`;
  const isOfficial = String.raw`${name}.matches('^((index\\.)?docker\\.io/)?[^/]*$')`;
  const isImageId = mayBeImageId ? ` && !${name}.matches(${celLiteral(IMAGE_ID.source)})` : '';
  const before = `(${isHost} && ${isRegistry} ? ${name}.indexOf('/') + 1 : 0)`;
  return `(${isHost} || ${name}.matches(${celLiteral(`^${repository}$`)}))${isImageId} &&
    ${name}.size() - ${before} + (${isOfficial} ? 8 : 0) <= ${MAX_REPOSITORY_LENGTH}`;
}
