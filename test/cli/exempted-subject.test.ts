/** Whom people mean by KIND/NAME, and which rules are about such. */
import { expect } from 'chai';

import { hasNamespace, isOfClusterPosture, judgesKind, parseExemptedSubject } from '../../src/cli/exempted-subject.ts';
import { rules } from '../../src/rules/index.ts';
import type { AnyRule } from '../../src/core/rule.ts';

function ruleOf(id: string): AnyRule {
  const found = rules.find((rule) => rule.id === id);
  if (found === undefined) throw new Error(`there is no rule ${id}`);
  return found;
}

describe('the subject of an exemption', () => {
  const accepted: readonly { readonly text: string; readonly kind: string; readonly name: string }[] = [
    { text: 'deploy/web', kind: 'Deployment', name: 'web' },
    { text: 'deployments.apps/web', kind: 'Deployment', name: 'web' },
    { text: 'Deployment/web-*', kind: 'Deployment', name: 'web-*' },
    { text: 'po/kube-apiserver-*', kind: 'Pod', name: 'kube-apiserver-*' },
    { text: 'job/once', kind: 'Job', name: 'once' },
    { text: 'sa/default', kind: 'ServiceAccount', name: 'default' },
    { text: 'ns/shop', kind: 'Namespace', name: 'shop' },
    { text: 'clusterrole/system:node', kind: 'ClusterRole', name: 'system:node' },
    { text: 'psp/restricted', kind: 'PodSecurityPolicy', name: 'restricted' },
    { text: 'user/oidc/jane', kind: 'User', name: 'oidc/jane' },
    { text: 'Group/system:authenticated', kind: 'Group', name: 'system:authenticated' },
    { text: 'apiserver/kube-apiserver', kind: 'APIServer', name: 'kube-apiserver' },
    { text: 'Rollout/web', kind: 'Rollout', name: 'web' },
    { text: 'cm/settings', kind: 'ConfigMap', name: 'settings' },
  ];
  for (const { text, kind, name } of accepted) {
    it(`${text} is ${kind} "${name}"`, () => {
      expect(parseExemptedSubject(text)).to.deep.equal({ kind, name });
    });
  }

  for (const [name, text, message] of [
    ['a name without a kind', 'web', /"web" is no subject: write KIND\/NAME/],
    ['a kind without a name', 'deploy/', /is no subject/],
    ['a name without what is before it', '/web', /is no subject/],
    ['a word that is no kind', 'rollout/web', /"rollout" is no kind that is judged; .*: Rollout\/web/],
    ['a name that no object has', `deploy/${'a'.repeat(254)}`, /at most 253 characters/],
  ] as const) {
    it(`is not ${name}`, () => {
      expect(parseExemptedSubject(text)).to.have.property('usageError').that.matches(message);
    });
  }
});

describe('whether a rule judges a kind', () => {
  const rows: readonly {
    readonly rule: string;
    readonly judges: readonly string[];
    readonly not: readonly string[];
  }[] = [
    {
      rule: 'pod-privileged',
      judges: ['Pod', 'Deployment', 'CronJob', 'Rollout'],
      not: ['ServiceAccount', 'ConfigMap', 'User', 'Namespace', 'APIServer', 'Ingress'],
    },
    { rule: 'service-account-default-token-mount', judges: ['ServiceAccount'], not: ['Deployment', 'User'] },
    { rule: 'rbac-secrets-read', judges: ['Role', 'ClusterRole'], not: ['RoleBinding', 'Pod'] },
    { rule: 'rbac-expectations', judges: ['ServiceAccount', 'User', 'Group'], not: ['Role'] },
    {
      rule: 'rbac-admin-path',
      judges: ['ServiceAccount', 'User', 'Group', 'Role', 'ClusterRole'],
      not: ['ClusterRoleBinding'],
    },
    { rule: 'api-server-anonymous-requests', judges: ['APIServer'], not: ['Pod', 'Namespace'] },
    { rule: 'namespace-pod-security-level', judges: ['Namespace'], not: ['Pod'] },
  ];
  for (const { rule, judges, not } of rows) {
    it(rule, () => {
      const judged = [...judges, ...not].filter((kind) => judgesKind(ruleOf(rule), kind));
      expect(judged).to.deep.equal(judges);
    });
  }

  it('what the cluster as a whole is judged by is told from what a namespace is', () => {
    expect(isOfClusterPosture(ruleOf('rbac-secrets-read'), 'ClusterRole')).to.equal(true);
    expect(isOfClusterPosture(ruleOf('rbac-secrets-read'), 'Role')).to.equal(false);
    // Whom a binding names is judged with all bindings.
    expect(isOfClusterPosture(ruleOf('rbac-admin-path'), 'ServiceAccount')).to.equal(true);
    expect(isOfClusterPosture(ruleOf('rbac-admin-path'), 'Role')).to.equal(true);
    expect(isOfClusterPosture(ruleOf('rbac-expectations'), 'ServiceAccount')).to.equal(false);
    expect(isOfClusterPosture(ruleOf('namespace-pod-security-level'), 'Namespace')).to.equal(false);
    expect(isOfClusterPosture(ruleOf('pod-privileged'), 'Rollout')).to.equal(false);
  });

  it('what has no namespace is known', () => {
    const all = ['Pod', 'Rollout', 'ServiceAccount', 'ClusterRole', 'Namespace', 'User', 'APIServer'];
    expect(all.filter(hasNamespace)).to.deep.equal(['Pod', 'Rollout', 'ServiceAccount']);
  });
});
