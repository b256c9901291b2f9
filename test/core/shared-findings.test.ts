import { expect } from 'chai';

import type { ClusterHardeningExemptionSpec } from '../../src/api/v1alpha1/exemption.ts';
import { Evaluator } from '../../src/core/evaluate.ts';
import { ExemptionMatcher } from '../../src/core/exemption-matcher.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import type { ExemptionTerms } from '../../src/core/exemption-terms.ts';
import { FindingCollector } from '../../src/core/finding-collector.ts';
import type { CollectedFindings } from '../../src/core/finding-collector.ts';
import type { SelectedRule } from '../../src/core/policy.ts';
import { countAdminPaths } from '../../src/rbac/admin-paths.ts';
import { adminPath } from '../../src/rules/rbac/admin-path.ts';
import { execIntoPrivileged } from '../../src/rules/rbac/exec-into-privileged.ts';
import { nameSubject } from '../../src/report/findings-table.ts';
import { exemptionObject, exemptionOf, tableOf } from './exemption-samples.ts';
import { snapshotOf } from './yaml-objects.ts';

const rules = [adminPath, execIntoPrivileged];
const forty = Array.from({ length: 40 }, (_, index) => `dev-${String(index).padStart(2, '0')}`);

const impersonator = `
kind: ClusterRole
metadata: { name: impersonator, labels: { team: core } }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [get] }
  - { apiGroups: [""], resources: [users, groups], verbs: [impersonate] }
`;

const debuggerRole = `
kind: ClusterRole
metadata: { name: debugger }
rules: [{ apiGroups: [""], resources: [pods/exec], verbs: [create] }]
`;

function agentIn(namespace: string): string {
  return `
kind: Pod
metadata: { name: agent, namespace: ${namespace} }
spec: { hostPID: true, containers: [{ name: agent }] }
`;
}

/** @param namespace empty for everywhere */
function bind(name: string, role: string, users: readonly string[], namespace = ''): string {
  const place = namespace === '' ? '' : `, namespace: ${namespace}`;
  return `
kind: ${namespace === '' ? 'Cluster' : ''}RoleBinding
metadata: { name: ${name}${place} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role} }
subjects: [${users.map((user) => `{ kind: User, name: ${user} }`).join(', ')}]
`;
}

interface Asked {
  readonly spec?: Partial<ClusterHardeningExemptionSpec>;
  readonly terms?: ExemptionTerms;
  readonly severity?: SelectedRule['severity'];
}

function judge(documents: readonly string[], { spec, terms = DEFAULT_EXEMPTION_TERMS, severity }: Asked = {}) {
  const snapshot = snapshotOf(documents.join('---'));
  const collector = new FindingCollector('open');
  if (spec !== undefined) {
    const table = tableOf([exemptionOf(exemptionObject({ name: 'accepted' }, spec), rules)]);
    collector.exemptBy(new ExemptionMatcher({ table, terms, scope: 'cluster', nowMs: 0 }));
  }
  const evaluator = new Evaluator({
    ruleThrew: (rule, error) => {
      throw new Error(`rule ${rule} threw`, { cause: error });
    },
  });
  const selection = rules.map((rule) => ({ rule, params: {}, ...(severity === undefined ? {} : { severity }) }));
  evaluator.judge('cluster', selection, snapshot, collector);
  return { ...collector.finish(), snapshot };
}

function printed({ findings }: CollectedFindings): readonly string[] {
  return findings.map(
    ({ outcome, severity, rule, subject }) => `${outcome} ${severity} ${rule.id} ${nameSubject(subject)}`,
  );
}

describe('forty who hold one careless role', () => {
  it('are one finding on the role where one binding names them, which names three and counts all', () => {
    const judged = judge([impersonator, bind('all', 'impersonator', forty)]);
    expect(printed(judged)).to.deep.equal(['fail critical rbac-admin-path ClusterRole/impersonator']);
    expect(judged.summary.critical).to.equal(1);
    expect(judged.findings[0]?.message).to.equal(
      'User "dev-00", User "dev-01", User "dev-02" and 37 more can become cluster-admin: -[impersonate groups system:masters]-> cluster-admin (1 step); take away ClusterRoleBinding "all", or narrow the role',
    );
    expect(judged.findings[0]?.violations).to.have.length(1);
    expect(judged.findings[0]?.violations[0]).to.include({ path: 'rules[1]', observed: 'impersonate groups' });
  });

  it('are one finding where each has a binding of its own, and are still forty paths', () => {
    const judged = judge([impersonator, ...forty.map((user) => bind(`of-${user}`, 'impersonator', [user]))]);
    expect(printed(judged)).to.deep.equal(['fail critical rbac-admin-path ClusterRole/impersonator']);
    expect(judged.findings[0]?.message).to.match(
      /and 37 more can become .*; take away ClusterRoleBinding "of-dev-00", ClusterRoleBinding "of-dev-01", ClusterRoleBinding "of-dev-02" and 37 more, or narrow the role$/,
    );
    expect(countAdminPaths(judged.snapshot)?.reaching).to.equal(40);
  });

  it('are one finding where they get into privileged pods', () => {
    const judged = judge([debuggerRole, agentIn('storage'), bind('all', 'debugger', forty)]);
    expect(printed(judged)).to.deep.equal(['fail critical rbac-exec-into-privileged ClusterRole/debugger']);
    expect(judged.findings[0]?.message).to.equal(
      'User "dev-00", User "dev-01", User "dev-02" and 37 more may run commands in pods of every namespace (create pods/exec), and pods that are as good as their node run in "storage"; take away ClusterRoleBinding "all", or narrow the role',
    );
  });
});

describe('who holds one role in several namespaces', () => {
  const documents = [
    debuggerRole,
    agentIn('a'),
    agentIn('b'),
    bind('in-a', 'debugger', ['jane'], 'a'),
    bind('in-b', 'debugger', ['jane', 'joe'], 'b'),
  ];

  it('is one finding that tells each way, and counts everybody once', () => {
    const [found] = judge(documents).findings;
    expect(found?.subject).to.include({ kind: 'ClusterRole', name: 'debugger' });
    expect(found?.violations.map(({ message }) => message)).to.deep.equal([
      'User "jane" and User "joe" may run commands in pods of namespace "b" (create pods/exec), and pods that are as good as their node run there; take away RoleBinding "in-b/b", or narrow the role',
      'User "jane" may run commands in pods of namespace "a" (create pods/exec), and pods that are as good as their node run there; take away RoleBinding "in-a/a", or narrow the role',
    ]);
    expect(found?.message).to.match(/ \(and 1 more; 2 subjects in all\)$/);
  });

  it('is as severe as the policy says', () => {
    expect(printed(judge(documents, { severity: 'low' }))).to.include(
      'fail low rbac-exec-into-privileged ClusterRole/debugger',
    );
  });
});

describe('who holds several roles', () => {
  it('is in the finding on each by which something is wrong', () => {
    const other = debuggerRole.replace('name: debugger', 'name: other');
    const judged = judge([
      debuggerRole,
      other,
      agentIn('a'),
      agentIn('b'),
      bind('one', 'debugger', ['jane'], 'a'),
      bind('two', 'other', ['jane'], 'b'),
    ]);
    expect(printed(judged).filter((one) => one.includes('rbac-exec-into'))).to.deep.equal([
      'fail critical rbac-exec-into-privileged ClusterRole/debugger',
      'fail critical rbac-exec-into-privileged ClusterRole/other',
    ]);
  });
});

describe('a Role of a namespace', () => {
  const role = `
kind: Role
metadata: { name: debugger, namespace: storage, annotations: { exempt.merlon.dev/rbac-exec-into-privileged: everybody knows } }
rules: [{ apiGroups: [""], resources: [pods/exec], verbs: [create] }]
`;
  const binding = bind('all', 'debugger', ['jane'], 'storage').replace('kind: ClusterRole,', 'kind: Role,');
  const documents = [role, agentIn('storage'), binding];

  it('is the subject of a finding that is the cluster’s', () => {
    const found = judge(documents).findings.find(({ rule }) => rule === execIntoPrivileged);
    expect(found).to.deep.include({
      posture: 'cluster',
      subject: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', namespace: 'storage', name: 'debugger' },
    });
  });

  it('is exempt by its namespace, and so is whoever holds it, unless the exemption says of which kind it is', () => {
    const inNamespace = { rules: [execIntoPrivileged.id], subjects: [{ name: '*', namespace: 'storage' }] };
    const joe = bind('later', 'debugger', ['joe'], 'storage').replace('kind: ClusterRole,', 'kind: Role,');
    const exec = (judged: CollectedFindings) => printed(judged).filter((one) => one.includes('rbac-exec-into'));
    expect(exec(judge([...documents, joe], { spec: inNamespace }))).to.deep.equal([
      'exempt critical rbac-exec-into-privileged storage/Role/debugger',
    ]);
    const ofAccounts = [{ kind: 'ServiceAccount', name: '*', namespace: 'storage' }];
    expect(exec(judge(documents, { spec: { ...inNamespace, subjects: ofAccounts } }))).to.deep.equal([
      'fail critical rbac-exec-into-privileged storage/Role/debugger',
    ]);
  });

  it('exempts nothing by an annotation: whoever may write it has no say in the posture of the cluster', () => {
    const terms = { ...DEFAULT_EXEMPTION_TERMS, byAnnotation: true, mayNamespaceExempt: () => true };
    const spec = { rules: ['rbac-admin-path'], subjects: [{ name: 'debugger' }] };
    expect(printed(judge(documents, { spec, terms }))).to.deep.equal([
      'fail critical rbac-exec-into-privileged storage/Role/debugger',
    ]);
  });
});

describe('an exemption', () => {
  const documents = [impersonator, bind('all', 'impersonator', forty)];

  it('of one of forty leaves a finding of the others', () => {
    const judged = judge(documents, {
      spec: { rules: ['rbac-admin-path'], subjects: [{ kind: 'User', name: 'dev-01' }] },
    });
    expect(printed(judged)).to.deep.equal([
      'fail critical rbac-admin-path ClusterRole/impersonator',
      'exempt critical rbac-admin-path User/dev-01',
    ]);
    expect(judged.findings[0]?.message).to.match(/^User "dev-00", User "dev-02", User "dev-03" and 36 more can/);
    expect(judged.summary).to.include({ critical: 1, exempt: 1 });
  });

  it('of all forty leaves none', () => {
    const judged = judge(documents, {
      spec: { rules: ['rbac-admin-path'], subjects: [{ kind: 'User', name: 'dev-*' }] },
    });
    expect(judged.summary).to.include({ critical: 0, exempt: 40 });
  });

  it('of the role is one of all who hold it, whoever they are', () => {
    const judged = judge(documents, {
      spec: { rules: ['rbac-admin-path'], subjects: [{ kind: 'ClusterRole', labels: { team: 'core' } }] },
    });
    expect(printed(judged)).to.deep.equal(['exempt critical rbac-admin-path ClusterRole/impersonator']);
    expect(judged.summary).to.include({ critical: 0, exempt: 1 });
  });
});
