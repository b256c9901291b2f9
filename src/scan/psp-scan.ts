/**
 * Judges the pods of manifests as PodSecurityPolicies would have. Which of the policies count for a pod is read from the
 * RBAC objects among the files; where these say nothing of it, each of them does.
 */
import { buildObjectSnapshot } from '../core/object-snapshot.ts';
import type { ObjectsByKind } from '../core/object-snapshot.ts';
import { MalformedField } from '../core/shape.ts';
import { findPolicyUse } from '../psp/policy-use.ts';
import type { Requester } from '../rbac/request.ts';
import type { InputProblem } from './input-problem.ts';
import { findKindMistake, judgedKind, projectManifest } from './judged-object.ts';
import type { JudgedObject } from './judged-object.ts';
import { Keeper } from './keeper.ts';
import type { LoadedManifest } from './manifest.ts';
import type { LeftOut } from './manifest-files.ts';
import { loadManifests } from './manifests.ts';
import type { ManifestInput } from './manifests.ts';
import { readPodDocument } from './pod-documents.ts';
import type { PodDocument } from './pod-documents.ts';
import {
  describePlace,
  describePolicy,
  loadPolicyDocuments,
  POLICY_KIND,
  readPolicyDocument,
} from './psp-documents.ts';
import type { LoadedPolicy, PolicyDocument } from './psp-documents.ts';
import { judgePod } from './psp-judgement.ts';
import type { PspResult } from './psp-judgement.ts';
import { UnjudgedKinds } from './unjudged-kinds.ts';
import type { UnjudgedKind } from './unjudged-kinds.ts';

export interface PspScan {
  readonly policies: readonly LoadedPolicy[];
  /** Whether RBAC objects told which policies count for which pod. */
  readonly isUseGiven: boolean;
  /** In the order of the files. */
  readonly results: readonly PspResult[];
  readonly problems: readonly InputProblem[];
  readonly leftOut: readonly LeftOut[];
  /** How many policies stand in the files that were judged, and are not asked. */
  readonly notAsked: number;
  /** What makes pods in a way that is not read: silence about it must not read as fine. */
  readonly notJudged: readonly UnjudgedKind[];
}

export interface PspScanOptions {
  /** Files and folders with the policies, or `-`. */
  readonly policies: readonly string[];
  /** Files, folders and `-` with what is to be judged. */
  readonly paths: readonly string[];
  /** Who creates the pods that no controller creates; undefined for nobody in particular. */
  readonly creator?: Requester;
}

export async function scanWithPolicies(options: PspScanOptions, input: ManifestInput): Promise<PspScan> {
  const loaded = await loadPolicyDocuments(options.policies, input);
  const policies: LoadedPolicy[] = [];
  const broken = [...loaded.problems, ...findRepetitions(loaded.policies)];
  for (const document of loaded.policies) {
    const read = readPolicyDocument(document);
    if ('policy' in read) policies.push(read);
    else broken.push(read);
  }
  if (loaded.policies.length === 0 && broken.length === 0) {
    broken.push({ path: options.policies.join(', '), reason: `holds no ${POLICY_KIND}` });
  }
  const subjects = new Subjects();
  for (const manifest of loaded.others) subjects.addRbac(manifest);
  const { problems, leftOut } = await subjects.addAll(options.paths, input);
  const use = findPolicyUse(buildObjectSnapshot({ objects: subjects.rbacByKind(), isWholeCluster: false }));
  const judge = {
    policies: policies.map(({ policy }) => policy),
    ...(use.isGiven ? { use } : {}),
    ...(options.creator === undefined ? {} : { creator: options.creator }),
    isWhole: broken.length === 0,
  };
  return {
    policies,
    isUseGiven: use.isGiven,
    results: subjects.pods.map((document) => judgePod(document, judge)),
    problems: [...broken, ...problems],
    leftOut: [...loaded.leftOut, ...leftOut],
    notAsked: subjects.policies,
    notJudged: subjects.notJudged(),
  };
}

/** A cluster holds one policy of a name. */
function* findRepetitions(documents: readonly PolicyDocument[]): Generator<InputProblem> {
  const seen = new Map<string, PolicyDocument>();
  for (const document of documents) {
    const earlier = seen.get(document.name);
    if (earlier === undefined) {
      seen.set(document.name, document);
      continue;
    }
    const { path, line } = document.place;
    const before = describePlace(earlier.place);
    yield {
      path,
      line,
      reason: `${describePolicy(document)} is already at ${before}, and a cluster has one of a name`,
    };
  }
}

const rbacKinds: ReadonlySet<string> = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);

/** What the files hold that matters, as small as it can be: they may be many. */
class Subjects {
  readonly #keeper = new Keeper();
  readonly #rbac: JudgedObject[] = [];
  readonly #unjudged = new UnjudgedKinds();
  readonly pods: PodDocument[] = [];
  policies = 0;

  async addAll(
    paths: readonly string[],
    input: ManifestInput,
  ): Promise<{ readonly problems: readonly InputProblem[]; readonly leftOut: readonly LeftOut[] }> {
    const problems: InputProblem[] = [];
    const leftOut: LeftOut[] = [];
    for await (const item of loadManifests(paths, input)) {
      if (item.type === 'problem') problems.push(item.problem);
      else if (item.type === 'leftOut') leftOut.push(item);
      else problems.push(...this.#add(item.manifest));
    }
    return { problems, leftOut };
  }

  *#add(manifest: LoadedManifest): Generator<InputProblem> {
    const { path, line } = manifest.place;
    try {
      const pod = readPodDocument(manifest, this.#keeper);
      if (pod !== undefined) this.pods.push(pod);
      else if (manifest.kind === POLICY_KIND) this.policies += 1;
      else if (!this.addRbac(manifest)) {
        if (judgedKind(manifest) !== undefined) return;
        const reason = findKindMistake(manifest);
        if (reason === undefined) this.#unjudged.add(manifest);
        else yield { path, line, reason };
      }
    } catch (error) {
      if (!(error instanceof MalformedField)) throw error;
      yield { path, line, reason: error.message };
    }
  }

  addRbac(manifest: LoadedManifest): boolean {
    const object = rbacKinds.has(manifest.kind) ? projectManifest(manifest, this.#keeper) : undefined;
    if (object !== undefined) this.#rbac.push(object);
    return object !== undefined;
  }

  notJudged(): readonly UnjudgedKind[] {
    return this.#unjudged.list().filter(({ holdsPodTemplate }) => holdsPodTemplate);
  }

  rbacByKind(): ObjectsByKind {
    return Object.fromEntries(
      [...Map.groupBy(this.#rbac, ({ kind }) => kind)].map(([kind, some]) => [kind, some.map(({ object }) => object)]),
    );
  }
}
