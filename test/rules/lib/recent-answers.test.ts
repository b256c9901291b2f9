import { expect } from 'chai';

import { rememberAnswers } from '../../../src/rules/lib/recent-answers.ts';

describe('answers that are remembered', () => {
  function counted(maxAnswers: number) {
    const asked: string[] = [];
    const answer = rememberAnswers((text) => {
      asked.push(text);
      return text === '' ? undefined : text.toUpperCase();
    }, maxAnswers);
    return { asked, answer };
  }

  it('are asked for once', () => {
    const { asked, answer } = counted(10);
    expect([answer('a'), answer('b'), answer('a')]).to.deep.equal(['A', 'B', 'A']);
    expect(asked).to.deep.equal(['a', 'b']);
  });

  it('are so also where there is none', () => {
    const { asked, answer } = counted(10);
    expect([answer(''), answer('')]).to.deep.equal([undefined, undefined]);
    expect(asked).to.deep.equal(['']);
  });

  it('are forgotten where there are too many', () => {
    const { asked, answer } = counted(2);
    for (const text of ['a', 'b', 'c', 'a']) answer(text);
    expect(asked).to.deep.equal(['a', 'b', 'c', 'a']);
  });
});
