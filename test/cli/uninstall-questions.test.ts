import { expect } from 'chai';

import type { Questioner } from '../../src/cli/confirmation.ts';
import { askRepairs, confirm } from '../../src/cli/uninstall-questions.ts';
import { findStandingRepairs } from '../../src/uninstall/plan/standing-repairs.ts';
import { defaultAccount } from '../uninstall/plan/repaired-objects.ts';

const standing = findStandingRepairs([defaultAccount()], []);
const answering = (answer: string): Questioner => ({ ask: () => Promise.resolve(answer) });

async function ask(questioner: Questioner | undefined) {
  const said: string[] = [];
  return { choice: await askRepairs(standing, questioner, (text) => said.push(text)), said };
}

describe('what becomes of repairs', () => {
  it('is asked with each of them named', async () => {
    const { choice, said } = await ask(answering('revert'));
    expect(choice).to.equal('revert');
    expect(said[0]).to.equal('a repair stands: ServiceAccount shop/default: automountServiceAccountToken');
    expect((await ask(answering('keep'))).choice).to.equal('keep');
  });

  it('is not decided by any other answer', async () => {
    expect((await ask(answering(''))).choice).to.equal(undefined);
    expect((await ask(answering('yes'))).choice).to.equal(undefined);
  });

  it('is not decided where nobody can be asked: the flag is named', async () => {
    const { choice, said } = await ask(undefined);
    expect(choice).to.equal(undefined);
    expect(said.at(-1)).to.match(/^say what becomes of it: --repairs keep .*, --repairs revert /);
  });
});

describe('an uninstallation', () => {
  it('is confirmed by yes alone, and by nobody who is not there', async () => {
    expect(await confirm(answering('yes'), 3, 'https://server')).to.equal(true);
    expect(await confirm(answering('y'), 3, 'https://server')).to.equal(true);
    expect(await confirm(answering(''), 3, 'https://server')).to.equal(false);
    expect(await confirm(answering('yesterday'), 3, 'https://server')).to.equal(false);
    expect(await confirm(undefined, 3, 'https://server')).to.equal(false);
  });
});
