/** Where documents stand in their input: together with what separates them they are every byte of it. */
import { expect } from 'chai';

import { readDocuments } from '../../src/scan/document-stream.ts';
import { DocumentRefused } from '../../src/scan/input-problem.ts';
import { KeyTable } from '../../src/scan/key-table.ts';

function textsOf(text: string): string[] {
  const utf8 = Buffer.from(text);
  return [...readDocuments(utf8, new KeyTable())].map((event) =>
    event instanceof DocumentRefused ? 'refused' : utf8.toString('utf8', event.range.start, event.range.end),
  );
}

describe('the range of a document', () => {
  it('is that of its YAML, and of the line before that starts it', () => {
    expect(textsOf('---\né: 1\n---\n# c\nb: 2\n--- # d\n---\nc: 3')).to.deep.equal([
      '---\né: 1\n',
      '# c\nb: 2\n',
      '---\nc: 3',
    ]);
  });

  it('is that of its JSON, with the white space before it', () => {
    expect(textsOf('{"é":1}\n {"b":2}\n')).to.deep.equal(['{"é":1}', '\n {"b":2}']);
  });

  it('is right behind what is refused, and behind a change from JSON to YAML', () => {
    expect(textsOf('é: [\n---\nb: 2\n')).to.deep.equal(['refused', 'b: 2\n']);
    expect(textsOf('{"é":1}\n---\nb: 2\n---\nc: 3\n')).to.deep.equal(['{"é":1}', '---\nb: 2\n', 'c: 3\n']);
    expect(textsOf('{"é":1}\n{"b":2}\n{é\n{"c":3}')).to.deep.equal([
      '{"é":1}',
      '\n{"b":2}',
      'refused',
      '\n{"c":3}'.slice(1),
    ]);
  });
});
