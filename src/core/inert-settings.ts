/** What a policy says that decides nothing anywhere, because stronger policies say otherwise wherever it applies. */
import { isDeepStrictEqual } from 'node:util';

import type { GeneralSettings, PolicyLayer } from './policy-layer.ts';
import type { Said } from './said.ts';
import type { MergedPolicy } from './policy-merge.ts';

export interface InertSetting {
  /** The field: `spec.rules[0].severity`. */
  readonly path: string;
  /** What decides instead, somewhere. */
  readonly by: Said<unknown>;
}

/** @param scopes what the policies of each scope that it selects came to */
export function findInertSettings(layer: PolicyLayer, scopes: readonly MergedPolicy[]): readonly InertSetting[] {
  const effective = new Set<string>();
  const inert = new Map<string, InertSetting>();
  for (const { settings } of scopes) {
    for (const [said, decided] of pairs(layer, settings)) {
      if (isDeepStrictEqual(said.value, decided.value)) effective.add(said.path);
      else inert.set(said.path, { path: said.path, by: decided });
    }
  }
  return [...inert.values()].filter(({ path }) => !effective.has(path));
}

/** What it says, and what is decided. */
function* pairs(layer: PolicyLayer, settings: PolicyLayer): Generator<readonly [Said<unknown>, Said<unknown>]> {
  for (const [rule, said] of layer.states) {
    // Of a profile it is told as a whole.
    if (said.path !== layer.general.profile?.path) yield* pair(said, settings.states.get(rule));
  }
  for (const [rule, said] of layer.severities) yield* pair(said, settings.severities.get(rule));
  for (const [rule, set] of layer.params) {
    for (const [name, said] of set) yield* pair(said, settings.params.get(rule)?.get(name));
  }
  for (const [name, said] of Object.entries(layer.general) as [keyof GeneralSettings, Said<unknown>][]) {
    // Of these all count together.
    if (name !== 'never' && name !== 'namespacesOut') yield* pair(said, settings.general[name]);
  }
}

function* pair(
  said: Said<unknown>,
  decided: Said<unknown> | undefined,
): Generator<readonly [Said<unknown>, Said<unknown>]> {
  if (decided !== undefined) yield [said, decided];
}
