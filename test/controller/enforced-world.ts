/** An API server that holds admission policies and shows them to a watch, the controller before it, and other people. */
import { isDeepStrictEqual } from 'node:util';

import { EnforcementController } from '../../src/controller/enforcement-controller.ts';
import { ClusterStore } from '../../src/controller/store.ts';
import { kindNames, kinds } from '../../src/core/kinds.ts';
import { PolicyMerger } from '../../src/core/policy-merge.ts';
import { project } from '../../src/core/project.ts';
import { oneServer } from '../../src/core/server-evidence.ts';
import type { Fact, Unobserved } from '../../src/core/evidence.ts';
import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import type { ExemptionTerms } from '../../src/core/exemption-terms.ts';
import type { JudgedExemption } from '../../src/core/exemption.ts';
import type { EffectivePolicy } from '../../src/core/policy.ts';
import type { PodTemplate } from '../../src/core/pod-template.ts';
import type { AnyRule } from '../../src/core/rule.ts';
import { privileged } from '../../src/rules/pod/privileged.ts';
import type { EnforcementWriter, TryOutcome, WriteOutcome } from '../../src/enforcement/plan/enforcement-writer.ts';
import { planEnforcement } from '../../src/enforcement/plan/planned-enforcement.ts';
import { buildManifests } from '../../src/enforcement/plan/planned-policy.ts';
import type { EnforcementManifest, PlannedPolicy } from '../../src/enforcement/plan/planned-policy.ts';
import { predictImagePulls } from '../../src/enforcement/plan/predicted-pod.ts';
import { buildReplacement } from '../../src/enforcement/plan/stored-object.ts';
import type { EnforcedRef, StoredObject } from '../../src/enforcement/plan/stored-object.ts';
import { mergeJson } from './merged-json.ts';
import { FakeClock } from './fake-clock.ts';
import { fullEvidence } from '../core/evidence-samples.ts';

type Stated = NonNullable<ClusterHardeningPolicySpec['enforcement']>;

export const HOUR_MS = 60 * 60_000;

export const exec: Stated = { mode: 'deny' };

export class EnforcedWorld {
  readonly clock = new FakeClock();
  readonly store: ClusterStore;
  readonly controller: EnforcementController;
  readonly objects = new Map<string, StoredObject & { readonly spec: unknown }>();
  readonly writes: string[] = [];
  reads = 0;
  /** Pods that were tried. */
  tries = 0;
  /** Told that the posture may say something else. */
  changes = 0;
  mayWrite = true;
  /** Whether there is such a kind. */
  isServed = true;
  /** Whether the role is bound. */
  isAllowed = true;
  /** Kinds for which another role would have to be bound. */
  forbiddenKinds: readonly EnforcedRef['kind'][] = [];
  /** What the server makes of a spec that it is given. */
  admit: (spec: unknown) => unknown = (spec) => spec;
  refusal: string | undefined;
  guardProblem: string | undefined;
  /** What becomes of a pod that is tried under the canary, instead of what should. */
  tried: (name: string) => TryOutcome | undefined = () => undefined;
  /** What the API server makes of the spec of a pod where nothing changes it. */
  defaulted: (spec: PodTemplate['spec']) => PodTemplate['spec'] = (spec) => spec;
  /** What it makes of a pod under the canary that sets something. */
  changed: (pod: PodTemplate) => PodTemplate = predictImagePulls;
  /** How long the API server takes to learn of a policy. */
  learnsInMs = 900;
  readonly #since = new Map<string, number>();
  policy: EffectivePolicy | undefined;
  exemptions: readonly JudgedExemption[] | undefined = [];
  terms = DEFAULT_EXEMPTION_TERMS;
  termsInNamespaces: ExemptionTerms | undefined = DEFAULT_EXEMPTION_TERMS;
  /** Whether the API server asks admission policies. Shown with the next `setMinor`. */
  plugin: Fact<boolean> | Unobserved = { value: true, source: 'a test', confidence: 'high', detail: '' };
  /** The same of policies that set something. */
  settingPlugin = this.plugin;
  readonly #merger: PolicyMerger;
  /** Whether the watch shows what is written; what it did not show it shows later. */
  #isShowing = true;
  #version = 0;

  constructor(minor: number | undefined = 37, rules: readonly AnyRule[] = [privileged]) {
    this.#merger = new PolicyMerger(rules);
    this.store = new ClusterStore((change) => {
      this.controller.noteChange(change);
    });
    const nothing = (): void => undefined;
    this.controller = new EnforcementController({
      rules,
      writer: this.#writer(),
      snapshot: () => this.store,
      policy: () => this.policy,
      exemptions: () => this.exemptions,
      exemptionTermsAnywhere: () => this.terms,
      exemptionTermsIn: () => this.termsInNamespaces,
      mayWrite: () => this.mayWrite,
      onChange: () => {
        this.changes += 1;
      },
      clock: this.clock,
      log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
      queue: { concurrency: 1, minIntervalMs: 20, firstRetryMs: 100, maxRetryMs: 1000 },
    });
    for (const source of kindNames) this.store.observe({ source, state: 'observed', message: '' });
    this.setMinor(minor);
    this.say({});
  }

  /** Everything looked at. @param stated what the one policy says */
  static async at(stated: Stated, minor?: number): Promise<EnforcedWorld> {
    const world = new EnforcedWorld(minor);
    world.say(stated);
    world.controller.start();
    await world.rest();
    return world;
  }

  say(stated: Stated): void {
    const policy = { name: 'p', generation: 1, spec: { enforcement: stated } };
    this.policy = this.#merger.merge([policy], []).policy;
  }

  /** Another process, with what stands. */
  async restart(): Promise<EnforcedWorld> {
    const next = new EnforcedWorld();
    next.policy = this.policy;
    for (const [key, object] of this.objects) next.put(key, object);
    next.controller.start();
    await next.rest();
    return next;
  }

  async change(stated: Stated): Promise<void> {
    this.say(stated);
    this.controller.review();
    await this.rest();
  }

  async rest(ms = 1000): Promise<void> {
    await this.clock.advance(ms);
  }

  /** @param minor undefined where the API server does not answer */
  setMinor(minor: number | undefined): void {
    if (minor === undefined) {
      this.store.setEvidence(oneServer({}, 'a:6443'));
      return;
    }
    const fact = { value: minor, source: 'a test', confidence: 'high', detail: '' } as const;
    const plugins = { validatingAdmissionPolicy: this.plugin, mutatingAdmissionPolicy: this.settingPlugin };
    this.store.setEvidence(oneServer(fullEvidence({ minorVersion: fact, ...plugins }), 'a:6443'));
  }

  /** As the watch stays behind. */
  hideWrites(): void {
    this.#isShowing = false;
  }

  get condition(): string {
    const { condition } = this.controller.summary() ?? {};
    return condition === undefined ? 'not known' : `${condition.status} ${condition.reason}`;
  }

  get message(): string {
    return this.controller.summary()?.condition.message ?? '';
  }

  /** The names of what stands. */
  get names(): readonly string[] {
    return [...this.objects.values()].map(({ metadata }) => metadata.name).toSorted();
  }

  /** Whether what stands is just what is planned. */
  get isAsPlanned(): boolean {
    const planned = buildManifests(this.#planned());
    return (
      planned.length === this.objects.size &&
      planned.every(({ kind, metadata, spec }) =>
        isDeepStrictEqual(this.objects.get(`${kind}/${metadata.name}`)?.spec, JSON.parse(JSON.stringify(spec))),
      )
    );
  }

  /** Somebody else changes an object. @param key as `ValidatingAdmissionPolicy/merlon-exec-guard` */
  async edit(key: string, spec: object, manager = 'kubectl-edit'): Promise<void> {
    const { metadata, spec: before } = this.#objectAt(key);
    const managedFields = [...(metadata.managedFields ?? []), { manager, operation: 'Update' }];
    this.put(key, { metadata: { ...metadata, managedFields }, spec: { ...(before as object), ...spec } });
    await this.rest();
  }

  async unlabel(key: string): Promise<void> {
    const { metadata, spec } = this.#objectAt(key);
    this.put(key, { metadata: { ...metadata, labels: {} }, spec });
    await this.rest();
  }

  async delete(key: string): Promise<void> {
    this.#drop(key);
    await this.rest();
  }

  /** As somebody applies what is printed. */
  applyPrinted(manager = 'kubectl'): void {
    for (const manifest of buildManifests(this.#planned())) {
      const managedFields = [{ manager, operation: 'Apply' }];
      const { name, labels } = manifest.metadata;
      const metadata = { name, labels, managedFields, uid: name, resourceVersion: '' };
      this.put(`${manifest.kind}/${name}`, { metadata, spec: manifest.spec });
    }
  }

  #planned(): readonly PlannedPolicy[] {
    const { enforcement, rules } = this.policy ?? fail('nothing is said');
    return planEnforcement(enforcement, { rules, minor: 37, exemptions: [] }).policies;
  }

  put(key: string, { metadata, spec }: StoredObject): void {
    const before = this.objects.get(key);
    const generation = (before?.metadata.generation ?? 0) + (isDeepStrictEqual(before?.spec, spec) ? 0 : 1);
    this.#version += 1;
    const object = {
      metadata: { ...metadata, generation, resourceVersion: String(this.#version) },
      spec: JSON.parse(JSON.stringify(spec)) as unknown,
    };
    this.objects.set(key, object);
    this.#since.set(key, this.#since.get(key) ?? this.clock.now());
    this.#show(key, object);
  }

  #show(key: string, object: StoredObject): void {
    if (!this.#isShowing) return;
    const kind = kindOf(key);
    this.store.upsert(kind, this.store.intern(kind, project(kinds[kind].shape, { kind, ...object })));
  }

  #drop(key: string): void {
    const { metadata } = this.#objectAt(key);
    this.objects.delete(key);
    this.#since.delete(key);
    if (this.#isShowing) this.store.remove(kindOf(key), { metadata });
  }

  #objectAt(key: string) {
    return this.objects.get(key) ?? fail(`there is no ${key}`);
  }

  #mayTouch(kind: EnforcedRef['kind']): boolean {
    return this.isAllowed && !this.forbiddenKinds.includes(kind);
  }

  #attempt(verb: string, key: string, act: () => unknown): Promise<WriteOutcome> {
    if (!this.#mayTouch(kindOf(key))) return Promise.resolve({ outcome: 'forbidden', message: `cannot ${verb}` });
    if (!this.isServed && verb === 'apply') return Promise.resolve({ outcome: 'unserved' });
    if (this.refusal !== undefined) return Promise.resolve({ outcome: 'refused', message: this.refusal });
    this.writes.push(`${verb} ${key}`);
    act();
    const object = this.objects.get(key);
    return Promise.resolve(object === undefined ? { outcome: 'gone' } : { outcome: 'written', object });
  }

  #writer(): EnforcementWriter {
    const keyOf = ({ kind, name }: EnforcedRef): string => `${kind}/${name}`;
    const keyOfManifest = ({ kind, metadata }: EnforcementManifest): string => `${kind}/${metadata.name}`;
    return {
      read: (ref) => {
        this.reads += 1;
        if (!this.#mayTouch(ref.kind)) return Promise.resolve({ outcome: 'forbidden', message: 'cannot get' });
        const object = this.objects.get(keyOf(ref));
        return Promise.resolve(object === undefined ? { outcome: 'gone' } : { outcome: 'read', object });
      },
      apply: (manifest) => {
        const key = keyOfManifest(manifest);
        const { name, labels } = manifest.metadata;
        const managedFields = [{ manager: 'merlon-enforcer', operation: 'Apply' }];
        const metadata = { name, labels, managedFields, uid: `${key} ${this.#version}`, resourceVersion: '' };
        return this.#attempt('apply', key, () => {
          this.put(key, { metadata, spec: this.admit(manifest.spec) });
        });
      },
      replace: (manifest, stored) => {
        const key = keyOfManifest(manifest);
        const { metadata } = this.#objectAt(key);
        if (metadata.resourceVersion !== stored.metadata.resourceVersion) {
          return Promise.resolve({ outcome: 'conflict' });
        }
        const patch = buildReplacement(manifest, stored) as { readonly spec: unknown };
        return this.#attempt('replace', key, () => {
          this.put(key, { metadata, spec: this.admit(mergeJson(this.#objectAt(key).spec, patch.spec)) });
        });
      },
      findGuardProblem: () => Promise.resolve(this.guardProblem),
      tryPod: (pod) => {
        this.tries += 1;
        const { metadata, spec } = pod as Tried;
        const { name } = metadata;
        const isBound = (key: string): boolean =>
          this.clock.now() - (this.#since.get(key) ?? Number.POSITIVE_INFINITY) >= this.learnsInMs;
        const isAsked = name !== 'merlon-silent' && name !== 'merlon-outspoken';
        const isRefused =
          isAsked && name !== 'merlon-harmless' && isBound('ValidatingAdmissionPolicyBinding/merlon-canary-deny');
        const isChanged = !isAsked && isBound('MutatingAdmissionPolicyBinding/merlon-canary-on');
        const stored: PodTemplate = { spec: this.defaulted(spec) };
        const message = `pods "${name}" is forbidden: ValidatingAdmissionPolicy 'merlon-canary' with binding 'merlon-canary-deny' denied request`;
        return Promise.resolve(
          this.tried(name) ??
            (isRefused
              ? { outcome: 'refused', message }
              : { outcome: 'passed', pod: isChanged ? this.changed(stored) : stored }),
        );
      },
      remove: async (ref) => {
        const result = await this.#attempt('remove', keyOf(ref), () => {
          this.#drop(keyOf(ref));
        });
        return result.outcome === 'written' ? { outcome: 'gone' } : result;
      },
    };
  }
}

interface Tried {
  readonly metadata: { readonly name: string };
  readonly spec: PodTemplate['spec'];
}

function kindOf(key: string): EnforcedRef['kind'] {
  return key.slice(0, key.indexOf('/')) as EnforcedRef['kind'];
}

function fail(message: string): never {
  throw new Error(message);
}
