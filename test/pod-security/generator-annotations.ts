/**
 * Annotations of generated pods: how seccomp and AppArmor profiles were chosen before they had fields. The API server
 * refuses a pod or a template whose annotation contradicts its field.
 */
import type { Json } from './generator.ts';
import { chance, pick, pickValue } from './generator-dice.ts';
import type { Dice } from './generator-dice.ts';

export interface AnnotatedPod {
  readonly isTemplate: boolean;
  readonly isWindows: boolean;
  readonly securityContext: unknown;
  /** Init containers, too. */
  readonly containers: readonly Json[];
}

const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/';
const appArmorContainer = 'container.apparmor.security.beta.kubernetes.io/';

const plainSeccomp = {
  good: ['runtime/default', 'docker/default', 'localhost/', 'localhost/profiles/web.json'],
  bad: ['unconfined'],
};
const plainAppArmor = { good: ['runtime/default', 'localhost/web'], bad: ['unconfined'] };
const oddAppArmor = {
  good: [...plainAppArmor.good, '', 'localhost/', 'localhost/ web', 'localhost/web "x"', 'localhost/ä'],
  bad: plainAppArmor.bad,
};

export function generateAnnotations(dice: Dice, pod: AnnotatedPod): Record<string, string> {
  const annotations: Record<string, string> = {};
  const often = chance(dice, 0.5) ? 0.3 : 0.03;
  if (chance(dice, often)) annotations[seccompPod] = generateSeccomp(dice, pod.securityContext);
  if (chance(dice, 0.02)) annotations['Seccomp.security.alpha.kubernetes.io/pod'] = 'unconfined';
  for (const container of [...pod.containers, { name: 'nobody' }, { name: 'A.b' }, { name: '00' }] as readonly Json[]) {
    const { name, securityContext } = container;
    if (chance(dice, often)) {
      annotations[seccompContainer + String(name)] = generateSeccomp(dice, securityContext);
    }
  }
  for (const { name, securityContext } of pod.containers) {
    if (chance(dice, often))
      annotations[appArmorContainer + String(name)] = generateAppArmor(dice, pod, securityContext);
  }
  return annotations;
}

function generateSeccomp(dice: Dice, securityContext: unknown): string {
  const field = fieldOf(securityContext, 'seccompProfile');
  if (field === undefined) return pickValue(dice, plainSeccomp);
  return pick(dice, field['type'] === 'RuntimeDefault' ? ['runtime/default', 'docker/default'] : [asAnnotation(field)]);
}

function generateAppArmor(dice: Dice, pod: AnnotatedPod, securityContext: unknown): string {
  const own = fieldOf(securityContext, 'appArmorProfile');
  const ofPod = fieldOf(pod.securityContext, 'appArmorProfile');
  if (pod.isWindows || (own === undefined && ofPod === undefined)) return pickValue(dice, oddAppArmor);
  if (own !== undefined) return asAnnotation(own);
  // In a pod it becomes the container's field and is then no contradiction to the pod's.
  return pod.isTemplate && ofPod !== undefined ? asAnnotation(ofPod) : pickValue(dice, plainAppArmor);
}

function asAnnotation({ type, localhostProfile }: Json): string {
  if (type === 'Localhost') return `localhost/${String(localhostProfile)}`;
  return type === 'Unconfined' ? 'unconfined' : 'runtime/default';
}

function fieldOf(securityContext: unknown, field: string): Json | undefined {
  const fields = (securityContext ?? {}) as Json;
  return (fields[field] ?? undefined) as Json | undefined;
}
