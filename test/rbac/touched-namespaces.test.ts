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
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: changed }
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

  it('the namespaces in which whomever it names holds something else, where it lets them act as others', () => {
    const role = (verbs: string): string => `
kind: Role
metadata: { name: changed, namespace: home }
rules: [{ apiGroups: [''], resources: [serviceaccounts], verbs: ${verbs} }]
---`;
    const other = `${role('[get, impersonate]')}
kind: RoleBinding
metadata: { name: other, namespace: bank }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: any }
subjects: [{ kind: User, name: jane }, { kind: Group, name: devs }]
`;
    expect(touchedBy('[{ kind: User, name: jane }]', other)).to.deep.equal(['home', 'bank']);
    expect(touchedBy('[{ kind: Group, name: devs }]', other)).to.deep.equal(['home', 'bank']);
    expect(touchedBy('[{ kind: Group, name: jane }]', other)).to.deep.equal(['home']);
    for (const [verbs, places] of [
      ['[get, list]', ['home']],
      ['["*"]', ['home', 'bank']],
      ['["impersonate-on:serviceaccount:get"]', ['home', 'bank']],
      ['7', ['home', 'bank']],
    ] as const) {
      const others = other.replace(role('[get, impersonate]'), role(verbs));
      expect(touchedBy('[{ kind: User, name: jane }]', others), verbs).to.deep.equal(places);
    }
  });

  it('all namespaces, where it is about everybody, or nobody can tell about whom', () => {
    expect(touchedBy('[{ kind: Group, name: "system:serviceaccounts" }]')).to.equal('all');
    expect(touchedBy('[{ kind: Group, name: "system:authenticated" }]')).to.equal('all');
    expect(touchedBy('nobody')).to.equal('all');
  });
});
