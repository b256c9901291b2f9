/** Whether a feature that can be turned off is on, as flags tell. */
import { readFlag } from '../server-flags.ts';
import type { ServerFlags } from '../server-flags.ts';
import { parseBoolean } from './witness.ts';

export interface FeatureGate {
  readonly name: string;
  /** From which minor version it is on by default and generally available: then AllAlpha and AllBeta are not about it. */
  readonly onSince: number;
}

/**
 * @returns undefined where flags do not tell
 * Source: k8s.io/component-base v0.37.2, featuregate: `Name=true`, or `kube:Name=true` with the component before it.
 */
export function readGate(flags: ServerFlags, { name, onSince }: FeatureGate, minor: number): boolean | undefined {
  const reading = readFlag(flags, 'feature-gates');
  if (reading.state === 'hidden' || reading.state === 'unknown') return undefined;
  const given = reading.state === 'set' ? reading.values.map(splitGate) : [];
  const said = new Set(given.filter((one) => one.name === name).map(({ isOn }) => isOn));
  if (said.size > 0) return said.size === 1 ? [...said][0] : undefined;
  const isOfMany = given.some((one) => one.name === 'AllAlpha' || one.name === 'AllBeta');
  return minor < onSince && isOfMany ? undefined : minor >= onSince;
}

function splitGate(text: string): { readonly name: string; readonly isOn: boolean | undefined } {
  const [, name = '', value = ''] = /^(?:.*:)?([^:=]*)=(.*)$/.exec(text) ?? [];
  return { name: name.trim(), isOn: parseBoolean(value.trim()) };
}
