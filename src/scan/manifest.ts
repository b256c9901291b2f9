/**
 * Turns a document into the Kubernetes objects that it holds, as kubectl's unstructured decoder does: anything with
 * `items` is a list and unfolds, whatever its kind is called.
 */
import { basename, dirname, resolve } from 'node:path';
import type { Shape } from '../core/shape.ts';
import { DocumentRefused } from './input-problem.ts';
import type { StreamDocument } from './document-stream.ts';
import { parseFieldPath } from './field-path.ts';
import type { FieldStep } from './field-path.ts';
import type { NumberStore } from './entry-list.ts';
import type { FieldLines } from './field-lines.ts';

/** An object of any kind, not checked further than kind and name. */
export interface LoadedManifest {
  readonly apiVersion: string;
  readonly kind: string;
  /** As written; absent is `default` for a kind with namespaces. */
  readonly namespace?: string;
  /** `generateName: web-` is shown as `web-*`. */
  readonly name: string;
  readonly place: ManifestPlace;
  /** The way to the object in its document: empty unless it is an item of a list. */
  readonly steps: readonly FieldStep[];
  /** The object as JSON would hold it; shared where the text used aliases, so never to be changed. */
  readonly json: JsonObject;
}

/** Where an object was written. */
export class ManifestPlace {
  /** As the user named it, extended by the path inside a named folder; `-` is standard input. */
  readonly path: string;
  /** Where the object starts, counted from 1. */
  readonly line: number;
  readonly #lines: FieldLines;
  /** The way to the object in its document. */
  readonly #steps: readonly FieldStep[];

  constructor(path: string, lines: FieldLines, steps: readonly FieldStep[]) {
    this.path = path;
    this.line = lines.lineOf(steps);
    this.#lines = lines;
    this.#steps = steps;
  }

  /**
   * @param path of a field, such as `spec.containers[0].image`
   * @returns its line counted from 1; for an absent field that of its nearest parent
   */
  lineOf(path: string): number {
    return this.#lines.lineOf([...this.#steps, ...parseFieldPath(path)]);
  }

  /** The same place, without what it knows of fields that no rule sees. */
  select(shape: Shape, store: NumberStore): ManifestPlace {
    return new ManifestPlace(this.path, this.#lines.select(this.#steps, shape, store), noSteps);
  }
}

const noSteps: readonly FieldStep[] = [];

export type JsonObject = Readonly<Record<string, unknown>>;

/** What kubectl fills in where an item of a list says nothing of itself: a PodList holds Pods. */
interface ListItemDefaults {
  readonly apiVersion: unknown;
  readonly kind: string;
}

/** Lists nested in lists deeper than this are refused. */
const maxListDepth = 20;

/** @returns the objects of a document, and a refusal for each thing in it that is none; nothing for an empty document */
export function* readManifests(document: StreamDocument, path: string): Generator<LoadedManifest | DocumentRefused> {
  if (document.value === null) return;
  const place = { path, lines: document.lines, steps: [] };
  const buildFile = readBuildFile(place, document.value);
  if (buildFile === undefined) yield* unfold(place, document.value, undefined);
  else yield buildFile;
}

/** Where in which file a part of a document stands. */
interface Place {
  readonly path: string;
  readonly lines: FieldLines;
  readonly steps: readonly FieldStep[];
}

function* unfold(
  place: Place,
  value: unknown,
  defaults: ListItemDefaults | undefined,
): Generator<LoadedManifest | DocumentRefused> {
  if (!isJsonObject(value)) {
    yield refused(place, `is ${describe(value)}, not a Kubernetes object`);
    return;
  }
  const json = withDefaults(value, defaults);
  const { kind, apiVersion, items } = json;
  if (typeof kind !== 'string' || kind === '') {
    yield refused(place, `has ${describeField('kind', kind)}, so it is no Kubernetes object`);
  } else if (items === undefined) {
    yield readObject(place, json, kind);
  } else if (!Array.isArray(items) && items !== null) {
    yield refused({ ...place, steps: [...place.steps, 'items'] }, '"items" must be a list');
  } else if (place.steps.length >= 2 * maxListDepth) {
    yield refused(place, `lists nest more than ${maxListDepth} levels deep`);
  } else {
    const itemDefaults = { apiVersion, kind: kind.replace(/List$/, '') };
    for (const [index, item] of (items ?? []).entries()) {
      yield* unfold({ ...place, steps: [...place.steps, 'items', index] }, item, itemDefaults);
    }
  }
}

function withDefaults(json: JsonObject, defaults: ListItemDefaults | undefined): JsonObject {
  const isSilent = isEmpty(json['kind']) && isEmpty(json['apiVersion']);
  if (defaults === undefined || !isSilent || defaults.kind === '') return json;
  return { ...json, apiVersion: defaults.apiVersion, kind: defaults.kind };
}

function readObject(place: Place, json: JsonObject, kind: string): LoadedManifest | DocumentRefused {
  const { apiVersion, metadata } = json;
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    return refused(place, `${kind} has ${describeField('apiVersion', apiVersion)}`);
  }
  const meta = isJsonObject(metadata) ? metadata : {};
  const name = nameOf(meta);
  if (name === undefined) {
    return refused(
      inMetadata(place),
      `${kind} has no name: "metadata.name" or "metadata.generateName" must be a string`,
    );
  }
  const { namespace } = meta;
  if (!isEmpty(namespace) && typeof namespace !== 'string') {
    return refused(inMetadata(place), `${kind} "${name}" has ${describeField('metadata.namespace', namespace)}`);
  }
  const identity = { apiVersion, kind, name, json };
  return buildManifest(
    place,
    typeof namespace === 'string' && namespace !== '' ? { ...identity, namespace } : identity,
  );
}

/**
 * A kustomization or a Chart.yaml tells a tool how to make manifests and is none itself. It is given on with its own
 * kind, so that it is counted among what was not judged, and is no problem of the input.
 */
function readBuildFile(place: Place, value: unknown): LoadedManifest | undefined {
  if (!isJsonObject(value)) return undefined;
  const { apiVersion, kind, name } = value;
  const file = basename(place.path);
  if (isEmpty(kind) && file === 'Chart.yaml' && typeof apiVersion === 'string' && typeof name === 'string') {
    return buildManifest(place, { json: value, apiVersion, kind: 'Chart', name });
  }
  const isSilent = isEmpty(kind) && isEmpty(apiVersion) && /^kustomization(\.ya?ml)?$/i.test(file);
  const isKustomize = typeof apiVersion === 'string' && apiVersion.startsWith('kustomize.config.k8s.io/');
  if (!isSilent && !(isKustomize && typeof kind === 'string')) return undefined;
  return buildManifest(place, {
    json: value,
    apiVersion: isKustomize ? apiVersion : 'kustomize.config.k8s.io/v1beta1',
    kind: typeof kind === 'string' && kind !== '' ? kind : 'Kustomization',
    name: basename(dirname(resolve(place.path))),
  });
}

function buildManifest(
  { path, lines, steps }: Place,
  identity: Omit<LoadedManifest, 'place' | 'steps'>,
): LoadedManifest {
  return { ...identity, place: new ManifestPlace(path, lines, steps), steps };
}

function nameOf({ name, generateName }: JsonObject): string | undefined {
  if (typeof name === 'string' && name !== '') return name;
  const hasPrefix = isEmpty(name) && typeof generateName === 'string' && generateName !== '';
  return hasPrefix ? `${generateName}*` : undefined;
}

function inMetadata(place: Place): Place {
  return { ...place, steps: [...place.steps, 'metadata'] };
}

function refused(place: Place, reason: string): DocumentRefused {
  return new DocumentRefused(place.lines.lineOf(place.steps), reason);
}

function describeField(field: string, value: unknown): string {
  return isEmpty(value) ? `no "${field}"` : `${describe(value)} as "${field}"`;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
