/**
 * Loads what people write for Merlon, policies or exemptions, from files. No API server has seen it: it is held against its
 * schema as that would do it, unknown fields included, and then against the rules, as the operator does.
 */
import { API_VERSION } from '../api/v1alpha1/group.ts';
import type { CrdDefinition, ObjectSchema } from '../api/v1alpha1/schema.ts';
import { isObjectName } from '../core/object-name.ts';
import { findSchemaProblem } from '../core/schema-problem.ts';
import type { InputProblem } from './input-problem.ts';
import { isJsonObject } from './manifest.ts';
import type { JsonObject, LoadedManifest, ManifestPlace } from './manifest.ts';
import type { LeftOut } from './manifest-files.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestInput } from './manifests.ts';
import { ownText } from './own-text.ts';

/** What its schema admits. */
export interface MerlonObject {
  readonly kind: string;
  /** Of the kind that is namespaced, and of no other. */
  readonly namespace?: string;
  readonly name: string;
  readonly spec: unknown;
}

/** What is wrong with one beyond its schema. */
export interface FieldProblem {
  readonly message: string;
  /** `spec.rules[0]`; empty for the object as a whole. */
  readonly path: string;
}

/** What one came to. */
export type Understood<T> = { readonly value: T } | { readonly problem: FieldProblem };

export interface MerlonKinds<T> {
  /** The kind that is cluster-scoped, and the one of namespaces. */
  readonly definitions: readonly [cluster: CrdDefinition, own: CrdDefinition];
  /** What the files were given to: `--policy`. */
  readonly option: string;
  readonly understand: (object: MerlonObject) => Understood<T>;
  /** Whether another object may be there too; by default none. */
  readonly takesOther?: (manifest: LoadedManifest) => boolean;
}

export interface LoadedObjects<T> {
  /** Those in which nothing is wrong. */
  readonly objects: readonly T[];
  readonly problems: readonly InputProblem[];
  readonly leftOut: readonly LeftOut[];
}

/** @param inputs files and folders that hold objects of those kinds and nothing else, and `-` */
export async function loadMerlonObjects<T>(
  inputs: readonly string[],
  input: ManifestInput,
  kinds: MerlonKinds<T>,
): Promise<LoadedObjects<T>> {
  const objects: T[] = [];
  const problems: InputProblem[] = [];
  const leftOut: LeftOut[] = [];
  const places = new Map<string, ManifestPlace>();
  for (const path of inputs) {
    let isEmpty = true;
    for await (const item of loadManifests([path], input)) {
      if (item.type === 'leftOut') {
        leftOut.push(item);
        continue;
      }
      isEmpty = false;
      if (item.type === 'problem') {
        problems.push(item.problem);
        continue;
      }
      const { manifest } = item;
      if (kinds.takesOther?.(manifest) === true) continue;
      const { kind, namespace = '', name, place } = manifest;
      const key = JSON.stringify([kind, namespace, name]);
      const understood = understandManifest(manifest, places.get(key), kinds);
      if ('value' in understood) objects.push(understood.value);
      else problems.push(locate(understood.problem, place));
      if (!places.has(key)) places.set(key, place);
    }
    if (isEmpty) problems.push({ path, reason: `no ${nameKinds(kinds.definitions)} is there` });
  }
  return { objects, problems, leftOut };
}

function locate({ message, path }: FieldProblem, place: ManifestPlace): InputProblem {
  return { path: place.path, line: place.lineOf(path), reason: ownText(message) };
}

function understandManifest<T>(
  manifest: LoadedManifest,
  earlier: ManifestPlace | undefined,
  { definitions, option, understand }: MerlonKinds<T>,
): Understood<T> {
  const { kind, namespace, name, json } = manifest;
  const refuse = (message: string, path = ''): Understood<T> => ({ problem: { message, path } });
  const definition = definitions.find((one) => one.kind === kind);
  if (definition === undefined) {
    return refuse(`${kind} "${name}" is no ${nameKinds(definitions)}: ${option} takes nothing else`);
  }
  const identity = findIdentityProblem(manifest, definition);
  if (identity !== undefined) return refuse(identity);
  const described = namespace === undefined ? `${kind} "${name}"` : `${kind} "${namespace}/${name}"`;
  if (earlier !== undefined) {
    return refuse(`${described} is already at ${earlier.path}:${earlier.line}, and a cluster has one of a name`);
  }
  const { schema } = definition;
  const body = withoutNulls(bodyOf(json), schema);
  const wrong = findSchemaProblem(schema, body, '');
  if (wrong !== undefined) return refuse(`${described}: ${wrong.message}`, wrong.path);
  const understood = understand({
    kind,
    name: ownText(name),
    ...(namespace === undefined ? {} : { namespace: ownText(namespace) }),
    spec: body['spec'],
  });
  if ('value' in understood) return understood;
  return refuse(`${described}: ${understood.problem.message}`, understood.problem.path);
}

function nameKinds(definitions: readonly CrdDefinition[]): string {
  return definitions.map(({ kind }) => kind).join(' or ');
}

function findIdentityProblem(
  { apiVersion, kind, namespace, name, json }: LoadedManifest,
  { scope }: CrdDefinition,
): string | undefined {
  if (apiVersion !== API_VERSION) return `there is no ${kind} in "${apiVersion}"; write apiVersion ${API_VERSION}`;
  const metadata = isJsonObject(json['metadata']) ? json['metadata'] : {};
  if (metadata['name'] !== name) return `a ${kind} needs a "metadata.name"`;
  if (scope === 'Namespaced' && namespace === undefined) {
    return `${kind} "${name}" needs a "metadata.namespace": it is about that namespace`;
  }
  if (scope === 'Cluster' && namespace !== undefined) return `a ${kind} has no "metadata.namespace"`;
  return isObjectName(name)
    ? undefined
    : `"${name}" is no name for an object: lower-case letters, digits, "-" and "." are allowed`;
}

/** What people write; a status, in what comes out of a cluster, says nothing of what they want. */
function bodyOf(json: JsonObject): JsonObject {
  const { apiVersion, kind, metadata, status, ...body } = json;
  return body;
}

/** To the API server null is absent where there is a default. */
function withoutNulls(body: JsonObject, { properties: { spec: schema } }: ObjectSchema): JsonObject {
  const { spec } = body;
  if (!isJsonObject(spec) || schema?.type !== 'object' || !('properties' in schema)) return body;
  const { properties } = schema;
  const hasDefault = (field: string): boolean =>
    Object.hasOwn(properties, field) && 'default' in (properties[field] ?? {});
  const entries = Object.entries(spec).filter(([field, value]) => value !== null || !hasDefault(field));
  return { ...body, spec: Object.fromEntries(entries) };
}
