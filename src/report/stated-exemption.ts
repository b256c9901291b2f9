/** Prints exemptions as YAML to keep in git, one document each. */
import { hash } from 'node:crypto';

import { EXEMPTION_KIND } from '../api/v1alpha1/cluster-hardening-exemption.ts';
import type { ClusterHardeningExemptionSpec } from '../api/v1alpha1/exemption.ts';
import { API_VERSION } from '../api/v1alpha1/group.ts';
import { OWN_EXEMPTION_KIND } from '../api/v1alpha1/hardening-exemption.ts';
import { flow, scalar } from './yaml-text.ts';

export interface StatedExemption {
  readonly name: string;
  readonly isOfCluster: boolean;
  /** Empty where kubectl is to say which. */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Without namespaces in its subjects where it is not the cluster's. */
  readonly spec: ClusterHardeningExemptionSpec;
}

export function* printStatedExemption({
  name,
  isOfCluster,
  namespace,
  labels,
  spec,
}: StatedExemption): Generator<string> {
  const { rules, subjects, ...rest } = spec;
  yield `apiVersion: ${API_VERSION}\nkind: ${isOfCluster ? EXEMPTION_KIND : OWN_EXEMPTION_KIND}\n`;
  yield `metadata:\n  name: ${scalar(name)}\n`;
  if (namespace !== undefined && namespace !== '') yield `  namespace: ${scalar(namespace)}\n`;
  if (labels !== undefined) yield `  labels: ${flow(labels)}\n`;
  yield `spec:\n  rules: ${flow(rules)}\n  subjects:\n`;
  for (const subject of subjects) yield `    - ${flow(subject)}\n`;
  for (const [field, value] of Object.entries(rest)) yield `  ${field}: ${scalar(value)}\n`;
}

/** Short enough to be read in a column. */
const MAX_LENGTH = 100;

/** A name for an object, of words that may hold anything: the same words give the same name, others another. */
export function makeExemptionName(...words: readonly string[]): string {
  const plain = words.filter((word) => word !== '').map(toName);
  const name = plain.join('-');
  const isTold = words.every((word) => word === '' || toName(word) === word.toLowerCase());
  if (isTold && name.length <= MAX_LENGTH) return name;
  // What was left out tells them apart.
  const rest = hash('sha256', JSON.stringify(words)).slice(0, 6);
  return `${name.slice(0, MAX_LENGTH).replace(/-+$/, '')}-${rest}`.replace(/^-/, '');
}

function toName(word: string): string {
  return word
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
