/** Who somebody is by their name. That it is so of the real API server, test/cli/can-i.integration.test.ts shows. */
import { expect } from 'chai';

import { impersonated, isNode, serviceAccount, splitServiceAccountName } from '../../src/rbac/request.ts';

describe('somebody who is named', () => {
  const rows: readonly (readonly [
    sentence: string,
    user: string,
    given: readonly string[],
    groups: readonly string[],
  ])[] = [
    ['is somebody who is authenticated', 'jane', [], ['system:authenticated']],
    ['has the groups that are given, and that one', 'jane', ['devs', 'ops'], ['devs', 'ops', 'system:authenticated']],
    ['has it once', 'jane', ['system:authenticated', 'devs'], ['system:authenticated', 'devs']],
    [
      'has it not where they are given as unauthenticated',
      'jane',
      ['system:unauthenticated'],
      ['system:unauthenticated'],
    ],
    ['is nobody where anonymous', 'system:anonymous', [], ['system:unauthenticated']],
    ['stays nobody with groups', 'system:anonymous', ['devs'], ['devs', 'system:unauthenticated']],
    [
      'has the groups of a service account by its name',
      'system:serviceaccount:shop:web',
      [],
      ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
    ],
    [
      'has none of them where others are given',
      'system:serviceaccount:shop:web',
      ['devs'],
      ['devs', 'system:authenticated'],
    ],
    ['is no service account without a name', 'system:serviceaccount:shop', [], ['system:authenticated']],
    [
      'has the group of a node by its name',
      'system:node:worker-1.example.com',
      [],
      ['system:nodes', 'system:authenticated'],
    ],
    ['is no node where no node has such a name', 'system:node:Worker 1', [], ['system:authenticated']],
  ];
  for (const [sentence, user, given, groups] of rows) {
    it(sentence, () => {
      expect(impersonated(user, given)).to.deep.equal({ user, groups });
    });
  }

  it('is the same service account as a token makes', () => {
    expect(impersonated('system:serviceaccount:shop:web', [])).to.deep.equal(serviceAccount('shop', 'web'));
  });

  it('is a node for the Node authorizer with the name and the group alone', () => {
    expect(isNode(impersonated('system:node:a', []))).to.equal(true);
    expect(isNode(impersonated('system:node:a', ['devs']))).to.equal(false);
    expect(isNode(impersonated('jane', ['system:nodes']))).to.equal(false);
  });
});

describe('the name of a service account', () => {
  it('is taken apart', () => {
    expect(splitServiceAccountName('system:serviceaccount:shop:web.v2')).to.deep.equal({
      namespace: 'shop',
      name: 'web.v2',
    });
  });

  const others = [
    'jane',
    'system:serviceaccount:shop',
    'system:serviceaccount:shop:',
    'system:serviceaccount::web',
    'system:serviceaccount:shop:web:2',
    'system:serviceaccount:Shop:web',
    'system:serviceaccount:shop.one:web',
    'system:serviceaccount:shop:web_2',
    'system:serviceaccount:shop:web.',
    `system:serviceaccount:${'a'.repeat(64)}:web`,
  ];
  for (const user of others) {
    it(`is not ${user}`, () => {
      expect(splitServiceAccountName(user)).to.equal(undefined);
    });
  }
});
