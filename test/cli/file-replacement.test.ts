/** How a file is written anew, on a real disk. */
import {
  chmodSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { replaceFile } from '../../src/cli/file-replacement.ts';

const [before, after] = [Buffer.from('before'), Buffer.from('after')];

describe('a file that is written anew', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'merlon-replace-'));
    writeFileSync(join(folder, 'a'), before);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

  it('has the new text, the old mode, and nothing beside it', () => {
    chmodSync(join(folder, 'a'), 0o604);
    expect(replaceFile(join(folder, 'a'), before, after)).to.equal(undefined);
    expect(read('a')).to.equal('after');
    expect(statSync(join(folder, 'a')).mode & 0o777).to.equal(0o604);
    expect(readdirSync(folder)).to.deep.equal(['a']);
  });

  it('is another one than before, so that whoever has it open reads on in the old one', () => {
    const { ino } = statSync(join(folder, 'a'));
    replaceFile(join(folder, 'a'), before, after);
    expect(statSync(join(folder, 'a')).ino).not.to.equal(ino);
  });

  it('is left alone where it has changed since it was read', () => {
    writeFileSync(join(folder, 'a'), 'mine');
    expect(replaceFile(join(folder, 'a'), before, after)).to.equal('has changed since it was read; not written');
    expect([read('a'), readdirSync(folder)]).to.deep.equal(['mine', ['a']]);
  });

  it('is what a link names, and the link stays', () => {
    symlinkSync('a', join(folder, 'link'));
    expect(replaceFile(join(folder, 'link'), before, after)).to.equal(undefined);
    expect([read('a'), readdirSync(folder)]).to.deep.equal(['after', ['a', 'link']]);
  });

  it('is left alone where it has another name, under which it would stay the old one', () => {
    linkSync(join(folder, 'a'), join(folder, 'b'));
    expect(replaceFile(join(folder, 'a'), before, after)).to.match(/^has more than one name/);
    expect(read('b')).to.equal('before');
  });

  it('is not made where there is none', () => {
    expect(replaceFile(join(folder, 'gone'), before, after)).to.equal('cannot be written: no such file or folder');
    expect(readdirSync(folder)).to.deep.equal(['a']);
  });
});
