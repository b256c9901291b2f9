import { expect } from 'chai';

import { serviceAccount } from '../../src/rbac/request.ts';
import { parseSubject, withGroups } from '../../src/rbac/subject-text.ts';

describe('a subject as people write it', () => {
  it('is a service account, in the short form and in the long one', () => {
    const web = {
      text: 'sa:shop/web',
      principal: { name: 'system:serviceaccount:shop:web', isGroup: false },
      requester: serviceAccount('shop', 'web'),
    };
    expect(parseSubject('sa:shop/web')).to.deep.equal(web);
    expect(parseSubject('system:serviceaccount:shop:web')).to.deep.equal(web);
  });

  it('is a user, whose groups may be named beside it', () => {
    const jane = parseSubject('user:jane');
    expect(jane?.requester).to.deep.equal({ user: 'jane', groups: ['system:authenticated'] });
    expect(jane && withGroups(jane, ['devs']).requester.groups).to.deep.equal(['devs', 'system:authenticated']);
  });

  it('is the anonymous, who are not authenticated', () => {
    expect(parseSubject('user:system:anonymous')?.requester.groups).to.deep.equal(['system:unauthenticated']);
  });

  it('is a group, and nobody in particular', () => {
    const group = parseSubject('group:system:masters');
    expect(group?.principal).to.deep.equal({ name: 'system:masters', isGroup: true });
    expect(group?.requester).to.deep.equal({ user: '', groups: ['system:masters'] });
  });

  for (const text of [
    '',
    'jane',
    'user:',
    'group:',
    'sa:web',
    'sa:shop/',
    'sa:/web',
    'sa:shop/web/2',
    'sa:Shop/web',
    'User:jane',
  ]) {
    it(`is not "${text}"`, () => {
      expect(parseSubject(text)).to.equal(undefined);
    });
  }
});
