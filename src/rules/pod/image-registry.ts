/**
 * Whoever may name any registry in a manifest may run any code: a list of registries says whose images there are.
 *
 * The list is held against the whole name as container runtimes complete it, part by part: `registry.example/team` is
 * neither `registry.example/teamevil` nor `registry.example.evil/team`. An empty list allows nothing, because whoever
 * enables the rule and forgets the list must not read that all is well.
 *
 * Source: CIS Kubernetes 5.5.1; names as in `lib/image-reference.ts`.
 */
import { defineRule, violation } from '../../core/rule.ts';
import type { ImageReference } from '../lib/image-reference.ts';
import { judgeImages } from '../lib/images.ts';

/** One begins with a registry, which is told from the first part of a path by its dot, its port, or by being localhost. */
const PREFIX = String.raw`^(localhost(:[0-9]+)?|[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?|[a-z0-9-]+:[0-9]+|\[[a-f0-9:]+\](:[0-9]+)?)(/[a-z0-9._-]+)*$`;

export const imageRegistry = defineRule({
  id: 'pod-image-registry',
  title: 'Images must come from the registries and repositories that are allowed',
  severity: 'high',
  severityReason: 'An image from elsewhere is the code of somebody whom nobody has chosen to trust.',
  inForce: 'whereEnabled',
  subject: 'Workload',
  controls: ['cis-1.12/5.5.1', 'nsa/pod-security'],
  params: {
    type: 'object',
    properties: {
      allowed: {
        type: 'array',
        'x-kubernetes-list-type': 'set',
        maxItems: 256,
        items: { type: 'string', maxLength: 512, pattern: PREFIX },
        default: [],
        description:
          'Registries and what of them is allowed, without tags and wildcards: "registry.example", "registry.example:5000/team", "docker.io/library/nginx". Whatever is below is allowed too. An empty list allows nothing.',
      },
      allowShortNames: {
        type: 'boolean',
        default: true,
        description:
          'Whether a name without a registry is judged as one of docker.io, as containerd takes it. Set it to false where nodes run CRI-O, whose registries.conf may choose another.',
      },
    },
  },
  rationale:
    'An image is code that runs with all that its pod was given; from a registry that nobody vouches for it may be anything, and the name of a repository that somebody else may register is an invitation.',
  remediation:
    'Pull from an allowed registry, or mirror the image there; name the registries in spec.rules[].params.allowed of the policy.',
  example: {
    params: { allowed: ['registry.example/shop'] },
    fails: `# params: { allowed: [registry.example/shop] }
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: nginx:1.27 }
`,
    passes: `# params: { allowed: [registry.example/shop] }
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/shop/nginx:1.27 }
`,
  },

  check(pod, { params }) {
    return judgeImages(
      pod,
      (reference) => isAllowed(reference, params),
      (reference, { path, user }, written) => violation(path, written, describeRefusal(reference, user, params)),
    );
  },
});

interface AllowList {
  readonly allowed: readonly string[];
  readonly allowShortNames: boolean;
}

function isAllowed(reference: ImageReference, { allowed, allowShortNames }: AllowList): boolean {
  if (reference.isShort && !allowShortNames) return false;
  const name = fullNameOf(reference);
  return allowed.some((prefix) => isWithin(name, prefix));
}

function isWithin(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && (name.length === prefix.length || name[prefix.length] === '/');
}

function fullNameOf({ registry, repository }: ImageReference): string {
  return `${registry}/${repository}`;
}

function describeRefusal(reference: ImageReference, user: string, { allowed, allowShortNames }: AllowList): string {
  if (allowed.length === 0) return `${user} may run no image: params.allowed names no registry; name those allowed`;
  return reference.isShort && !allowShortNames
    ? `the image of ${user} names no registry, so that each node chooses one; name it`
    : `the image of ${user} is "${fullNameOf(reference)}", which params.allowed does not name`;
}
