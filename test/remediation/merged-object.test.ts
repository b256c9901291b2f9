/** What an object is with a patch in it. */
import { expect } from 'chai';

import { keptItems, mergePatch, PatchMisfit } from '../../src/remediation/merged-object.ts';

describe('a patch laid over an object', () => {
  it('is merged into maps, those too that are not there yet', () => {
    expect(mergePatch({ a: 1, metadata: null }, { metadata: { labels: { x: 'y' } } })).to.deep.equal({
      a: 1,
      metadata: { labels: { x: 'y' } },
    });
  });

  it('is merged into containers by their name, wherever they stand', () => {
    const object = { spec: { containers: [{ name: 'a', image: 'i' }, { name: 'b' }] } };
    const patch = { spec: { containers: [{ name: 'b', imagePullPolicy: 'Always' }] } };
    expect(mergePatch(object, patch)).to.deep.equal({
      spec: {
        containers: [
          { name: 'a', image: 'i' },
          { name: 'b', imagePullPolicy: 'Always' },
        ],
      },
    });
    expect(object.spec.containers[1]).to.deep.equal({ name: 'b' });
  });

  it('takes items out of other lists, and leaves those that stay as they are', () => {
    const object = {
      subjects: [
        { kind: 'User', name: 'a', note: 1 },
        { kind: 'User', name: 'b' },
      ],
    };
    expect(mergePatch(object, { subjects: [{ kind: 'User', name: 'a' }] })).to.deep.equal({
      subjects: [{ kind: 'User', name: 'a', note: 1 }],
    });
  });

  it('has no place where something else stands, where no item has the name, or more than one has', () => {
    expect(() => mergePatch({ metadata: 'x' }, { metadata: { labels: {} } })).to.throw(PatchMisfit, 'is no map');
    const named = (...names: string[]) => ({ containers: names.map((name) => ({ name })) });
    expect(() => mergePatch(named('a'), named('b'))).to.throw(PatchMisfit, 'has 0 items of the name "b"');
    expect(() => mergePatch(named('a', 'a'), named('a'))).to.throw(PatchMisfit, 'has 2 items of the name "a"');
    expect(() => mergePatch({ subjects: [] }, { subjects: [{ name: 'a' }] })).to.throw(PatchMisfit, 'written anew');
  });

  it('keeps items in their order alone', () => {
    expect([...(keptItems(['a', 'b', 'a'], ['b', 'a']) ?? [])]).to.deep.equal([1, 2]);
    expect(keptItems(['a', 'b'], ['b', 'a'])).to.equal(undefined);
  });
});
