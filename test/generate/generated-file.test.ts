import { expect } from 'chai';
import { load } from 'js-yaml';

import { formatFile, printYaml } from '../../src/generate/generated-file.ts';

describe('generated files', () => {
  const rows: readonly { readonly name: string; readonly text: string }[] = [
    { name: 'True, which YAML 1.1 reads as a boolean', text: 'True' },
    { name: 'no, which YAML 1.1 reads as a boolean', text: 'no' },
    { name: '010, which YAML 1.1 reads as 8', text: '010' },
    { name: '12:30:45, which YAML 1.1 reads as a number of seconds', text: '12:30:45' },
    { name: 'a date', text: '1970-01-01T00:00:00Z' },
    { name: 'null', text: 'null' },
    { name: 'nothing', text: '' },
  ];
  for (const { name, text } of rows) {
    it(`a string is quoted that says ${name}`, () => {
      expect(printYaml({ text })).to.equal(`text: '${text}'\n`);
    });
  }

  it('keys keep their order, long texts stay on one line, equal parts are written out', () => {
    const part = { b: 1, a: 'word '.repeat(60).trim() };
    const yaml = printYaml({ one: part, two: part });
    expect(yaml.split('\n')).to.have.length(7);
    expect(load(yaml)).to.deep.equal({ one: part, two: part });
    expect(yaml).to.match(/^one:\n {2}b: 1\n {2}a: word/);
  });

  it('look as prettier would have them', async () => {
    expect(await formatFile('src/a.ts', 'export const a = "b"')).to.deep.equal({
      path: 'src/a.ts',
      content: `export const a = 'b';\n`,
    });
  });
});
