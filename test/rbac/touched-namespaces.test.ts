import { expect } from 'chai';

import { namespacesTouchedBy } from '../../src/rbac/touched-namespaces.ts';
import { objectOf } from '../core/yaml-objects.ts';

function touchedBy(subjects: string): readonly string[] | 'all' {
  const binding = objectOf(
    'RoleBinding',
    `
kind: RoleBinding
metadata: { name: any, namespace: home }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: any }
subjects: [${subjects}]
`,
  );
  const touched = namespacesTouchedBy([{ kind: 'RoleBinding', binding }]);
  return touched === 'all' ? touched : [...touched];
}

describe('a binding is about the service accounts of', () => {
  it('the namespaces that it names', () => {
    expect(touchedBy('{ kind: ServiceAccount, namespace: shop, name: web }')).to.deep.equal(['shop']);
    expect(touchedBy('{ kind: User, name: "system:serviceaccount:shop:web" }')).to.deep.equal(['shop']);
    expect(touchedBy('{ kind: Group, name: "system:serviceaccounts:shop" }')).to.deep.equal(['shop']);
  });

  it('its own namespace, where a service account names none', () => {
    expect(touchedBy('{ kind: ServiceAccount, name: web }')).to.deep.equal(['home']);
  });

  it('all namespaces, where it is about everybody', () => {
    expect(touchedBy('{ kind: Group, name: "system:serviceaccounts" }')).to.equal('all');
    expect(touchedBy('{ kind: Group, name: "system:authenticated" }')).to.equal('all');
  });

  it('none, where it is about people', () => {
    expect(
      touchedBy('{ kind: User, name: jane }, { kind: Group, name: devs }, { kind: Robot, name: r }'),
    ).to.deep.equal([]);
  });
});
