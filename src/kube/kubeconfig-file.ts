/**
 * One kubeconfig file, read as far as Merlon needs it.
 *
 * Source: client-go v0.37.2, tools/clientcmd/api/v1/types.go; relative paths are relative to the file.
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import { ConfigError } from './config-error.ts';
import { messageOf } from './request-error.ts';

export interface KubeconfigFile {
  readonly path: string;
  /** Empty where the file names none. */
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
}

/** @throws {ConfigError} if the file is none; @returns undefined if it does not exist */
export async function readKubeconfigFile(path: string): Promise<KubeconfigFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new ConfigError(`kubeconfig "${path}" cannot be read (${messageOf(error)})`, { cause: error });
  }
  const root = new KubeconfigEntry(`kubeconfig "${path}"`, path, text.trim() === '' ? {} : parseYaml(text, path));
  return {
    path,
    currentContext: root.string('current-context') ?? '',
    clusters: readEntries(root, path, 'clusters', 'cluster'),
    contexts: readEntries(root, path, 'contexts', 'context'),
    users: readEntries(root, path, 'users', 'user'),
  };
}

/** A mapping of the file; reading a field of a wrong type throws. */
export class KubeconfigEntry {
  /** For messages. */
  readonly where: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly #path: string;

  constructor(where: string, path: string, fields: Readonly<Record<string, unknown>>) {
    this.where = where;
    this.fields = fields;
    this.#path = path;
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  /** @returns undefined where the field is absent or empty */
  string(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string') throw this.#wrongType(name, 'a string; put it in quotes');
    return value;
  }

  boolean(name: string): boolean {
    const value = this.#get(name) ?? false;
    if (typeof value !== 'boolean') throw this.#wrongType(name, 'true or false');
    return value;
  }

  strings(name: string): readonly string[] {
    const value = this.#get(name) ?? [];
    if (!isStrings(value)) throw this.#wrongType(name, 'a list of strings');
    return value;
  }

  stringLists(name: string): Readonly<Record<string, readonly string[]>> {
    const value = this.#get(name) ?? {};
    if (!isRecord(value)) throw this.#wrongType(name, 'a mapping');
    return Object.fromEntries(
      Object.entries(value).map(([key, list]) => {
        if (!isStrings(list)) throw this.#wrongType(`${name}.${key}`, 'a list of strings');
        return [key, list];
      }),
    );
  }

  /** @returns the absolute path that the field holds */
  file(name: string): string | undefined {
    const value = this.string(name);
    return value === undefined ? undefined : resolve(dirname(this.#path), value);
  }

  entry(name: string): KubeconfigEntry | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!isRecord(value)) throw this.#wrongType(name, 'a mapping');
    return new KubeconfigEntry(`${this.where}, ${name}`, this.#path, value);
  }

  /** The text that the field holds in base64. */
  base64(name: string): string | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    if (!/^[A-Za-z0-9+/\s]+=*\s*$/.test(value)) throw this.#wrongType(name, 'base64');
    return Buffer.from(value, 'base64').toString('utf8');
  }

  #get(name: string): unknown {
    const value = Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
    return value === null ? undefined : value;
  }

  // The value itself is not shown: it may be a secret.
  #wrongType(name: string, expected: string): ConfigError {
    return new ConfigError(`${this.where}: "${name}" must be ${expected}`);
  }
}

function readEntries(
  root: KubeconfigEntry,
  path: string,
  list: string,
  field: string,
): ReadonlyMap<string, KubeconfigEntry> {
  const items = root.fields[list] ?? [];
  if (!Array.isArray(items)) throw new ConfigError(`${root.where}: "${list}" must be a list`);
  const entries = new Map<string, KubeconfigEntry>();
  for (const item of items as readonly unknown[]) {
    const name = isRecord(item) ? item['name'] : undefined;
    if (!isRecord(item) || typeof name !== 'string') {
      throw new ConfigError(`${root.where}: every item of "${list}" needs a "name" (a string)`);
    }
    if (entries.has(name)) throw new ConfigError(`${root.where}: "${list}" has two items named "${name}"`);
    entries.set(name, new KubeconfigEntry(`${root.where}, ${field} "${name}"`, path, entryFields(item[field])));
  }
  return entries;
}

function parseYaml(text: string, path: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = load(text);
  } catch (error) {
    // js-yaml's message shows lines of the file, which may hold a secret.
    const line =
      error instanceof Error && 'mark' in error ? (error.mark as { line?: number } | undefined)?.line : undefined;
    const place = line === undefined ? '' : ` (line ${line + 1})`;
    throw new ConfigError(`kubeconfig "${path}" is no YAML${place}`);
  }
  if (!isRecord(document)) throw new ConfigError(`kubeconfig "${path}" holds no mapping`);
  return document;
}

function entryFields(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
