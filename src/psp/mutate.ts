/**
 * What PodSecurityPolicy sets in a pod before it looks at it: only where nothing is set, and what is set stays.
 *
 * Source: kubernetes v1.24, pkg/security/podsecuritypolicy/provider.go (MutatePod) and its strategies.
 */
import { APPARMOR_ANNOTATION_PREFIX, SECCOMP_POD_ANNOTATION } from '../core/pod-shape.ts';
import type { Container, PodSecurityContext, SecurityContext } from '../core/pod-shape.ts';
import { annotationPath, containerLists } from './pod.ts';
import type { PlacedContainer, Pod } from './pod.ts';
import { appArmorOfContainer, seccompOfPod } from './pod-profiles.ts';
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import { fieldOfProfile } from './profile-rule.ts';

export interface Mutation {
  readonly path: string;
  /** What stands there now. */
  readonly value: unknown;
}

export interface Mutated {
  /** The same pod where nothing is mutated; never changed in place. */
  readonly pod: Pod;
  readonly mutations: readonly Mutation[];
}

/** @throws {MalformedField} */
export function mutate(policy: PodSecurityPolicy, pod: Pod): Mutated {
  const mutator = new PodMutator(policy, pod);
  return mutator.mutate();
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

class PodMutator {
  readonly #policy: PodSecurityPolicy;
  readonly #pod: Pod;
  readonly #mutations: Mutation[] = [];
  readonly #annotations: Record<string, string>;

  constructor(policy: PodSecurityPolicy, pod: Pod) {
    this.#policy = policy;
    this.#pod = pod;
    this.#annotations = { ...pod.metadata?.annotations };
  }

  mutate(): Mutated {
    const { spec } = this.#pod;
    const securityContext = this.#mutatePodContext(spec.securityContext ?? {});
    const runtimeClassName = this.#mutateRuntimeClass();
    const lists = containerLists.flatMap((list) => {
      const containers = spec[list];
      if (containers === undefined) return [];
      const mutated = containers.map((container, index) =>
        this.#mutateContainer({ path: `spec.${list}[${index}]`, container }, securityContext),
      );
      return [[list, mutated] as const];
    });
    if (this.#mutations.length === 0) return { pod: this.#pod, mutations: [] };
    return {
      pod: {
        metadata: { ...this.#pod.metadata, annotations: this.#annotations },
        spec: {
          ...spec,
          securityContext,
          ...Object.fromEntries(lists),
          ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
        },
      },
      mutations: this.#mutations,
    };
  }

  #note(path: string, value: unknown): void {
    this.#mutations.push({ path, value });
  }

  /** Sets a field that is not set, where the policy has something for it. */
  #fill<T extends object, K extends keyof T & string>(draft: T, field: K, value: T[K] | undefined, path: string): void {
    if (draft[field] !== undefined || value === undefined) return;
    draft[field] = value;
    this.#note(`${path}.${field}`, value);
  }

  #mutatePodContext(context: PodSecurityContext): PodSecurityContext {
    const { supplementalGroups, fsGroup, seLinux } = this.#policy;
    const path = 'spec.securityContext';
    const draft: Draft<PodSecurityContext> = { ...context };
    const group = requiredMinimum(supplementalGroups);
    this.#fill(draft, 'supplementalGroups', group === undefined ? undefined : [group], path);
    this.#fill(draft, 'fsGroup', requiredMinimum(fsGroup), path);
    if (seLinux?.rule === 'MustRunAs') this.#fill(draft, 'seLinuxOptions', seLinux.options, path);
    this.#setSeccomp(draft);
    return draft;
  }

  /** For the pod alone: a container that has a profile of its own keeps it. */
  #setSeccomp(draft: Draft<PodSecurityContext>): void {
    const profile = this.#policy.seccomp.default;
    if (profile === undefined || seccompOfPod(this.#pod).some(({ name }) => name !== '')) return;
    draft.seccompProfile = fieldOfProfile(profile);
    this.#annotations[SECCOMP_POD_ANNOTATION] = profile;
    this.#note(annotationPath(SECCOMP_POD_ANNOTATION), profile);
  }

  #mutateRuntimeClass(): string | undefined {
    const standard = this.#policy.runtimeClass?.default;
    if (standard === undefined || this.#pod.spec.runtimeClassName !== undefined) return undefined;
    this.#note('spec.runtimeClassName', standard);
    return standard;
  }

  #mutateContainer(placed: PlacedContainer, ofPod: PodSecurityContext): Container {
    const { container } = placed;
    const policy = this.#policy;
    const before = this.#mutations.length;
    const path = `${placed.path}.securityContext`;
    const draft: Draft<SecurityContext> = { ...container.securityContext };
    if (ofPod.runAsUser === undefined) this.#fill(draft, 'runAsUser', requiredMinimum(policy.runAsUser), path);
    if (ofPod.runAsGroup === undefined) this.#fill(draft, 'runAsGroup', requiredMinimum(policy.runAsGroup), path);
    const isUserSet = (draft.runAsUser ?? ofPod.runAsUser) !== undefined;
    if (policy.runAsUser?.rule === 'MustRunAsNonRoot' && !isUserSet && ofPod.runAsNonRoot === undefined) {
      this.#fill(draft, 'runAsNonRoot', true, path);
    }
    this.#mutateCapabilities(draft, path);
    if (policy.readOnlyRootFilesystem) this.#fill(draft, 'readOnlyRootFilesystem', true, path);
    this.#fill(draft, 'allowPrivilegeEscalation', policy.defaultAllowPrivilegeEscalation, path);
    if (!policy.allowPrivilegeEscalation) this.#fill(draft, 'allowPrivilegeEscalation', false, path);
    const mutated = this.#mutations.length === before ? container : { ...container, securityContext: draft };
    this.#setAppArmor(placed);
    return mutated;
  }

  #mutateCapabilities(draft: Draft<SecurityContext>, path: string): void {
    const { defaultAddCapabilities, requiredDropCapabilities } = this.#policy;
    const { add = [], drop = [] } = draft.capabilities ?? {};
    const added = defaultAddCapabilities.filter((name) => !add.includes(name) && !drop.includes(name));
    const dropped = requiredDropCapabilities.filter((name) => !drop.includes(name));
    if (added.length === 0 && dropped.length === 0) return;
    const capabilities: { add?: readonly string[]; drop?: readonly string[] } = { ...draft.capabilities };
    if (added.length > 0) {
      capabilities.add = [...add, ...new Set(added)];
      this.#note(`${path}.capabilities.add`, capabilities.add);
    }
    if (dropped.length > 0) {
      capabilities.drop = [...drop, ...new Set(dropped)];
      this.#note(`${path}.capabilities.drop`, capabilities.drop);
    }
    draft.capabilities = capabilities;
  }

  #setAppArmor(placed: PlacedContainer): void {
    const profile = this.#policy.appArmor.default;
    if (profile === undefined || appArmorOfContainer(this.#pod, placed).some(({ name }) => name !== '')) return;
    const key = APPARMOR_ANNOTATION_PREFIX + placed.container.name;
    if (this.#annotations[key] === profile) return;
    this.#annotations[key] = profile;
    this.#note(annotationPath(key), profile);
  }
}

/** What MustRunAs gives to a pod that sets nothing. */
function requiredMinimum(
  strategy: { readonly rule: string; readonly ranges: readonly { readonly min: number }[] } | undefined,
): number | undefined {
  return strategy?.rule === 'MustRunAs' ? strategy.ranges[0]?.min : undefined;
}
