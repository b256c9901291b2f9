/**
 * A binding that no API server stores. Nobody is bound by it, and what other rules say of it may be `unknown`.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/apis/rbac/validation (ValidateRoleBinding, ValidateClusterRoleBinding) and
 * pkg/apis/rbac/v1/defaults.go (an empty apiGroup is filled in).
 */
import { isObjectName } from '../../core/object-name.ts';
import type { ObjectOf } from '../../core/kinds.ts';
import type { RbacSubject } from '../../core/rbac-shape.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { eachReadable, isRbacName, malformedFields, whereReadable } from '../lib/malformed.ts';

const GROUP = 'rbac.authorization.k8s.io';

export const invalidBinding = defineRule({
  id: 'rbac-invalid-binding',
  title: 'A binding must be one that an API server stores',
  severity: 'low',
  severityReason: 'It is refused when it is applied, and grants nothing.',
  subject: 'Binding',
  controls: ['nsa/authentication-and-authorization'],
  rationale:
    'What an API server refuses never takes effect: the binding that is there stays as it was, with more subjects perhaps than the file shows.',
  remediation:
    'Refer to a Role or ClusterRole, of a ClusterRoleBinding to a ClusterRole; name subjects of kind User, Group or ServiceAccount, the last with its namespace.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: viewers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: ServiceAccount, name: dashboard }
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: viewers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: ServiceAccount, name: dashboard, namespace: shop }
`,
  },

  check(binding, { subject }) {
    const isNamespaced = subject.kind === 'RoleBinding';
    return [
      ...malformedFields(binding),
      ...whereReadable(() => nameProblems(binding)),
      ...whereReadable(() => roleRefProblems(binding, isNamespaced)),
      ...whereReadable(() =>
        eachReadable(binding.subjects, (one, index) => subjectProblems(one, `subjects[${index}]`, isNamespaced)),
      ),
    ];
  },
});

type Binding = ObjectOf<'RoleBinding'>;

function nameProblems({ metadata: { name } }: Binding): readonly Violation[] {
  return isRbacName(name) ? [] : [violation('metadata.name', name, `"${name}" is no name of a binding`)];
}

function roleRefProblems({ roleRef }: Binding, isNamespaced: boolean): readonly Violation[] {
  const { apiGroup = GROUP, kind, name } = roleRef;
  const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  return [
    ...(apiGroup === GROUP
      ? []
      : [violation('roleRef.apiGroup', apiGroup, `the API group of a role is ${GROUP}, not "${apiGroup}"`)]),
    ...(kinds.includes(kind)
      ? []
      : [violation('roleRef.kind', kind, `the binding must refer to a ${kinds.join(' or a ')}, not to a "${kind}"`)]),
    ...(isRbacName(name) ? [] : [violation('roleRef.name', name, `"${name}" is no name of a role`)]),
  ];
}

function subjectProblems(subject: RbacSubject, path: string, isNamespaced: boolean): readonly Violation[] {
  const { kind, name, namespace, apiGroup } = subject;
  const unnamed = name === '' ? [violation(`${path}.name`, name, 'a subject must have a name')] : [];
  switch (kind) {
    case 'User':
    case 'Group':
      return apiGroup === undefined || apiGroup === GROUP
        ? unnamed
        : [...unnamed, violation(`${path}.apiGroup`, apiGroup, `the API group of a ${kind} is ${GROUP}`)];
    case 'ServiceAccount': {
      const isName = name === '' || isObjectName(name);
      return [
        ...unnamed,
        ...(isName ? [] : [violation(`${path}.name`, name, `"${name}" is no name of a service account`)]),
        ...(apiGroup === undefined
          ? []
          : [violation(`${path}.apiGroup`, apiGroup, 'the API group of a ServiceAccount is ""')]),
        ...(isNamespaced || namespace !== undefined
          ? []
          : [violation(`${path}.namespace`, undefined, `ServiceAccount "${name}" must have a namespace here`)]),
      ];
    }
    default:
      return [
        ...unnamed,
        violation(`${path}.kind`, kind, `"${kind}" is no kind of subject; those are User, Group and ServiceAccount`),
      ];
  }
}
