import { expect } from 'chai';
import fc from 'fast-check';

import { keyOf } from '../../src/core/subject-ref.ts';
import type { SubjectRef } from '../../src/core/subject-ref.ts';
import { SubjectSet } from '../../src/core/subject-set.ts';

describe('a set of subjects', () => {
  it('counts each once, in whatever order they come', () => {
    const text = fc.constantFrom('', 'a', 'b', 'ab', '__proto__');
    const subject = fc.record<SubjectRef>(
      { apiVersion: text, kind: text, namespace: text, name: text },
      { requiredKeys: ['apiVersion', 'kind', 'name'] },
    );
    fc.assert(
      fc.property(fc.array(subject, { maxLength: 60 }), (subjects) => {
        const set = new SubjectSet();
        for (const one of subjects) set.add(one);
        const distinct = new Set(subjects.map((one) => `${one.namespace === undefined}${keyOf(one)}`));
        expect(set.size).to.equal(distinct.size);
      }),
    );
  });
});
