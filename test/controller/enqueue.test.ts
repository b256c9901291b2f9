import { expect } from 'chai';

import { ChangeRouter, namespaceKey } from '../../src/controller/enqueue.ts';
import type { Change } from '../../src/controller/store.ts';
import { defineRule } from '../../src/core/rule.ts';
import type { AnyRule } from '../../src/core/rule.ts';
import { ruleNamed } from '../core/finding-of.ts';

const podRule = ruleNamed('pod-rule');
const accountReader = ruleNamed('account-reader', { reads: ['ServiceAccount'] });
const bindingRule = defineRule({
  ...ruleNamed('binding-rule'),
  subject: 'Binding',
  reads: ['Role', 'ClusterRole'],
  check: () => [],
});
const expectationRule = defineRule({
  ...ruleNamed('expectation-rule'),
  subject: 'Expectation',
  reads: ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'],
  check: () => [],
});
const accountRule = defineRule({ ...ruleNamed('account-rule'), subject: 'ServiceAccount', check: () => [] });
const namespaceRule = defineRule({ ...ruleNamed('namespace-rule'), subject: 'Namespace', check: () => [] });
const serverRule = defineRule({
  ...ruleNamed('server-rule'),
  subject: 'APIServer',
  reads: ['Evidence', 'Pod'],
  check: () => [],
});
const exposureRule = ruleNamed('exposure-rule', { reads: ['Evidence'] });

/** The postures to judge again, in a cluster with the namespaces `shop` and `other`. */
function touched(rules: readonly AnyRule[], change: Change): readonly string[] {
  return new ChangeRouter(rules).keysOf(change, () => ['shop', 'other']);
}

const everything = ['cluster', 'namespace/shop', 'namespace/other'];

describe('a change touches', () => {
  it('the posture of the namespace in which a subject lives', () => {
    expect(touched([podRule], { source: 'Pod', namespace: 'shop' })).to.deep.equal(['namespace/shop']);
  });

  it('the same, where an owner of pods changes', () => {
    expect(touched([podRule], { source: 'ReplicaSet', namespace: 'shop' })).to.deep.equal(['namespace/shop']);
  });

  it('the posture of a namespace that nobody listed yet', () => {
    expect(touched([podRule], { source: 'Pod', namespace: 'new' })).to.deep.equal(['namespace/new']);
  });

  it('nothing, where no rule is about it', () => {
    expect(touched([podRule], { source: 'ServiceAccount', namespace: 'shop' })).to.deep.equal([]);
  });

  it('the posture of the namespace whose subjects are judged with it', () => {
    expect(touched([accountReader], { source: 'ServiceAccount', namespace: 'shop' })).to.deep.equal(['namespace/shop']);
  });

  it('the posture of the cluster, where a subject without a namespace changes', () => {
    expect(touched([bindingRule], { source: 'ClusterRoleBinding', namespace: '' })).to.deep.equal(['cluster']);
  });

  it('every posture, where subjects everywhere are judged with what has no namespace', () => {
    expect(touched([bindingRule], { source: 'ClusterRole', namespace: '' })).to.deep.equal(everything);
  });

  it('the postures of its namespace and of the cluster, where subjects of both are judged with it', () => {
    expect(touched([bindingRule], { source: 'Role', namespace: 'shop' })).to.deep.equal(['cluster', 'namespace/shop']);
  });

  it('the posture of its own namespace alone, where only subjects of namespaces are judged', () => {
    expect(touched([bindingRule], { source: 'RoleBinding', namespace: 'shop' })).to.deep.equal(['namespace/shop']);
  });

  it('the posture of a namespace, where the namespace itself changes', () => {
    expect(touched([namespaceRule], { source: 'Namespace', namespace: 'shop' })).to.deep.equal(['namespace/shop']);
  });

  it('the same without a rule about namespaces, because their labels decide which policy applies', () => {
    expect(touched([podRule], { source: 'Namespace', namespace: 'shop' })).to.deep.equal(['namespace/shop']);
  });

  it('the posture of the cluster, where the evidence about the API server changes', () => {
    expect(touched([serverRule, podRule], { source: 'Evidence', namespace: '' })).to.deep.equal(['cluster']);
  });

  it('every posture, where subjects of namespaces are judged with the evidence', () => {
    expect(touched([exposureRule], { source: 'Evidence', namespace: '' })).to.deep.equal(everything);
  });

  it('the same, where the evidence makes a difference only once it is known', () => {
    const rule = ruleNamed('considerate', { considers: ['Evidence'] });
    expect(touched([rule], { source: 'Evidence', namespace: '' })).to.deep.equal(everything);
  });

  it('the posture of the cluster besides that of the namespace, where the API server is judged with it', () => {
    expect(touched([serverRule, podRule], { source: 'Pod', namespace: 'shop' })).to.deep.equal([
      'cluster',
      'namespace/shop',
    ]);
  });

  it('the postures of its namespace and of the cluster, where expectations are judged with it', () => {
    expect(touched([expectationRule], { source: 'RoleBinding', namespace: 'shop' })).to.deep.equal([
      'cluster',
      'namespace/shop',
    ]);
    expect(touched([expectationRule], { source: 'ClusterRole', namespace: '' })).to.deep.equal(everything);
  });

  it('what any rule says, where several read the same', () => {
    expect(
      touched([accountRule, accountReader, podRule], { source: 'ServiceAccount', namespace: 'shop' }),
    ).to.deep.equal(['namespace/shop']);
  });
});

describe('a change of roles and bindings touches', () => {
  const reader = ruleNamed('reader', { reads: ['ClusterRoleBinding', 'RoleBinding'] });

  it('the namespaces whose service accounts it is about, and its own', () => {
    const touches = new Set(['shop']);
    const change = { source: 'ClusterRoleBinding', namespace: '', touches } as const;
    expect(touched([reader], change)).to.deep.equal(['cluster', 'namespace/shop']);
    expect(touched([reader], { source: 'RoleBinding', namespace: 'other', touches })).to.deep.equal([
      'namespace/other',
      'namespace/shop',
    ]);
  });

  it('no namespace that a binding names and that is not there', () => {
    const change = { source: 'ClusterRoleBinding', namespace: '', touches: new Set(['ghost']) } as const;
    expect(touched([reader], change)).to.deep.equal(['cluster']);
  });

  it('every posture, where it is about all service accounts', () => {
    const change = { source: 'ClusterRoleBinding', namespace: '', touches: 'all' } as const;
    expect(touched([reader], change)).to.deep.equal(everything);
  });

  it('what anybody can become, once for all who ask', () => {
    const paths = ruleNamed('paths', { reads: ['EscalationPaths'] });
    expect(touched([paths], { source: 'ClusterRole', namespace: '' })).to.deep.equal(['cluster', 'paths']);
    expect(touched([paths], { source: 'PodAccess', namespace: 'shop' })).to.deep.equal(['paths']);
    expect(touched([paths], { source: 'Deployment', namespace: 'shop' })).to.deep.equal(['namespace/shop']);
  });
});

describe('a change of what postures of namespaces are made from besides their rules touches', () => {
  const keysOf = (source: Change['source'], namespace: string): readonly string[] => {
    const router = new ChangeRouter([], ['Pod', 'MutatingWebhookConfiguration', 'ServerVersion']);
    return router.keysOf({ source, namespace }, () => ['shop', 'other']);
  };

  it('the namespace that it is in', () => {
    expect(keysOf('Pod', 'shop')).to.deep.equal(['namespace/shop']);
  });

  it('every namespace, where it is in none', () => {
    expect(keysOf('MutatingWebhookConfiguration', '')).to.include.members(['namespace/shop', 'namespace/other']);
    expect(keysOf('ServerVersion', '')).to.include.members(['namespace/shop', 'namespace/other']);
  });
});

describe('a change in how well a source is known touches', () => {
  it('every namespace that is judged with it, and the cluster, which says so', () => {
    expect(touched([podRule], { source: 'Pod', namespace: '' })).to.deep.equal(everything);
  });

  it('the cluster, which says so, also where no rule reads the source', () => {
    expect(touched([podRule], { source: 'ServiceAccount', namespace: '' })).to.deep.equal(['cluster']);
  });

  it('every posture, where namespaces are known better or worse', () => {
    expect(touched([], { source: 'Namespace', namespace: '' })).to.deep.equal(everything);
  });
});

describe('the key of a namespace', () => {
  it('cannot be taken for that of the cluster', () => {
    expect(namespaceKey('cluster')).to.equal('namespace/cluster');
  });
});
