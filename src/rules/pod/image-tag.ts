/**
 * A tag such as `latest` names another image tomorrow: two pods of one manifest may run two programs, and nobody can say
 * which.
 *
 * Source: https://kubernetes.io/docs/concepts/containers/images/#image-names ("You should avoid using the :latest tag");
 * kubelet, applyDefaultImageTag (no tag means latest, unless there is a digest).
 */
import { podVariables } from '../../core/enforcement.ts';
import { defineRule, violation } from '../../core/rule.ts';
import { celLiteral } from '../../enforcement/plan/cel.ts';
import { DEFAULT_TAG, printIsName } from '../lib/image-reference.ts';
import { judgeImages } from '../lib/images.ts';

export const imageTag = defineRule({
  id: 'pod-image-tag',
  title: 'Images must be chosen by a tag that names a version, or by digest',
  severity: 'medium',
  severityReason:
    'What runs can change without a change of the manifest, but only by whoever may write to the registry.',
  subject: 'Workload',
  controls: ['cis-1.12/5.5.1', 'nsa/pod-security'],
  params: {
    type: 'object',
    properties: {
      forbidden: {
        type: 'array',
        'x-kubernetes-list-type': 'set',
        maxItems: 64,
        items: { type: 'string', maxLength: 128, pattern: String.raw`^\w[\w.-]*$` },
        default: [DEFAULT_TAG],
        description: 'Tags that name no version, as they are written; no tag at all is never accepted.',
      },
    },
  },
  rationale:
    'Without a tag the latest image is meant, and that is another one after each push: what was tested is not what runs, and what runs cannot be told or brought back.',
  remediation: 'Name a version in the tag, or better the digest: registry.example/web:1.4.2@sha256:….',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:latest }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1.4.2 }
`,
  },

  check(pod, { params: { forbidden } }) {
    return judgeImages(
      pod,
      // With a digest the tag is a comment.
      ({ tag, digest }) => digest !== undefined || (tag !== undefined && !forbidden.includes(tag)),
      ({ tag }, { path, user }, name) => {
        const problem =
          tag === undefined
            ? 'no tag, which means "latest"; name a version'
            : `the tag "${tag}", which is no version; name one`;
        return violation(path, name, `the image of ${user} has ${problem}`);
      },
    );
  },

  enforce: ({ forbidden }) => ({
    family: 'pod-security',
    violations: ['', ...forbidden].map(printWithTag).join(' +\n'),
  }),
});

/** Who has an image of that tag and without a digest, in CEL; an empty tag stands for none. */
function printWithTag(tag: string): string {
  const end = `:${tag}`;
  const withoutTag =
    tag === ''
      ? ''
      : `  .filter(p, p[1].endsWith(${celLiteral(end)})).map(p, [p[0], p[1].substring(0, p[1].size() - ${end.length})])\n`;
  // An image ID cannot be told from a name; with a tag behind it it is none.
  const isName = printIsName('p[1]', tag === '');
  const fault = tag === '' ? ' has an image with no tag' : ` has an image with the tag "${tag}"`;
  return `(${podVariables.containers}.map(c, ['container "' + c.name + '"', string(c.?image.orValue(''))]) +
  ${podVariables.spec}.?volumes.orValue([]).map(v, ['volume "' + v.name + '"', string(v.?image.?reference.orValue(''))]))
${withoutTag}  .filter(p, ${isName})
  .map(p, p[0] + ${celLiteral(fault)})`;
}
