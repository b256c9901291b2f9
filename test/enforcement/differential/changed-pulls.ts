/** Pods whose images are to be pulled each time, where the API server sets that by itself. */
import { templateContextOf } from '../../../src/core/rule-contexts.ts';
import { predictImagePulls } from '../../../src/enforcement/plan/predicted-pod.ts';
import { isMirrorPod } from '../../../src/core/token-mounts.ts';
import type { PodTemplate } from '../../../src/core/pod-template.ts';
import { imagePullPolicy } from '../../../src/rules/pod/image-pull-policy.ts';
import { compareChanges } from './changed-pods.ts';

const { id } = imagePullPolicy;

export const changedPulls = compareChanges({
  family: 'image-pulls',
  part: 12,
  aims: ['static pods', 'volumes from images', `passes by what is set: ${id}`],
  isChanged: (spec) => JSON.stringify(spec).includes('"imagePullPolicy":"Always"'),
  predict: predictImagePulls,
  judge(plain, changed) {
    const left = violationsOf(changed);
    const hasImageVolume = plain.spec.volumes?.some(({ image }) => image !== undefined) === true;
    return {
      counted: [
        ...(left.length === 0 && violationsOf(plain).length > 0 ? [`passes by what is set: ${id}`] : []),
        ...(hasImageVolume ? ['volumes from images'] : []),
      ],
      unexplained: isMirrorPod(plain) ? [] : left,
    };
  },
});

function violationsOf(pod: PodTemplate): readonly string[] {
  const result = imagePullPolicy.check(pod, templateContextOf({}, Infinity));
  if ('outcome' in result) throw new Error(result.reason);
  return result.map(({ path }) => path);
}
