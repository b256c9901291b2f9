/**
 * Without its AppArmor profile a container may write where its runtime would not let it.
 *
 * Fields and annotations count at every version: the API server has checked the fields, whatever version a namespace
 * asks for, since it has them (v1.30).
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_appArmorProfile.go.
 */
import { APPARMOR_ANNOTATION_PREFIX } from '../../core/pod-shape.ts';
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findContainers } from '../../core/containers.ts';
import { nameSetters, pluralize, printAnnotation, quoteEach, sortDistinct } from '../wording.ts';

export const appArmorProfile = {
  id: 'appArmorProfile',
  level: 'baseline',
  branches: [{ since: 0, check: checkAppArmorProfile }],
} as const satisfies PodSecurityCheck;

function checkAppArmorProfile(pod: PodTemplate): CheckOutcome {
  const ofPod = pod.spec.securityContext?.appArmorProfile?.type;
  const podSets = ofPod !== undefined && !isAllowedType(ofPod);
  const refused = findContainers(pod, setsForbidden);
  const annotations = findForbiddenAnnotations(pod);
  if (!podSets && refused === undefined && annotations === undefined) return undefined;

  const setters = [
    ...(podSets ? [{ path: 'spec', who: 'the pod', type: ofPod }] : []),
    ...(refused ?? []).map(({ path, container }) => ({
      path,
      who: `container "${container.name}"`,
      type: container.securityContext?.appArmorProfile?.type ?? '',
    })),
  ];
  const types = sortDistinct(setters.map(({ type }) => type));
  const printed = sortDistinct((annotations ?? []).map(([key, profile]) => printAnnotation(key, profile)));
  const who = [
    ...(setters.length === 0 ? [] : [nameSetters(podSets, refused)]),
    ...(printed.length === 0 ? [] : [pluralize('annotation', printed.length)]),
  ];
  return {
    reason: pluralize('forbidden AppArmor profile', types.length + printed.length),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoteEach([...types, ...printed])}`,
    violations: [
      ...setters.map(({ path, who: setter, type }) =>
        violation(
          `${path}.securityContext.appArmorProfile.type`,
          type,
          `${setter} chooses the AppArmor profile ${JSON.stringify(type)}; set it to RuntimeDefault or Localhost`,
        ),
      ),
      ...(annotations ?? []).map(([key, profile]) =>
        violation(
          `metadata.annotations[${JSON.stringify(key)}]`,
          profile,
          `annotation ${JSON.stringify(key)} chooses the AppArmor profile ${JSON.stringify(profile)}; set it to runtime/default`,
        ),
      ),
    ],
  };
}

function isAllowedType(type: string): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost';
}

function setsForbidden({ securityContext }: Container): boolean {
  const type = securityContext?.appArmorProfile?.type;
  return type !== undefined && !isAllowedType(type);
}

/** Those of containers that the pod does not have, too. */
function findForbiddenAnnotations({ metadata }: PodTemplate): (readonly [string, string])[] | undefined {
  const annotations = metadata?.annotations;
  if (annotations === undefined) return undefined;
  let forbidden: [string, string][] | undefined;
  for (const key of Object.keys(annotations)) {
    if (!key.startsWith(APPARMOR_ANNOTATION_PREFIX)) continue;
    const profile = annotations[key] ?? '';
    if (!isAllowedAnnotation(profile)) (forbidden ??= []).push([key, profile]);
  }
  return forbidden;
}

function isAllowedAnnotation(profile: string): boolean {
  return profile === '' || profile === 'runtime/default' || profile.startsWith('localhost/');
}
