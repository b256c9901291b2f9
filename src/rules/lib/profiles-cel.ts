/** Seccomp profiles held against what is allowed, in CEL: what the check of Pod Security and `profiles.ts` find. */
import { podVariables } from '../../core/enforcement.ts';
import { celLiteral } from '../../enforcement/plan/cel.ts';
import { containersWith, listIf } from './pod-cel.ts';

const ofPod = `${podVariables.spec}.?securityContext.?seccompProfile`;
const own = 'c.?securityContext.?seccompProfile';

/** Where each container, or the pod for it, must choose a profile that confines. */
export function printNoSeccomp(): string {
  const good = celLiteral(['RuntimeDefault', 'Localhost']);
  return `${listIf(`!(${ofPod}.?type.orValue('Localhost') in ${good})`, 'the pod chooses a seccomp profile that confines nobody')} +
${containersWith(`!(${own}.?type.orValue(${ofPod}.?type.orValue('')) in ${good})`, 'has no seccomp profile that confines it')}`;
}

/** Where the pod and each container must choose one of the allowed profiles; an empty one allows to choose none. */
export function printOtherProfiles(allowed: readonly string[]): string {
  const plain = celLiteral(allowed.filter((one) => one === 'RuntimeDefault' || one === 'Unconfined'));
  const isOther = (profile: string): string => {
    const isOtherFile = allowed.includes('Localhost')
      ? 'false'
      : `!('Localhost/' + ${profile}.?localhostProfile.orValue('') in ${celLiteral(allowed)})`;
    return `(${profile}.?type.orValue('') == 'Localhost' ? ${isOtherFile} : !(${profile}.?type.orValue('') in ${plain}))`;
  };
  const isUnset = `${celLiteral(!allowed.includes(''))} && !${ofPod}.hasValue()`;
  return `${listIf(`${ofPod}.hasValue() && ${isOther(ofPod)}`, 'the pod chooses a seccomp profile that is not allowed')} +
${containersWith(`${own}.hasValue() ? ${isOther(own)} : ${isUnset}`, 'chooses a seccomp profile that is not allowed')}`;
}
