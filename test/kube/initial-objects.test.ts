import { expect } from 'chai';

import { InitialObjects } from '../../src/kube/initial-objects.ts';

const identity = (namespace: string, name: string) => ({ namespace, name, resourceVersion: '1' });

describe('InitialObjects', () => {
  it('has the last of each name in each namespace, but for what was deleted', () => {
    const initial = new InitialObjects<string>();
    initial.take('added', identity('shop', 'web'), 'shop/web 1');
    initial.take('added', identity('', 'web'), 'web');
    initial.take('modified', identity('shop', 'web'), 'shop/web 2');
    initial.take('added', identity('shop', 'db'), 'shop/db');
    initial.take('deleted', identity('shop', 'db'), 'shop/db');
    initial.take('deleted', identity('ci', 'db'), 'ci/db');
    expect(initial.release()).to.deep.equal(['shop/web 2', 'web']);
  });

  it('lets go of what it handed over: a watch lasts', () => {
    const initial = new InitialObjects<string>();
    initial.take('added', identity('shop', 'web'), 'shop/web');
    initial.release();
    expect(initial.release()).to.deep.equal([]);
  });
});
