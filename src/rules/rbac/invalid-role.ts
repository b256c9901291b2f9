/**
 * A role that no API server stores. What stands in it is not granted, and what other rules say of it may be `unknown`.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/apis/rbac/validation (ValidateRole, ValidateClusterRole).
 */
import type { ObjectOf } from '../../core/kinds.ts';
import type { PolicyRule } from '../../core/rbac-shape.ts';
import { selectorProblem } from '../../core/label-selector.ts';
import { defineRule, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { eachReadable, isRbacName, malformedFields, whereReadable } from '../lib/malformed.ts';

export const invalidRole = defineRule({
  id: 'rbac-invalid-role',
  title: 'A role must be one that an API server stores',
  severity: 'low',
  severityReason: 'It is refused when it is applied, and grants nothing.',
  subject: 'Role',
  controls: ['nsa/authentication-and-authorization'],
  rationale:
    'What an API server refuses never takes effect: the role that is there stays as it was, with more rights perhaps than the file shows.',
  remediation:
    'Give each rule verbs, and either apiGroups and resources or, in a ClusterRole, nonResourceURLs; correct what cannot be read.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: metrics, namespace: shop }
rules:
  - { nonResourceURLs: [/metrics], verbs: [get] }
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: metrics }
rules:
  - { nonResourceURLs: [/metrics], verbs: [get] }
`,
  },

  check(role, { subject }) {
    const isNamespaced = subject.kind === 'Role';
    return [
      ...malformedFields(role),
      ...whereReadable(() => nameProblems(role)),
      ...whereReadable(() =>
        eachReadable(role.rules, (rule, index) => ruleProblems(rule, `rules[${index}]`, isNamespaced)),
      ),
      ...(isNamespaced ? [] : whereReadable(() => aggregationProblems(role))),
    ];
  },
});

type Role = ObjectOf<'ClusterRole'>;

function nameProblems({ metadata: { name } }: Role): readonly Violation[] {
  return isRbacName(name) ? [] : [violation('metadata.name', name, `"${name}" is no name of a role`)];
}

function ruleProblems(rule: PolicyRule, path: string, isNamespaced: boolean): readonly Violation[] {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  if (nonResourceURLs.length === 0) {
    return [
      ...(apiGroups.length === 0
        ? [
            violation(
              `${path}.apiGroups`,
              undefined,
              'a rule about resources must name an API group; "" is the core group',
            ),
          ]
        : []),
      ...(resources.length === 0
        ? [violation(`${path}.resources`, undefined, 'a rule must name resources or nonResourceURLs')]
        : []),
    ];
  }
  const place = `${path}.nonResourceURLs`;
  const isMixed = apiGroups.length > 0 || resources.length > 0 || resourceNames.length > 0;
  return [
    ...(isNamespaced
      ? [violation(place, nonResourceURLs, 'a Role cannot grant URLs, which have no namespace; write a ClusterRole')]
      : []),
    ...(isMixed
      ? [violation(place, nonResourceURLs, 'a rule is either about resources or about URLs; write two rules')]
      : []),
  ];
}

function aggregationProblems({ aggregationRule }: Role): readonly Violation[] {
  if (aggregationRule === undefined) return [];
  const path = 'aggregationRule.clusterRoleSelectors';
  const { clusterRoleSelectors = [] } = aggregationRule;
  if (clusterRoleSelectors.length === 0) {
    return [violation(path, undefined, 'an aggregated ClusterRole must have a selector')];
  }
  return eachReadable(clusterRoleSelectors, (selector, index) => {
    const problem = selectorProblem(selector);
    return problem === undefined ? [] : [violation(`${path}[${index}]`, undefined, `the selector ${problem}`)];
  });
}
