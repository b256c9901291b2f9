import { expect } from 'chai';

import { authorizerOf } from '../../src/rbac/authorizer.ts';
import { namespacesTouchedBy } from '../../src/rbac/touched-namespaces.ts';
import { objectOf, snapshotOf } from '../core/yaml-objects.ts';

/** @param others that are there besides */
function touchedBy(subjects: string, others = ''): readonly string[] | 'all' {
  const binding = objectOf(
    'RoleBinding',
    `
kind: RoleBinding
metadata: { name: any, namespace: home }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: any }
subjects: ${subjects}
`,
  );
  const touched = namespacesTouchedBy([{ kind: 'RoleBinding', binding }], authorizerOf(snapshotOf(others)));
  return touched === 'all' ? touched : [...touched];
}

describe('a binding matters in', () => {
  it('its own namespace', () => {
    expect(touchedBy('[]')).to.deep.equal(['home']);
    expect(touchedBy('[{ kind: User, name: jane }, { kind: Robot, name: r }]')).to.deep.equal(['home']);
  });

  it('the namespaces of the service accounts that it names', () => {
    expect(touchedBy('[{ kind: ServiceAccount, namespace: shop, name: web }]')).to.deep.equal(['home', 'shop']);
    expect(touchedBy('[{ kind: User, name: "system:serviceaccount:shop:web" }]')).to.deep.equal(['home', 'shop']);
    expect(touchedBy('[{ kind: Group, name: "system:serviceaccounts:shop" }]')).to.deep.equal(['home', 'shop']);
    expect(touchedBy('[{ kind: ServiceAccount, name: web }]')).to.deep.equal(['home']);
  });

  it('the namespaces in which whomever it names holds something else', () => {
    const other = `
kind: RoleBinding
metadata: { name: other, namespace: bank }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: any }
subjects: [{ kind: User, name: jane }, { kind: Group, name: devs }]
`;
    expect(touchedBy('[{ kind: User, name: jane }]', other)).to.deep.equal(['home', 'bank']);
    expect(touchedBy('[{ kind: Group, name: devs }]', other)).to.deep.equal(['home', 'bank']);
    expect(touchedBy('[{ kind: Group, name: jane }]', other)).to.deep.equal(['home']);
  });

  it('all namespaces, where it is about everybody, or nobody can tell about whom', () => {
    expect(touchedBy('[{ kind: Group, name: "system:serviceaccounts" }]')).to.equal('all');
    expect(touchedBy('[{ kind: Group, name: "system:authenticated" }]')).to.equal('all');
    expect(touchedBy('nobody')).to.equal('all');
  });
});
