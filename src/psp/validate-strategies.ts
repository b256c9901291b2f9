/** What the strategies of a PodSecurityPolicy ask, of a pod and of a container alike. */
import type { SeLinuxOptions } from '../core/pod-shape.ts';
import type { PlacedProfile } from './pod-profiles.ts';
import type { GroupStrategy } from './pod-security-policy.ts';
import { appArmorAnnotations, seccompAnnotations } from './policy-shape.ts';
import { annotationPath } from './pod.ts';
import { anyProfile } from './profile-rule.ts';
import type { ProfileRule } from './profile-rule.ts';
import type { Reasons } from './refusal-reason.ts';
import { isInRanges, isSameLevel, printRanges } from './strategy.ts';
import type { SelinuxStrategy } from './strategy.ts';

interface GroupPlace {
  /** Of the security context. */
  readonly path: string;
  /** The same name in the security context and in the policy. */
  readonly field: 'fsGroup' | 'supplementalGroups' | 'runAsGroup';
  /** `the pod` or `container "web"` */
  readonly who: string;
}

export function* validateGroups(
  { path, field, who }: GroupPlace,
  strategy: GroupStrategy | undefined,
  groups: readonly number[],
): Reasons {
  if (strategy === undefined || strategy.rule === 'RunAsAny') return;
  const ranges = printRanges(strategy.ranges);
  if (groups.length === 0 && strategy.rule === 'MustRunAs') {
    const message = `${who} sets no ${field}; it must be in ${ranges}`;
    yield { path: `${path}.${field}`, field: `spec.${field}`, message };
  }
  for (const [index, group] of groups.entries()) {
    if (isInRanges(group, strategy.ranges)) continue;
    const item = field === 'supplementalGroups' ? `[${index}]` : '';
    const message = `${who} has group ${group} in ${field}; it must be in ${ranges}`;
    yield { path: `${path}.${field}${item}`, field: `spec.${field}`, message };
  }
}

export function* validateSelinux(
  who: string,
  path: string,
  strategy: SelinuxStrategy | undefined,
  options: SeLinuxOptions | undefined,
): Reasons {
  if (strategy?.rule !== 'MustRunAs') return;
  const field = 'spec.seLinux.seLinuxOptions';
  if (options === undefined) {
    yield { path, field, message: `${who} sets no SELinux options; the policy requires them` };
    return;
  }
  for (const name of ['level', 'role', 'type', 'user'] as const) {
    const required = strategy.options?.[name] ?? '';
    const actual = options[name] ?? '';
    if (name === 'level' ? isSameLevel(required, actual) : required === actual) continue;
    const message = `${who} has the SELinux ${name} "${actual}"; it must be "${required}"`;
    yield { path: `${path}.${name}`, field: `${field}.${name}`, message };
  }
}

export function* validateSeccomp(who: string, { allowed }: ProfileRule, profiles: readonly PlacedProfile[]): Reasons {
  if (allowed?.includes(anyProfile) === true) return;
  const field = annotationPath(seccompAnnotations.allowed);
  for (const { path, name } of profiles) {
    if (allowed === undefined && name !== '') {
      const message = `${who} sets the seccomp profile "${name}"; a policy without ${seccompAnnotations.allowed} allows none to be set`;
      yield { path, field, message };
    } else if (allowed !== undefined && !allowed.includes(name)) {
      yield { path, field, message: describeProfile(who, 'seccomp', name, allowed) };
    }
  }
}

export function* validateAppArmor(who: string, { allowed }: ProfileRule, profiles: readonly PlacedProfile[]): Reasons {
  if (allowed === undefined) return;
  for (const { path, name } of profiles) {
    // Unlike for seccomp, an empty item in the list does not allow it to be unset.
    if (name !== '' && allowed.includes(name)) continue;
    const message = describeProfile(who, 'AppArmor', name, allowed);
    yield { path, field: annotationPath(appArmorAnnotations.allowed), message };
  }
}

function describeProfile(who: string, technique: string, name: string, allowed: readonly string[]): string {
  const list = allowed.map((profile) => `"${profile}"`).join(', ');
  return name === ''
    ? `${who} sets no ${technique} profile; it must be one of ${list}`
    : `${who} has the ${technique} profile "${name}"; it must be one of ${list}`;
}
