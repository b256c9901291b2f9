/** What `merlon exempt` makes of its command line, and what it refuses. */
import { expect } from 'chai';

import { parseExemptOptions } from '../../src/cli/exempt-options.ts';
import type { GivenExemptOptions } from '../../src/cli/exempt-options.ts';
import { rules } from '../../src/rules/index.ts';

const nowMs = Date.UTC(2026, 0, 1);
const given: GivenExemptOptions = { reason: 'reads the counters', expires: '30d', cluster: false };
const parse = (rule: string, subject: string, some: Partial<GivenExemptOptions> = {}) =>
  parseExemptOptions(rule, subject, { ...given, ...some }, { rules, nowMs });

describe('what merlon exempt is asked for', () => {
  it('is an exemption in a namespace', () => {
    const options = { namespace: 'shop', container: 'proxy', owner: 'shop-team', ticket: 'SHOP-17' };
    expect(parse('pod-host-ports', 'deploy/web', options)).to.deep.equal({
      exemption: {
        name: 'pod-host-ports-deployment-web-proxy',
        namespace: 'shop',
        isOfCluster: false,
        spec: {
          rules: ['pod-host-ports'],
          subjects: [{ kind: 'Deployment', name: 'web', container: 'proxy' }],
          reason: 'reads the counters',
          owner: 'shop-team',
          ticket: 'SHOP-17',
          expiresAt: '2026-01-31T00:00:00Z',
        },
      },
    });
  });

  it('is one of the cluster, pinned to a namespace', () => {
    const options = { cluster: true, namespace: 'kube-system', expires: 'never', name: 'proxy' };
    expect(parse('pod-privileged', 'ds/kube-proxy', options)).to.deep.equal({
      exemption: {
        name: 'proxy',
        isOfCluster: true,
        spec: {
          rules: ['pod-privileged'],
          subjects: [{ kind: 'DaemonSet', name: 'kube-proxy', namespace: 'kube-system' }],
          reason: 'reads the counters',
        },
      },
    });
  });

  it('is about all rules that a pattern or a control selects', () => {
    const parsed = parse('cis-1.12/5.2.*', 'deploy/web', { namespace: 'shop' });
    expect(parsed).to.have.deep.nested.property('exemption.spec.rules', ['cis-1.12/5.2.*']);
    expect(parsed)
      .to.have.nested.property('exemption.name')
      .that.matches(/^cis-1-12-5-2-deployment-web-[0-9a-f]{6}$/);
  });

  it('is about those of them that a namespace is judged by, where others are for the cluster', () => {
    expect(parse('*', 'sa/ci', { namespace: 'shop' })).to.have.property('exemption');
  });

  it('of what has no namespace names none', () => {
    const parsed = parse('rbac-secrets-read', 'clusterrole/backup', { cluster: true });
    expect(parsed).to.have.deep.nested.property('exemption.spec.subjects', [{ kind: 'ClusterRole', name: 'backup' }]);
  });

  it('of a namespace stands in it', () => {
    const parsed = parse('namespace-pod-security-level', 'ns/shop');
    expect(parsed).to.have.nested.property('exemption.namespace', 'shop');
    expect(parsed).to.have.deep.nested.property('exemption.spec.subjects', [{ kind: 'Namespace', name: 'shop' }]);
  });

  it('does without white space around the reason', () => {
    expect(parse('pod-privileged', 'deploy/web', { reason: '  1234567890\n' })).to.have.nested.property(
      'exemption.spec.reason',
      '1234567890',
    );
  });

  interface Refusal {
    readonly name: string;
    readonly rule?: string;
    readonly subject?: string;
    readonly options?: Partial<GivenExemptOptions>;
    readonly message: RegExp;
  }
  const refusals: readonly Refusal[] = [
    {
      name: 'a rule that does not exist',
      rule: 'pod-privilegd',
      message: /^there is no rule "pod-privilegd" \(did you mean "pod-privileged"/,
    },
    { name: 'a pattern that selects no rule', rule: 'poods-*', message: /^there is no rule "poods-\*"/ },
    {
      name: 'rules of which none judges the subject',
      rule: 'pod-*',
      subject: 'sa/web',
      message: /^none of the \d+ rules that "pod-\*" selects judges a ServiceAccount: nothing would be exempt/,
    },
    { name: 'a pattern that is too long', rule: `pod-*${'*'.repeat(250)}`, message: /^there is no rule/ },
    { name: 'no subject', subject: 'web', message: /"web" is no subject: write KIND\/NAME/ },
    {
      name: 'a subject that the rule does not judge',
      subject: 'sa/web',
      message:
        /rule "pod-privileged" does not judge a ServiceAccount, but Pod, Deployment, .*: nothing would be exempt/,
    },
    {
      name: 'a reason that says nothing',
      options: { reason: '  because  ' },
      message: /--reason has 7 characters: say in at least 10 why/,
    },
    {
      name: 'a reason that is a book',
      options: { reason: 'a'.repeat(1025) },
      message: /--reason has 1025 characters: at most 1024/,
    },
    { name: 'an end that is over', options: { expires: '2025-12-31' }, message: /"2025-12-31" is over/ },
    {
      name: 'an end that is none',
      options: { expires: 'soon' },
      message: /--expires "soon" is no time: write a while/,
    },
    { name: 'an owner without a name', options: { owner: '' }, message: /--owner is empty/ },
    { name: 'a ticket that is too long', options: { ticket: 'a'.repeat(1025) }, message: /--ticket is longer than/ },
    { name: 'an empty namespace', options: { namespace: '' }, message: /--namespace is empty/ },
    { name: 'what is no name of a namespace', options: { namespace: 'shop*' }, message: /"shop\*" is no name of a/ },
    { name: 'a name that no object has', options: { name: 'A b' }, message: /--name: "A b" is no name for an object/ },
    {
      name: 'a container where the rule looks at none',
      rule: 'rbac-secrets-read',
      subject: 'role/backup',
      options: { container: 'app' },
      message: /--container goes with rules about pods/,
    },
    {
      name: 'what is judged for the cluster, in a namespace',
      rule: 'rbac-secrets-read',
      subject: 'clusterrole/backup',
      message: /only a ClusterHardeningExemption is asked: add --cluster/,
    },
    {
      name: 'whom bindings name, in a namespace',
      rule: 'rbac-admin-path',
      subject: 'sa/ci',
      options: { namespace: 'shop' },
      message: /judged by "rbac-admin-path" for the cluster as a whole/,
    },
    {
      name: 'every namespace without saying so',
      options: { cluster: true },
      message: /say in which namespace with -n, or -n '\*' for every one/,
    },
    {
      name: 'a namespace of what has none',
      rule: 'rbac-secrets-read',
      subject: 'clusterrole/backup',
      options: { cluster: true, namespace: 'shop' },
      message: /a ClusterRole has no namespace: leave -n out/,
    },
    {
      name: 'a namespace, in another one',
      rule: 'namespace-pod-security-level',
      subject: 'ns/shop',
      options: { namespace: 'other' },
      message: /an exemption of a namespace reaches no other/,
    },
  ];
  for (const { name, rule = 'pod-privileged', subject = 'deploy/web', options, message } of refusals) {
    it(`cannot be ${name}`, () => {
      expect(parse(rule, subject, options))
        .to.have.property('usageError')
        .that.matches(message);
    });
  }
});
