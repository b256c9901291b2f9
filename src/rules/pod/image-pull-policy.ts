/**
 * Whoever runs a pod on a node may use every image that lies there, also a private one that another team pulled, unless
 * the kubelet asks the registry each time. Only with Always it does, with the credentials of that pod. Layers that lie
 * there are not pulled again.
 *
 * A digest does not change that: it fixes the content, not who may use it. So it is a violation there as well, the least
 * of them; with a tag that moves it is the worst, because each node runs what it happened to pull first.
 *
 * Where the admission plugin AlwaysPullImages runs, the API server has written Always into every pod that it stores, so
 * what runs passes by itself. What does not run yet is judged as it is written, also where the plugin is known to be on: a
 * check cannot tell a template from a pod that was made before that, and verdicts on templates are remembered without what
 * is known of the API server. Whether the plugin is on, api-server-always-pull-images tells.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/apis/core/v1/defaults.go (`SetDefaults_Container`, `SetDefaults_Volume`) for
 * what is not set; plugin/pkg/admission/alwayspullimages.
 */
import { podVariables } from '../../core/enforcement.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { DEFAULT_TAG } from '../lib/image-reference.ts';
import type { ImageReference } from '../lib/image-reference.ts';
import { imagesOf } from '../lib/images.ts';
import type { PlacedImage } from '../lib/images.ts';

export const imagePullPolicy = defineRule({
  id: 'pod-image-pull-policy',
  title: 'Images must be pulled with the credentials of the pod each time, imagePullPolicy Always',
  severity: 'medium',
  severityReason:
    'It takes a private or a moving image to make use of it: where the tag is fixed it is low, with a digest info.',
  subject: 'Workload',
  controls: ['cis-1.12/1.2.11', 'nsa/pod-security'],
  rationale:
    'With any other policy a pod runs what lies on its node: a private image that others pulled, without any credential, and of a tag that moves whichever version was pulled first.',
  remediation:
    'Set imagePullPolicy to Always on every container, or let the admission plugin AlwaysPullImages do so; from Kubernetes 1.35 on kubelets can check credentials for images that lie on the node.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1.4.2 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1.4.2, imagePullPolicy: Always }
`,
  },

  check(pod) {
    const violations: Violation[] = [];
    for (const image of imagesOf(pod)) {
      const found = judgePullPolicy(image);
      if (found !== undefined) violations.push(found);
    }
    return violations;
  },

  // Also with a digest: who asks for it wants every image asked for. The API server has filled in what is not written.
  enforce: () => ({
    family: 'image-pulls',
    refusesNoted: true,
    violations: `${podVariables.containers}
    .filter(c, c.?imagePullPolicy.orValue('') != 'Always')
    .map(c, 'container "' + c.name + '" has imagePullPolicy ' + c.?imagePullPolicy.orValue('')) +
  ${podVariables.spec}.?volumes.orValue([])
    .filter(v, has(v.image) && v.image.?pullPolicy.orValue('') != 'Always')
    .map(v, 'volume "' + v.name + '" has pullPolicy ' + v.image.?pullPolicy.orValue(''))`,
  }),
});

function judgePullPolicy(image: PlacedImage): Violation | undefined {
  const { pullPolicy } = image;
  if (pullPolicy === 'Always') return undefined;
  const { user, pullPolicyPath, reference } = image;
  const isLatest = reference !== undefined && tagOf(reference) === DEFAULT_TAG;
  if (pullPolicy === undefined && isLatest) return undefined;
  const effective = pullPolicy ?? 'IfNotPresent, the default';
  const problem = `the pull policy of ${user} is ${effective}`;
  if (reference?.digest !== undefined) {
    const message = `${problem}; set it to Always, so that only who may pull the image can use it`;
    return violation(pullPolicyPath, pullPolicy, message, 'info');
  }
  if (isLatest) {
    const message = `${problem}, so that each node runs the "latest" that it happens to have; set it to Always`;
    return violation(pullPolicyPath, pullPolicy, message);
  }
  return violation(pullPolicyPath, pullPolicy, `${problem}; set it to Always`, 'low');
}

/** What the API server takes for the tag when it fills in the policy: beside a digest there need not be one. */
function tagOf({ tag, digest }: ImageReference): string | undefined {
  return tag ?? (digest === undefined ? DEFAULT_TAG : undefined);
}
