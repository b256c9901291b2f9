import { expect } from 'chai';

import { kinds } from '../../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import { project } from '../../../src/core/project.ts';
import { planClusterRbacGuard } from '../../../src/enforcement/plan/rbac-guard.ts';
import { previewRbac } from '../../../src/enforcement/plan/rbac-preview.ts';

const impersonate = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['impersonate'] });
const gathering = (...labels: readonly string[]) => ({
  aggregationRule: { clusterRoleSelectors: labels.map((label) => ({ matchLabels: { [label]: 'yes' } })) },
});
const role = (name: string, rules: readonly object[], fields: object = {}, labels: readonly string[] = []) => ({
  metadata: { name, labels: Object.fromEntries(labels.map((label) => [label, 'yes'])) },
  rules,
  ...fields,
});

describe('what is said of ClusterRoles that the guard of RBAC would refuse anew', () => {
  const guard = planClusterRbacGuard({ clusterAdmins: undefined, breakGlassGroups: [] }, 'deny');

  /** @returns the places, as `name rules[0]` */
  function preview(isWholeCluster: boolean, ...roles: readonly object[]): readonly string[] {
    const ClusterRole = roles.map((one) => project(kinds.ClusterRole.shape, one));
    const snapshot = buildObjectSnapshot({ objects: { ClusterRole }, isWholeCluster });
    return previewRbac(guard, undefined, snapshot).refused.flatMap(({ finding: { subject, violations } }) =>
      violations.map(({ path }) => `${subject.name} ${path}`),
    );
  }

  const source = role('source', [impersonate('users')], {}, ['a']);

  it('is each rule that impersonates just anybody, whatever the role gathers', () => {
    const own = role('own', [{ ...impersonate('users'), verbs: ['get'] }, impersonate('users')], gathering('none'));
    expect(preview(true, own)).to.deep.equal(['own rules[1]']);
    expect(preview(false, own)).to.deep.equal(['own rules[1]']);
  });

  it('is in a cluster not what a controller fills in, but where it comes from', () => {
    const sum = role('sum', [impersonate('users'), impersonate('groups')], gathering('a'));
    expect(preview(true, source, sum)).to.deep.equal(['source rules[0]', 'sum rules[1]']);
  });

  it('is not what comes through a role that gathers itself', () => {
    const middle = role('middle', [impersonate('users')], gathering('a'), ['b']);
    const sum = role('sum', [impersonate('users')], gathering('b'));
    expect(preview(true, source, middle, sum)).to.deep.equal(['source rules[0]']);
  });

  it('is all that stands in files, as it is sent', () => {
    const sum = role('sum', [impersonate('users')], gathering('a'));
    expect(preview(false, source, sum)).to.deep.equal(['source rules[0]', 'sum rules[0]']);
  });

  it('is what roles give each other, which comes from nowhere else', () => {
    const one = role('one', [impersonate('users')], gathering('b'), ['a']);
    const other = role('other', [impersonate('users')], gathering('a'), ['b']);
    expect(preview(true, one, other)).to.deep.equal(['one rules[0]', 'other rules[0]']);
  });

  it('is nothing of a role as Kubernetes makes it', () => {
    const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
    expect(preview(true, role('cluster-admin', [everything]))).to.deep.equal([]);
    expect(preview(true, role('mine', [everything]))).to.deep.equal(['mine rules[0]']);
  });

  it('is what is too long to be looked through, whatever is in it', () => {
    const read = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
    const words = Array.from({ length: 1001 }, (_, index) => `w${index}`);
    expect(preview(true, role('long', Array<object>(5001).fill(read)))).to.deep.equal(['long rules']);
    expect(preview(true, role('wordy', [{ ...read, verbs: words }]))).to.deep.equal(['wordy rules']);
    expect(preview(true, role('as-long-as-may-be', Array<object>(5000).fill(read)))).to.deep.equal([]);
  });
});
