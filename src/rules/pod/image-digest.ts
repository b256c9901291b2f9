/**
 * A tag is moved by whoever may push to the repository; a digest is the content itself.
 *
 * Source: https://kubernetes.io/docs/concepts/containers/images/#image-names ("Image digests"); OCI image specification,
 * "Digests".
 */
import { defineRule, violation } from '../../core/rule.ts';
import { judgeImages } from '../lib/images.ts';

export const imageDigest = defineRule({
  id: 'pod-image-digest',
  title: 'Images must be pinned by digest',
  severity: 'low',
  severityReason: 'It takes write access to the registry, or a registry that lies, to make use of a tag.',
  inForce: 'whereEnabled',
  subject: 'Workload',
  controls: ['cis-1.12/5.5.1', 'nsa/pod-security'],
  rationale:
    'A tag can be moved to another image at any time; a digest is a hash of the content, so that what was reviewed and signed is what runs, whatever the registry says.',
  remediation:
    'Write the digest behind the name, with the tag for people: registry.example/web:1.4.2@sha256:…; let a bot keep it up to date.',
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
    - name: web
      image: registry.example/web:1.4.2@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
`,
  },

  check(pod) {
    return judgeImages(
      pod,
      ({ digest }) => digest !== undefined,
      (_reference, { path, user }, name) =>
        violation(path, name, `the image of ${user} is not pinned by digest; append @sha256:… to its name`),
    );
  },
});
