import { expect } from 'chai';

import { mergeFragments } from '../../src/psp/merge-fragments.ts';

const fragment = (spec: object | undefined, annotations?: object) => ({
  apiVersion: 'policy/v1beta1',
  metadata: { name: 'restricted', annotations },
  spec,
});

describe('mergeFragments', () => {
  it('puts the fields and annotations of all together', () => {
    const fragments = [
      fragment({ privileged: false }),
      fragment({ volumes: ['secret'], hostPID: null }, { a: '1' }),
      fragment(undefined, { b: '2' }),
      fragment({ hostPID: false }),
    ];
    expect(mergeFragments(fragments)).to.deep.equal({
      json: fragment({ privileged: false, volumes: ['secret'], hostPID: false }, { a: '1', b: '2' }),
    });
  });
  it('takes what is said twice once', () => {
    const fragments = [fragment({ volumes: ['secret'] }, { a: '1' }), fragment({ volumes: ['secret'] }, { a: '1' })];
    expect(mergeFragments(fragments)).to.deep.equal({ json: fragments[0] });
  });
  it('names the field about which two disagree', () => {
    const fragments = [fragment({}), fragment({ volumes: ['secret'] }), fragment({ volumes: ['secret', 'nfs'] })];
    expect(mergeFragments(fragments)).to.deep.equal({ conflict: { path: 'spec.volumes', index: 2, earlier: 1 } });
  });
  it('names the annotation about which two disagree', () => {
    const fragments = [fragment({}, { 'a/b': '1' }), fragment({}, { 'a/b': '2' })];
    expect(mergeFragments(fragments)).to.deep.equal({
      conflict: { path: 'metadata.annotations["a/b"]', index: 1, earlier: 0 },
    });
  });
  it('is not fooled by the names of fields', () => {
    const fragments = [fragment(JSON.parse('{ "__proto__": { "privileged": true } }') as object), fragment({})];
    expect(mergeFragments(fragments)).not.to.have.nested.property('json.spec.privileged');
  });
});
