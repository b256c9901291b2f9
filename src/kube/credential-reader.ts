/**
 * Reads credentials for requests. Files are read again when what is known of them is old, since Kubernetes replaces a
 * pod's token long before it expires, and at once when the API server has refused them.
 *
 * Source: client-go rest/token_source.go (a minute, surrounding white space removed).
 */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../core/clock.ts';
import type { Credentials, CredentialSource, Material } from './cluster-config.ts';

export interface CredentialReader {
  /** @throws if a file cannot be read or a plug-in fails and nothing is known from before */
  read(): Promise<Credentials>;
  /** Makes the next `read` ask the source again. */
  invalidate(): void;
}

/** @param maxAgeMs how old what was read from files may be */
export function openCredentials(
  sources: readonly CredentialSource[],
  clock: Clock,
  maxAgeMs: number,
): CredentialReader {
  const readers = sources.map((source) =>
    source.kind === 'plugin'
      ? source.plugin
      : new CachedCredentials(() => readCredentials(source), clock, isFixed(source) ? Infinity : maxAgeMs),
  );
  return {
    async read() {
      return Object.assign({}, ...(await Promise.all(readers.map((reader) => reader.read())))) as Credentials;
    },
    invalidate() {
      for (const reader of readers) reader.invalidate();
    },
  };
}

class CachedCredentials implements CredentialReader {
  readonly #readSource: () => Promise<Credentials>;
  readonly #clock: Clock;
  readonly #maxAgeMs: number;
  #known: { readonly credentials: Credentials; readonly readAt: number } | undefined;
  #isRefused = false;
  #reading: Promise<Credentials> | undefined;

  constructor(readSource: () => Promise<Credentials>, clock: Clock, maxAgeMs: number) {
    this.#readSource = readSource;
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
  }

  async read(): Promise<Credentials> {
    const known = this.#known;
    if (known !== undefined && !this.#isRefused && this.#clock.now() - known.readAt < this.#maxAgeMs) {
      return known.credentials;
    }
    this.#reading ??= this.#refresh().finally(() => {
      this.#reading = undefined;
    });
    try {
      return await this.#reading;
    } catch (error) {
      // A file that is being replaced may be missing for a moment; what it held is still good.
      if (known === undefined) throw error;
      return known.credentials;
    }
  }

  invalidate(): void {
    this.#isRefused = true;
  }

  async #refresh(): Promise<Credentials> {
    const credentials = await this.#readSource();
    this.#known = { credentials, readAt: this.#clock.now() };
    this.#isRefused = false;
    return credentials;
  }
}

type StoredCredentials = Exclude<CredentialSource, { kind: 'plugin' }>;

async function readCredentials(source: StoredCredentials): Promise<Credentials> {
  switch (source.kind) {
    case 'token':
      return { authorization: `Bearer ${(await readMaterial(source.token)).trim()}` };
    case 'basic':
      return {
        authorization: `Basic ${Buffer.from(`${source.username}:${source.password}`).toString('base64')}`,
      };
    case 'client-certificate':
      return {
        certificatePem: await readMaterial(source.certificate),
        keyPem: await readMaterial(source.key),
      };
  }
}

/** @throws {Error} if the file cannot be read */
export async function readMaterial(material: Material): Promise<string> {
  return 'text' in material ? material.text : await readFile(material.file, 'utf8');
}

function isFixed(source: StoredCredentials): boolean {
  switch (source.kind) {
    case 'basic':
      return true;
    case 'token':
      return 'text' in source.token;
    case 'client-certificate':
      return 'text' in source.certificate && 'text' in source.key;
  }
}
