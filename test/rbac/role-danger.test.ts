import { expect } from 'chai';

import { buildRoleGrader } from '../../src/rbac/role-danger.ts';

describe('the danger of a role', () => {
  const grade = buildRoleGrader(37);
  const secrets = { verbs: ['get'], apiGroups: [''], resources: ['secrets'] };
  const exec = { verbs: ['create'], apiGroups: [''], resources: ['pods/exec'] };
  const own = { verbs: ['*'], apiGroups: ['shop.example'], resources: ['carts'] };

  it('is that of its worst permission, which it names', () => {
    expect(grade([exec, secrets, own], 'cluster')).to.deep.equal({
      severity: 'critical',
      permissions: ['read Secrets'],
    });
  });

  it('is less in a namespace', () => {
    expect(grade([secrets], 'namespace')).to.deep.equal({ severity: 'high', permissions: ['read Secrets'] });
  });

  it('of everything is everything', () => {
    const everything = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
    expect(grade(everything, 'cluster')).to.deep.equal({ severity: 'critical', permissions: ['do everything'] });
    expect(grade(everything, 'namespace')?.severity).to.equal('high');
  });

  it('is none where it holds no permission that leads further', () => {
    expect(grade([own], 'cluster')).to.equal(undefined);
    expect(grade([], 'cluster')).to.equal(undefined);
  });
});
