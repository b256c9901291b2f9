import { expect } from 'chai';

import { kinds } from '../../src/core/kinds.ts';
import { buildClusterGrants, buildNamespaceGrants } from '../../src/generate/operator-role.ts';

/** `verb group/resource`, one for each thing that is granted. */
function listGrants(grants: ReturnType<typeof buildClusterGrants>): string[] {
  return grants.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))),
  );
}

describe('the role of the operator', () => {
  const granted = listGrants(buildClusterGrants());

  it('lets it list and watch every kind that rules read', () => {
    const needed = Object.values(kinds).flatMap(({ group, plural }) => [
      `list ${group}/${plural}`,
      `watch ${group}/${plural}`,
    ]);
    expect(granted).to.include.members(needed);
  });

  it('lets it write nothing but its own kinds, and ask about a stranger', () => {
    expect(granted.filter((grant) => !/^(list|watch) /.test(grant))).to.have.members([
      'create merlon.dev/clustersecuritypostures',
      'create merlon.dev/securitypostures',
      'update merlon.dev/clusterhardeningpolicies/status',
      'update merlon.dev/clustersecuritypostures/status',
      'update merlon.dev/securitypostures/status',
      'create authorization.k8s.io/subjectaccessreviews',
    ]);
  });

  it('has no wildcard, no Secret, nothing twice', () => {
    expect(granted.filter((grant) => /\*|secrets/.test(grant))).to.deep.equal([]);
    expect(granted).to.have.length(new Set(granted).size);
  });

  it('in its own namespace lets it keep one Lease', () => {
    expect(buildNamespaceGrants()).to.deep.equal([
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
      {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: ['merlon'],
        verbs: ['get', 'update'],
      },
    ]);
  });
});
