/**
 * The annotations of a PodSecurityPolicy about seccomp and AppArmor. What an absent annotation means differs: without
 * the one for seccomp a pod may set no profile, without the one for AppArmor it may set any.
 *
 * Source: kubernetes v1.24, pkg/security/podsecuritypolicy/{seccomp,apparmor}/strategy.go and
 * pkg/apis/policy/validation/validation.go.
 */
import { MalformedField } from '../core/shape.ts';
import { appArmorAnnotations, seccompAnnotations } from './policy-shape.ts';

export interface ProfileRule {
  /** Undefined without the annotation. `*` is any; an empty item allows a pod that sets none. */
  readonly allowed: readonly string[] | undefined;
  /** Given to pods that set none. */
  readonly default: string | undefined;
}

const runtimeDefault = 'runtime/default';
/** What it was called when Docker was the only runtime; the same profile to every check since v1.19. */
const dockerDefault = 'docker/default';
const localhost = 'localhost/';
const unconfined = 'unconfined';
export const anyProfile = '*';

/** @throws {MalformedField} */
export function readSeccompRule(allowed: string | undefined, standard: string | undefined): ProfileRule {
  return {
    allowed: readList(allowed, (written) =>
      written === anyProfile ? written : readSeccomp(seccompAnnotations.allowed, written),
    ),
    default: readDefault(standard, (written) => readSeccomp(seccompAnnotations.default, written)),
  };
}

/** @throws {MalformedField} */
export function readAppArmorRule(allowed: string | undefined, standard: string | undefined): ProfileRule {
  return {
    allowed: readList(allowed, (written) => readProfile(appArmorAnnotations.allowed, written, appArmorChoices)),
    default: readDefault(standard, (written) => readProfile(appArmorAnnotations.default, written, appArmorChoices)),
  };
}

function readList(written: string | undefined, read: (name: string) => string): readonly string[] | undefined {
  return written === undefined ? undefined : [...new Set(written.split(',').map(read))];
}

function readDefault(written: string | undefined, read: (name: string) => string): string | undefined {
  return written === undefined || written === '' ? undefined : read(written);
}

const appArmorChoices = `${runtimeDefault}, ${unconfined}, ${localhost}PROFILE`;
const seccompChoices = `${runtimeDefault}, ${dockerDefault}, ${unconfined}, ${localhost}PROFILE, ${anyProfile}`;

function readSeccomp(annotation: string, written: string): string {
  return readProfile(annotation, canonicalSeccomp(written), seccompChoices);
}

function readProfile(annotation: string, name: string, choices: string): string {
  const isLocal = name.startsWith(localhost) && name !== localhost;
  if (name === '' || name === runtimeDefault || name === unconfined || isLocal) return name;
  throw new MalformedField(
    `metadata.annotations[${JSON.stringify(annotation)}]`,
    `a list of ${choices}, with commas and no spaces`,
    JSON.stringify(name),
  );
}

/** As the API's fields and today's annotations name it. */
export function canonicalSeccomp(name: string): string {
  return name === dockerDefault ? runtimeDefault : name;
}

/** A profile in the form that the API's field has. */
export interface ProfileField {
  readonly type: string;
  readonly localhostProfile?: string;
}

/** A type that nobody knows is no profile of any list, and set all the same. */
export function profileOfField({ type, localhostProfile }: ProfileField): string {
  if (type === 'RuntimeDefault') return runtimeDefault;
  if (type === 'Unconfined') return unconfined;
  return type === 'Localhost' ? `${localhost}${localhostProfile ?? ''}` : `of the unknown type ${type}`;
}

/** @param name a profile that a policy may name as its default */
export function fieldOfProfile(name: string): ProfileField {
  if (name === runtimeDefault) return { type: 'RuntimeDefault' };
  if (name === unconfined) return { type: 'Unconfined' };
  return { type: 'Localhost', localhostProfile: name.slice(localhost.length) };
}
