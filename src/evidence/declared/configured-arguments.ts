/** Arguments of an API server as somebody's configuration in YAML holds them: read with bounds, every value as the text it is. */
import { FAILSAFE_SCHEMA, load } from 'js-yaml';

import { parseFlags } from '../arguments.ts';
import type { ServerFlags } from '../server-flags.ts';

export interface ConfigurationBounds {
  /** What its apiVersion begins with. */
  readonly apiGroup: string;
  readonly maxCharacters: number;
  readonly maxArguments: number;
}

/**
 * @param text the configuration, as YAML
 * @param pairsOf names and values of arguments in it, whatever they are; undefined where they cannot be any
 * @returns undefined for what is none of that group, is too large, or holds anything but texts
 */
export function readConfiguredFlags(
  text: unknown,
  { apiGroup, maxCharacters, maxArguments }: ConfigurationBounds,
  pairsOf: (configuration: unknown) => readonly (readonly unknown[])[] | undefined,
): Pick<ServerFlags, 'values' | 'hidden'> | undefined {
  if (typeof text !== 'string' || text.length > maxCharacters) return undefined;
  try {
    const configuration: unknown = load(text, { schema: FAILSAFE_SCHEMA });
    const version = fieldOf(configuration, 'apiVersion');
    if (typeof version !== 'string' || !version.startsWith(apiGroup)) return undefined;
    const pairs = pairsOf(configuration);
    if (pairs === undefined || pairs.length > maxArguments || !pairs.every(isArgument)) return undefined;
    const { values, hidden } = parseFlags(pairs.map(([name, value]) => `--${name}=${value}`));
    return { values, hidden };
  } catch {
    return undefined;
  }
}

/** @returns undefined where there is none, also of what is no object */
export function fieldOf(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, name)
    ? (object as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function isArgument(pair: readonly unknown[]): pair is readonly [string, string] {
  return pair.every((word) => typeof word === 'string') && /^[\w-]+$/.test(String(pair[0]));
}
