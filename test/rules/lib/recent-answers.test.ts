import { expect } from 'chai';

import { rememberAnswers, rememberLast } from '../../../src/rules/lib/recent-answers.ts';

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

describe('the last answers that are remembered', () => {
  it('are asked for once, as long as they are among the last', () => {
    const asked: string[] = [];
    const answer = rememberLast((text) => {
      asked.push(text);
      return text === '' ? undefined : text.toUpperCase();
    }, 2);
    expect(['a', '', 'a', '', 'b', 'a', 'b'].map(answer)).to.deep.equal([
      'A',
      undefined,
      'A',
      undefined,
      'B',
      'A',
      'B',
    ]);
    expect(asked).to.deep.equal(['a', '', 'b', 'a']);
  });
});
