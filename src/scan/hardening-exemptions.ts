/** Loads exemptions of both kinds from files. */
import { clusterHardeningExemption } from '../api/v1alpha1/cluster-hardening-exemption.ts';
import { API_VERSION } from '../api/v1alpha1/group.ts';
import { hardeningExemption } from '../api/v1alpha1/hardening-exemption.ts';
import { judgeExemption } from '../core/exemption.ts';
import type { AnyExemption, JudgedExemption } from '../core/exemption.ts';
import type { AnyRule } from '../core/rule.ts';
import type { InputProblem } from './input-problem.ts';
import type { LeftOut } from './manifest-files.ts';
import type { ManifestInput } from './manifests.ts';
import { loadMerlonObjects } from './merlon-objects.ts';
import type { MerlonObject, Understood } from './merlon-objects.ts';

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
  const { objects: exemptions, ...rest } = await loadMerlonObjects(inputs, input, {
    definitions: [clusterHardeningExemption, hardeningExemption],
    option: '--exemptions',
    understand: (object) => understandExemption(object, rules),
  });
  return { exemptions, ...rest };
}

function understandExemption(
  { kind, namespace, name, spec }: MerlonObject,
  rules: readonly AnyRule[],
): Understood<JudgedExemption> {
  // The schema says that it is one. When it was created no file can tell.
  const object = {
    apiVersion: API_VERSION,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec,
  } as AnyExemption;
  const vague = object.spec.subjects.findIndex((subject) => Object.keys(subject).length === 0);
  if (vague !== -1) {
    const path = `spec.subjects[${vague}]`;
    return { problem: { message: `${path} says nothing; for everything say name: "*"`, path } };
  }
  const judged = judgeExemption(object, rules);
  return judged.problem === undefined ? { value: judged } : { problem: judged.problem };
}
