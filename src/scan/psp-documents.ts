/**
 * Loads PodSecurityPolicies from files. What else is in the files is handed on: RBAC objects often stand beside them.
 */
import { findPolicyGaps } from '../psp/policy-gaps.ts';
import type { PolicyGaps } from '../psp/policy-gaps.ts';
import { policyFields } from '../psp/policy-shape.ts';
import { readPodSecurityPolicy } from '../psp/read-pod-security-policy.ts';
import type { PodSecurityPolicy } from '../psp/pod-security-policy.ts';
import { MalformedField } from '../core/shape.ts';
import type { InputProblem } from './input-problem.ts';
import { isJsonObject } from './manifest.ts';
import type { JsonObject, LoadedManifest, ManifestPlace } from './manifest.ts';
import type { LeftOut } from './manifest-files.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestInput } from './manifests.ts';

export const POLICY_KIND = 'PodSecurityPolicy';
/** Under which Kubernetes served them until 1.25 and until 1.16. */
const policyVersions = ['policy/v1beta1', 'extensions/v1beta1'] as const;

/** A document that is a policy, read or not. */
export interface PolicyDocument {
  readonly name: string;
  readonly place: ManifestPlace;
  readonly json: JsonObject;
}
export interface LoadedPolicy extends PolicyDocument {
  readonly policy: PodSecurityPolicy;
  readonly gaps: PolicyGaps;
}

export interface LoadedDocuments {
  readonly policies: readonly PolicyDocument[];
  readonly others: readonly LoadedManifest[];
  readonly problems: readonly InputProblem[];
  readonly leftOut: readonly LeftOut[];
}

/** @param inputs files, folders and `-` */
export async function loadPolicyDocuments(inputs: readonly string[], input: ManifestInput): Promise<LoadedDocuments> {
  const policies: PolicyDocument[] = [];
  const others: LoadedManifest[] = [];
  const problems: InputProblem[] = [];
  const leftOut: LeftOut[] = [];
  for await (const item of loadManifests(inputs, input)) {
    if (item.type === 'problem') problems.push(item.problem);
    else if (item.type === 'leftOut') leftOut.push(item);
    else if (item.manifest.kind !== POLICY_KIND) others.push(item.manifest);
    else if (isServed(item.manifest)) policies.push(toDocument(item.manifest));
    else problems.push(wrongVersion(item.manifest));
  }
  return { policies, others, problems, leftOut };
}

function isServed({ apiVersion }: LoadedManifest): boolean {
  return policyVersions.some((version) => version === apiVersion);
}

function wrongVersion({ apiVersion, place }: LoadedManifest): InputProblem {
  const reason = `Kubernetes knew no ${POLICY_KIND} in "${apiVersion}"; write apiVersion ${policyVersions[0]}`;
  return { path: place.path, line: place.line, reason };
}

function toDocument({ name, place, json }: LoadedManifest): PolicyDocument {
  // It may have a generateName, and a name in the end.
  const metadata = isJsonObject(json['metadata']) ? json['metadata'] : {};
  return { name, place, json: { ...json, metadata: { ...metadata, name } } };
}

/** @returns the policy, or what is wrong with it and where */
export function readPolicyDocument(document: PolicyDocument): LoadedPolicy | InputProblem {
  const problem = (field: string, message: string): InputProblem => ({
    path: document.place.path,
    line: document.place.lineOf(field),
    reason: `${describePolicy(document)}: ${message}`,
  });
  const gaps = findPolicyGaps(document.json['spec']);
  const [unknown] = gaps.unknownFields;
  if (unknown !== undefined) {
    const field = `spec.${unknown}`;
    // What is mistyped would ask nothing; kubectl refuses it, too.
    return problem(field, `"${field}" is no field of a ${POLICY_KIND}; there are ${policyFields.join(', ')}`);
  }
  try {
    return { ...document, policy: readPodSecurityPolicy(document.json), gaps };
  } catch (error) {
    if (!(error instanceof MalformedField)) throw error;
    return problem(error.path, error.message);
  }
}

/** `PodSecurityPolicy "restricted"` */
export function describePolicy({ name }: { readonly name: string }): string {
  return `${POLICY_KIND} "${name}"`;
}

/** `psp.yaml:7` */
export function describePlace({ path, line }: ManifestPlace): string {
  return `${path}:${line}`;
}
