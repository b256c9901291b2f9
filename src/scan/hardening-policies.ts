/**
 * Loads ClusterHardeningPolicies and HardeningPolicies from files. No API server has seen them: they are held against their schema as it would
 * do it, unknown fields included, and then against the rules, as the operator does.
 */
import { clusterHardeningPolicy, POLICY_KIND, policySpecSchema } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterHardeningPolicySpec } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { API_VERSION } from '../api/v1alpha1/group.ts';
import { hardeningPolicy, OWN_POLICY_KIND, ownPolicySpecSchema } from '../api/v1alpha1/hardening-policy.ts';
import type { HardeningPolicySpec } from '../api/v1alpha1/hardening-policy.ts';
import type { CrdSchema, ObjectSchema } from '../api/v1alpha1/schema.ts';
import type { AcceptedOwnPolicy } from '../core/own-policy.ts';
import { DEFAULT_POLICY_NAME } from '../core/policy.ts';
import { findOwnPolicyProblem, findPolicyProblem } from '../core/policy-problem.ts';
import type { AcceptedPolicy } from '../core/policy.ts';
import type { AnyRule } from '../core/rule.ts';
import { findSchemaProblem } from '../core/schema-problem.ts';
import type { InputProblem } from './input-problem.ts';
import { isJsonObject } from './manifest.ts';
import type { JsonObject, LoadedManifest, ManifestPlace } from './manifest.ts';
import type { LeftOut } from './manifest-files.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestInput } from './manifests.ts';
import { ownText } from './own-text.ts';

export interface LoadedPolicies {
  /** Those in which nothing is wrong. */
  readonly policies: readonly AcceptedPolicy[];
  /** Those of namespaces. */
  readonly ownPolicies: readonly AcceptedOwnPolicy[];
  readonly problems: readonly InputProblem[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * @param inputs files and folders that hold policies and nothing else, and `-`
 * @param takesOther whether another object may be there too; by default none
 */
export async function loadHardeningPolicies(
  inputs: readonly string[],
  input: ManifestInput,
  rules: readonly AnyRule[],
  takesOther: (manifest: LoadedManifest) => boolean = () => false,
): Promise<LoadedPolicies> {
  const policies: AcceptedPolicy[] = [];
  const ownPolicies: AcceptedOwnPolicy[] = [];
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
      const { manifest } = item;
      if (takesOther(manifest)) continue;
      const key = keyOf(manifest);
      const read = readPolicy(manifest, places.get(key), rules);
      if ('reason' in read) problems.push(read);
      else if ('namespace' in read) ownPolicies.push(read);
      else policies.push(read);
      if (!places.has(key)) places.set(key, manifest.place);
    }
    if (isEmpty) problems.push({ path, reason: `no ${POLICY_KIND} or ${OWN_POLICY_KIND} is there` });
  }
  return { policies, ownPolicies, problems, leftOut };
}

function keyOf({ kind, namespace = '', name }: LoadedManifest): string {
  return JSON.stringify([kind, namespace, name]);
}

function readPolicy(
  manifest: LoadedManifest,
  earlier: ManifestPlace | undefined,
  rules: readonly AnyRule[],
): AcceptedPolicy | AcceptedOwnPolicy | InputProblem {
  const { kind, namespace, name, place, json } = manifest;
  const described = kind === OWN_POLICY_KIND ? `${kind} "${namespace ?? ''}/${name}"` : `${kind} "${name}"`;
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
  const body = withoutNulls(bodyOf(json));
  const { schema } = kind === POLICY_KIND ? clusterHardeningPolicy : hardeningPolicy;
  const wrong = findSchemaProblem(schema, body, '');
  if (wrong !== undefined) return refuse(`${described}: ${wrong.message}`, wrong.path);
  const { spec } = body;
  const version = { name: ownText(name), generation: 0 };
  if (namespace === undefined && isSpec(spec)) {
    const problem = findPolicyProblem(spec, rules);
    return problem === undefined ? { ...version, spec } : refuse(`${described}: ${problem.message}`, problem.path);
  }
  if (namespace === undefined || !isOwnSpec(spec)) return refuse(`${described}: spec cannot be read`);
  const problem = findOwnPolicyProblem(spec, namespace, rules);
  return problem === undefined
    ? { ...version, namespace: ownText(namespace), spec }
    : refuse(`${described}: ${problem.message}`, problem.path);
}

function findIdentityProblem({ apiVersion, kind, namespace, name, json }: LoadedManifest): string | undefined {
  if (kind !== POLICY_KIND && kind !== OWN_POLICY_KIND) {
    return `${kind} "${name}" is no ${POLICY_KIND} or ${OWN_POLICY_KIND}: --policy takes nothing else`;
  }
  if (apiVersion !== API_VERSION) {
    return `there is no ${kind} in "${apiVersion}"; write apiVersion ${API_VERSION}`;
  }
  const metadata = isJsonObject(json['metadata']) ? json['metadata'] : {};
  if (metadata['name'] !== name) return `a ${kind} needs a "metadata.name"`;
  if (kind === OWN_POLICY_KIND && namespace === undefined) {
    return `${kind} "${name}" needs a "metadata.namespace": it is about that namespace`;
  }
  if (kind === POLICY_KIND && namespace !== undefined) return `a ${kind} has no "metadata.namespace"`;
  if (kind === POLICY_KIND && name === DEFAULT_POLICY_NAME)
    return `"${name}" is the name of the built-in policy; choose another`;
  return name.length <= 253 && DNS_SUBDOMAIN.test(name)
    ? undefined
    : `"${name}" is no name for an object: lower-case letters, digits, "-" and "." are allowed`;
}

/** Source: k8s.io/apimachinery v0.37.2, pkg/util/validation (`IsDNS1123Subdomain`). */
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What people write; a status, in what comes out of a cluster, says nothing of what they want. */
function bodyOf(json: JsonObject): JsonObject {
  const { apiVersion, kind, metadata, status, ...body } = json;
  return body;
}

/** To the API server null is absent where there is a default. */
function withoutNulls(body: JsonObject): JsonObject {
  const { spec } = body;
  if (!isJsonObject(spec)) return body;
  const entries = Object.entries(spec).filter(([field, value]) => value !== null || !hasDefault(field));
  return { ...body, spec: Object.fromEntries(entries) };
}

function hasDefault(field: string): boolean {
  const { properties }: ObjectSchema = policySpecSchema;
  return Object.hasOwn(properties, field) && 'default' in (properties[field] ?? {});
}

/** The type says what the schema says. */
function isOwnSpec(spec: unknown): spec is HardeningPolicySpec {
  return isValid(ownPolicySpecSchema, spec);
}

function isSpec(spec: unknown): spec is ClusterHardeningPolicySpec {
  return isValid(policySpecSchema, spec);
}

function isValid(schema: CrdSchema, spec: unknown): boolean {
  return findSchemaProblem(schema, spec, 'spec') === undefined;
}
