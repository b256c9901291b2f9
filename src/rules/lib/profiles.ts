/**
 * Holds the seccomp or AppArmor profiles of a pod against a list of the only ones that a policy allows: `RuntimeDefault`,
 * `Unconfined`, `Localhost/profiles/web.json`, `Localhost` for any file, and an empty one for none at all.
 */
import { APPARMOR_ANNOTATION_PREFIX } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { containersOf } from '../../core/containers.ts';

/** What a policy may list. */
export const PROFILE_PATTERN = '^(RuntimeDefault|Unconfined|Localhost(/.+)?)?$';

type ProfileField = 'seccompProfile' | 'appArmorProfile';

interface PlacedProfile {
  readonly path: string;
  readonly who: string;
  /** As a policy lists it; empty where none is chosen. */
  readonly profile: string;
  /** What stands there. */
  readonly written?: string;
}

/** Each profile that is not among the allowed ones; a container that has its pod's is no violation of its own. */
export function findOtherProfiles(
  pod: PodTemplate,
  field: ProfileField,
  allowed: readonly string[],
): readonly Violation[] {
  const technique = field === 'seccompProfile' ? 'seccomp' : 'AppArmor';
  const choices = allowed.map((profile) => (profile === '' ? 'none' : profile)).join(', ');
  return profilesOf(pod, field)
    .filter(({ profile }) => !isAllowed(profile, allowed))
    .map(({ path, who, written }) => {
      const choice =
        written === undefined ? `no ${technique} profile` : `the ${technique} profile ${JSON.stringify(written)}`;
      return violation(path, written, `${who} chooses ${choice}; it must be one of ${choices}`);
    });
}

function isAllowed(profile: string, allowed: readonly string[]): boolean {
  return allowed.includes(profile) || (profile.startsWith(LOCALHOST) && allowed.includes('Localhost'));
}

function profilesOf(pod: PodTemplate, field: ProfileField): readonly PlacedProfile[] {
  const ofPod = pod.spec.securityContext?.[field];
  const annotated = field === 'appArmorProfile' ? annotationsOf(pod) : [];
  const ofContainers = containersOf(pod).flatMap(({ path, container }): PlacedProfile | [] => {
    const own = container.securityContext?.[field];
    const place = { path: `${path}.securityContext.${field}`, who: `container "${container.name}"` };
    if (own !== undefined) return { ...place, ...profileOfField(own) };
    const isChosen = ofPod !== undefined || annotated.some(({ container: name }) => name === container.name);
    return isChosen ? [] : { ...place, profile: '' };
  });
  return [
    ...(ofPod === undefined
      ? []
      : [{ path: `spec.securityContext.${field}`, who: 'the pod', ...profileOfField(ofPod) }]),
    ...ofContainers,
    ...annotated,
  ];
}

/** As AppArmor profiles were chosen before v1.30; those of containers that the pod does not have, too. */
function annotationsOf({ metadata }: PodTemplate): readonly (PlacedProfile & { readonly container: string })[] {
  return Object.entries(metadata?.annotations ?? {})
    .filter(([key, written]) => key.startsWith(APPARMOR_ANNOTATION_PREFIX) && written !== '')
    .map(([key, written]) => ({
      path: `metadata.annotations[${JSON.stringify(key)}]`,
      who: `annotation ${JSON.stringify(key)}`,
      profile: profileOfAnnotation(written),
      written,
      container: key.slice(APPARMOR_ANNOTATION_PREFIX.length),
    }));
}

const LOCALHOST = 'Localhost/';
/** No policy can list it. */
const UNKNOWN = 'unknown';

function profileOfField({
  type,
  localhostProfile = '',
}: {
  readonly type: string;
  readonly localhostProfile?: string;
}): Pick<PlacedProfile, 'profile' | 'written'> {
  const written = type === 'Localhost' ? LOCALHOST + localhostProfile : type;
  // A profile of no type is chosen all the same.
  return { profile: written === '' ? UNKNOWN : written, written };
}

function profileOfAnnotation(written: string): string {
  if (written === 'runtime/default') return 'RuntimeDefault';
  if (written === 'unconfined') return 'Unconfined';
  return written.startsWith('localhost/') ? LOCALHOST + written.slice('localhost/'.length) : UNKNOWN;
}
