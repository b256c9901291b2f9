import { expect } from 'chai';

import { kindNames, kinds } from '../../src/core/kinds.ts';
import {
  buildAuthorityGrants,
  buildClusterGrants,
  buildInstanceGrants,
  buildNamespaceGrants,
} from '../../src/generate/operator-role.ts';
import type { Grant } from '../../src/generate/operator-role.ts';

/** `verb group/resource`, one for each thing that is granted. */
function listGrants(grants: readonly Grant[]): string[] {
  return grants.flatMap((grant) =>
    grant.verbs.flatMap((verb) =>
      'nonResourceURLs' in grant
        ? grant.nonResourceURLs.map((url) => `${verb} ${url}`)
        : grant.apiGroups.flatMap((group) => grant.resources.map((resource) => `${verb} ${group}/${resource}`)),
    ),
  );
}

describe('the role of the operator', () => {
  const granted = listGrants(buildClusterGrants());

  it('lets it list and watch every kind that rules read', () => {
    const needed = kindNames.flatMap((kind) => {
      const { group, plural } = kinds[kind];
      return [`list ${group}/${plural}`, `watch ${group}/${plural}`];
    });
    expect(granted).to.include.members(needed);
  });

  it('lets it read nothing that only old clusters have', () => {
    expect(granted.filter((grant) => grant.includes('podsecuritypolicies'))).to.deep.equal([]);
  });

  it('lets it write nothing but its own kinds, and ask how the API server was started, about a stranger, and who guards approvals', () => {
    expect(granted.filter((grant) => !/^(list|watch) /.test(grant))).to.have.members([
      'create merlon.dev/clustersecuritypostures',
      'create merlon.dev/hardeningremediations',
      'delete merlon.dev/hardeningremediations',
      'create merlon.dev/securitypostures',
      'update merlon.dev/clusterhardeningexemptions/status',
      'update merlon.dev/clusterhardeningpolicies/status',
      'update merlon.dev/clustersecuritypostures/status',
      'update merlon.dev/hardeningexemptions/status',
      'update merlon.dev/hardeningpolicies/status',
      'update merlon.dev/hardeningremediations/status',
      'update merlon.dev/securitypostures/status',
      'get admissionregistration.k8s.io/validatingadmissionpolicies',
      'get admissionregistration.k8s.io/validatingadmissionpolicybindings',
      'create authorization.k8s.io/subjectaccessreviews',
      'create authorization.k8s.io/selfsubjectaccessreviews',
      'create authentication.k8s.io/selfsubjectreviews',
      'get /flagz',
      'get /metrics',
      'get /readyz',
      'get /statusz',
      'get /version',
    ]);
  });

  it('has no wildcard, no Secret, nothing twice', () => {
    expect(granted.filter((grant) => /\*|secrets/.test(grant))).to.deep.equal([]);
    expect(granted).to.have.length(new Set(granted).size);
  });

  it('in default lets it read which API servers there are, and nothing else', () => {
    expect(buildInstanceGrants()).to.deep.equal([
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], resourceNames: ['kubernetes'], verbs: ['get'] },
    ]);
  });

  it('in kube-system lets it read one ConfigMap, and follow another, and Leases', () => {
    expect(buildAuthorityGrants()).to.deep.equal([
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['extension-apiserver-authentication'],
        verbs: ['get'],
      },
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['kubeadm-config'], verbs: ['list', 'watch'] },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['list', 'watch'] },
    ]);
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
