import { Readable } from 'node:stream';

import { expect } from 'chai';

import { openQuestioner } from '../../src/cli/confirmation.ts';

function typed(text: string, isTTY = true) {
  const asked: string[] = [];
  const stdin = Object.assign(Readable.from([Buffer.from(text)]), { isTTY });
  const questioner = openQuestioner({ stdin, stderr: { write: (question) => asked.push(question) } });
  return { questioner, asked };
}

describe('a question', () => {
  it('is asked at a terminal, one answer a line, whatever its case and the space around it', async () => {
    const { questioner, asked } = typed(' Revert \nYES\n');
    expect(await questioner?.ask('keep or revert? ')).to.equal('revert');
    expect(await questioner?.ask('sure? ')).to.equal('yes');
    expect(asked).to.deep.equal(['keep or revert? ', 'sure? ']);
  });

  it('is answered with nothing where the input ends', async () => {
    const { questioner } = typed('');
    expect(await questioner?.ask('sure? ')).to.equal('');
    expect(await questioner?.ask('sure? ')).to.equal('');
  });

  it('is asked of nobody off a terminal', () => {
    expect(typed('yes\n', false).questioner).to.equal(undefined);
  });
});
