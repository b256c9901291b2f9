/**
 * Judges the pods of manifests, and the templates of what makes pods, as Pod Security admission does: each kind that it
 * looks into, PodTemplate included.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, admission/admission.go (`DefaultPodSpecExtractor`).
 */
import { workloadKinds } from '../core/owners.ts';
import type { OwnerKind } from '../core/owners.ts';
import { apiVersionOf, kinds } from '../core/kinds.ts';
import type { KindName } from '../core/kinds.ts';
import type { PodTemplate } from '../core/pod-template.ts';
import { project } from '../core/project.ts';
import { MalformedField, message, required } from '../core/shape.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import { fillDefaults } from '../pod-security/defaulting.ts';
import { evaluatePodSecurity } from '../pod-security/evaluate.ts';
import type { FailedCheck, Level, PodSecurityVerdict } from '../pod-security/evaluate.ts';
import type { PolicyVersion } from '../pod-security/version.ts';
import type { InputProblem } from './input-problem.ts';
import { completeManifest, defaultNamespace, findKindMistake, judgedKind } from './judged-object.ts';
import type { JsonObject, LoadedManifest } from './manifest.ts';
import type { LeftOut } from './manifest-files.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestInput } from './manifests.ts';
import { ownText } from './own-text.ts';
import { UnjudgedKinds } from './unjudged-kinds.ts';
import type { UnjudgedKind } from './unjudged-kinds.ts';

export interface PodSecurityScan {
  /** One for each pod and each workload, in the order of the input. */
  readonly results: readonly PodSecurityResult[];
  readonly problems: readonly InputProblem[];
  readonly leftOut: readonly LeftOut[];
  /** What holds no pod, or none that the API server would look at. */
  readonly notJudged: readonly UnjudgedKind[];
}

export interface PodSecurityResult {
  readonly subject: SubjectRef;
  readonly path: string;
  /** Where the object begins; or, where something in it cannot be read, that. */
  readonly line: number;
  /** Or why there is none, as a sentence: something in the pod cannot be read. */
  readonly verdict: KeptVerdict | { readonly error: string };
}

export interface KeptVerdict extends Pick<PodSecurityVerdict, 'allowed' | 'text'> {
  readonly checks: readonly Pick<FailedCheck, 'id' | 'reason' | 'detail'>[];
}

/** @param inputs files, folders and `-` */
export async function scanPodSecurity(
  inputs: readonly string[],
  level: Level,
  version: PolicyVersion,
  input: ManifestInput,
): Promise<PodSecurityScan> {
  const results: PodSecurityResult[] = [];
  const problems: InputProblem[] = [];
  const leftOut: LeftOut[] = [];
  const unjudged = new UnjudgedKinds();
  for await (const item of loadManifests(inputs, input)) {
    if (item.type === 'problem') {
      problems.push(item.problem);
      continue;
    }
    if (item.type === 'leftOut') {
      leftOut.push(item);
      continue;
    }
    const { manifest } = item;
    const source = findPodSource(manifest);
    const mistake = source === undefined ? findKindMistake(manifest) : undefined;
    if (source !== undefined) results.push(judge(manifest, source, level, version));
    else if (mistake === undefined) unjudged.add(manifest);
    else problems.push({ path: manifest.place.path, line: manifest.place.line, reason: ownText(mistake) });
  }
  return { results, problems, leftOut, notJudged: unjudged.list() };
}

/** How to get at the pod of a kind of object. */
interface PodSource {
  readonly apiVersion: string;
  readonly kind: string;
  /** @throws {MalformedField} where the way to the pod is malformed */
  readonly read: (manifest: LoadedManifest) => PodTemplate;
}

const { template } = kinds.Deployment.shape.fields.spec.shape.fields;
const bare = message({ template });
const templated = message({ spec: required(2, bare) });
const scheduled = message({ spec: required(2, message({ jobTemplate: required(5, templated) })) });

const readers: Readonly<Record<OwnerKind | 'Pod', (json: JsonObject) => PodTemplate>> = {
  Pod: (json) => project(kinds.Pod.shape, json),
  Deployment: readTemplate,
  ReplicaSet: readTemplate,
  StatefulSet: readTemplate,
  DaemonSet: readTemplate,
  Job: readTemplate,
  CronJob: (json) => project(scheduled, json).spec.jobTemplate.spec.template,
  ReplicationController: readTemplate,
};

function readTemplate(json: JsonObject): PodTemplate {
  return project(templated, json).spec.template;
}

/** Nothing in a cluster makes pods of it, and no rule is about it, but the API server looks into it all the same. */
const podTemplate: PodSource = {
  apiVersion: 'v1',
  kind: 'PodTemplate',
  read: ({ json }) => {
    // What is filled in is the same for every template.
    const filled = fillDefaults('ReplicationController', { spec: { template: json['template'] } });
    return project(bare, filled['spec']).template;
  },
};

/** @returns undefined for what holds no pod that the API server looks at */
function findPodSource(manifest: LoadedManifest): PodSource | undefined {
  const { apiVersion, kind } = manifest;
  if (kind === podTemplate.kind && apiVersion === podTemplate.apiVersion) return podTemplate;
  const judged = judgedKind(manifest);
  if (judged === undefined || !isPodKind(judged)) return undefined;
  return {
    apiVersion: apiVersionOf(kinds[judged]),
    kind: judged,
    read: (one) => readers[judged](completeManifest(one, judged)),
  };
}

function isPodKind(kind: KindName): kind is OwnerKind | 'Pod' {
  return workloadKinds.some((name) => name === kind);
}

function judge(manifest: LoadedManifest, source: PodSource, level: Level, version: PolicyVersion): PodSecurityResult {
  const { name, namespace = defaultNamespace, place } = manifest;
  const { apiVersion, kind } = source;
  const subject = { apiVersion, kind, namespace: ownText(namespace), name: ownText(name) };
  const { path, line } = place;
  try {
    const pod = source.read(manifest);
    const verdict = evaluatePodSecurity(level, version, pod);
    // It would not even be decoded: of such a pod nothing may be said that sounds like a pass.
    if (verdict.allowed) assertWhole(pod);
    return { subject, path, line, verdict: keep(verdict) };
  } catch (error) {
    if (!(error instanceof MalformedField)) throw error;
    return { subject, path, line: place.lineOf(error.path), verdict: { error: ownText(error.message) } };
  }
}

/** Without the memory of the document, and without the places that nobody asks for. */
function keep({ allowed, text, checks }: PodSecurityVerdict): KeptVerdict {
  return {
    allowed,
    text: ownText(text),
    checks: checks.map(({ id, reason, detail }) => ({ id, reason: ownText(reason), detail: ownText(detail) })),
  };
}

/** @throws {MalformedField} if a field is malformed, whether a check reads it or not */
function assertWhole(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const field of Object.values(value)) assertWhole(field);
}
