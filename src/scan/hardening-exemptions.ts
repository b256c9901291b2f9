/**
 * Loads exemptions of both kinds from files. No API server has seen them: they are held against their schema as it would
 * do it, and then against the rules, as the operator does.
 */
import { clusterHardeningExemption, EXEMPTION_KIND } from '../api/v1alpha1/cluster-hardening-exemption.ts';
import { API_VERSION } from '../api/v1alpha1/group.ts';
import { hardeningExemption, OWN_EXEMPTION_KIND } from '../api/v1alpha1/hardening-exemption.ts';
import { judgeExemption } from '../core/exemption.ts';
import type { AnyExemption, JudgedExemption } from '../core/exemption.ts';
import type { AnyRule } from '../core/rule.ts';
import { findSchemaProblem } from '../core/schema-problem.ts';
import type { InputProblem } from './input-problem.ts';
import { isJsonObject } from './manifest.ts';
import type { LoadedManifest, ManifestPlace } from './manifest.ts';
import type { LeftOut } from './manifest-files.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestInput } from './manifests.ts';
import { ownText } from './own-text.ts';

export interface LoadedExemptions {
  /** Those in which nothing is wrong. */
  readonly exemptions: readonly JudgedExemption[];
  readonly problems: readonly InputProblem[];
  readonly leftOut: readonly LeftOut[];
}

/** @param inputs files and folders that hold exemptions and nothing else, and `-` */
export async function loadHardeningExemptions(
  inputs: readonly string[],
  input: ManifestInput,
  rules: readonly AnyRule[],
): Promise<LoadedExemptions> {
  const exemptions: JudgedExemption[] = [];
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
      const { kind, namespace = '', name, place } = item.manifest;
      const key = JSON.stringify([kind, namespace, name]);
      const read = readExemption(item.manifest, places.get(key), rules);
      if ('reason' in read) problems.push(read);
      else exemptions.push(read);
      if (!places.has(key)) places.set(key, place);
    }
    if (isEmpty) problems.push({ path, reason: `no ${EXEMPTION_KIND} or ${OWN_EXEMPTION_KIND} is there` });
  }
  return { exemptions, problems, leftOut };
}

function readExemption(
  manifest: LoadedManifest,
  earlier: ManifestPlace | undefined,
  rules: readonly AnyRule[],
): JudgedExemption | InputProblem {
  const { kind, namespace, name, place, json } = manifest;
  const described = namespace === undefined ? `${kind} "${name}"` : `${kind} "${namespace}/${name}"`;
  const refuse = (reason: string, path = ''): InputProblem => ({
    path: place.path,
    line: place.lineOf(path),
    reason: ownText(reason),
  });
  const identity = findIdentityProblem(manifest);
  if (identity !== undefined) return refuse(identity);
  if (earlier !== undefined) {
    return refuse(`${described} is already at ${earlier.path}:${earlier.line}, and a cluster has one of a name`);
  }
  const { schema } = kind === EXEMPTION_KIND ? clusterHardeningExemption : hardeningExemption;
  const { spec } = json;
  const wrong = findSchemaProblem(schema, { spec }, '');
  if (wrong !== undefined) return refuse(`${described}: ${wrong.message}`, wrong.path);
  // The schema says that it is one. When it was created no file can tell.
  const object = {
    apiVersion: API_VERSION,
    kind,
    metadata: { name: ownText(name), ...(namespace === undefined ? {} : { namespace: ownText(namespace) }) },
    spec,
  } as AnyExemption;
  const vague = object.spec.subjects.findIndex((subject) => Object.keys(subject).length === 0);
  if (vague !== -1) {
    const path = `spec.subjects[${vague}]`;
    return refuse(`${described}: ${path} says nothing; for everything say name: "*"`, path);
  }
  const judged = judgeExemption(object, rules);
  return judged.problem === undefined ? judged : refuse(`${described}: ${judged.problem.message}`, judged.problem.path);
}

function findIdentityProblem({ apiVersion, kind, namespace, name, json }: LoadedManifest): string | undefined {
  if (kind !== EXEMPTION_KIND && kind !== OWN_EXEMPTION_KIND) {
    return `${kind} "${name}" is no ${EXEMPTION_KIND} or ${OWN_EXEMPTION_KIND}: --exemptions takes nothing else`;
  }
  if (apiVersion !== API_VERSION) return `there is no ${kind} in "${apiVersion}"; write apiVersion ${API_VERSION}`;
  const metadata = isJsonObject(json['metadata']) ? json['metadata'] : {};
  if (metadata['name'] !== name) return `a ${kind} needs a "metadata.name"`;
  if (kind === OWN_EXEMPTION_KIND && namespace === undefined) {
    return `${kind} "${name}" needs a "metadata.namespace": it is about that namespace`;
  }
  return kind === EXEMPTION_KIND && namespace !== undefined ? `a ${kind} has no "metadata.namespace"` : undefined;
}
