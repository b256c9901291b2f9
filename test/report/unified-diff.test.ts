/** What changes in a text, as other tools read it. */
import { expect } from 'chai';
import { applyPatch, diffLines } from 'diff';
import fc from 'fast-check';

import { printUnifiedDiff } from '../../src/report/unified-diff.ts';

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join('');

describe('a unified diff', () => {
  it('shows three lines around a change, and its place in both texts', () => {
    expect(printUnifiedDiff('a b.yaml', numbers(1, 12), `${numbers(1, 5)}five\n${numbers(6, 12)}`)).to.equal(
      '--- a b.yaml\n+++ a b.yaml\n@@ -3,6 +3,7 @@\n 3\n 4\n 5\n+five\n 6\n 7\n 8\n',
    );
  });

  it('puts changes together whose surroundings meet, and others apart', () => {
    const hunks = (apart: number): number => {
      const text = numbers(1, 40);
      const changed = text.replace('\n10\n', '\nten\n').replace(`\n${10 + apart}\n`, '\nother\n');
      return printUnifiedDiff('a', text, changed).match(/^@@/gm)?.length ?? 0;
    };
    expect([hunks(1), hunks(7), hunks(8), hunks(20)]).to.deep.equal([1, 1, 2, 2]);
  });

  it('says where a last line has no end', () => {
    expect(printUnifiedDiff('a', 'x\ny', 'x\ny\nz')).to.equal(
      '--- a\n+++ a\n@@ -1,2 +1,3 @@\n x\n-y\n\\ No newline at end of file\n+y\n+z\n\\ No newline at end of file\n',
    );
  });

  it('counts a single line without its number of lines, and none as standing behind the line before', () => {
    expect(printUnifiedDiff('a', 'x\n', 'y\n')).to.contain('@@ -1 +1 @@\n-x\n+y\n');
    expect(printUnifiedDiff('a', '', 'y\n')).to.contain('@@ -0,0 +1 @@\n+y\n');
  });

  it('keeps line breaks as they are', () => {
    expect(printUnifiedDiff('a', 'x\r\n', 'x\r\ny\r\n')).to.match(/ x\r\n\+y\r\n$/);
  });

  it('is what turns the one text into the other, and shows little more than the shortest one does', () => {
    const line = fc.constantFrom('a\n', 'b\n', 'c\n', 'd\r\n', '\n', '- \n', '+++ x\n');
    const text = fc
      .tuple(fc.array(line, { maxLength: 40 }), fc.constantFrom('', '', 'end'))
      .map(([lines, end]) => lines.join('') + end);
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = printUnifiedDiff('a', before, after);
        expect(applyPatch(before, diff, { autoConvertLineEndings: false })).to.equal(after);
      }),
      { numRuns: 2000 },
    );
    const local = fc.array(fc.record({ at: fc.nat({ max: 199 }), text: line }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(local, (edits) => {
        const lines = Array.from({ length: 200 }, (_, index) => `line ${index}\n`);
        const before = lines.join('');
        for (const edit of edits) lines[edit.at] = edit.text;
        const after = lines.join('');
        const diff = printUnifiedDiff('a', before, after);
        expect(applyPatch(before, diff)).to.equal(after);
        const shortest = diffLines(before, after).reduce(
          (sum, part) => sum + (part.added || part.removed ? part.count : 0),
          0,
        );
        expect(diff.match(/^[-+](?!(--|\+\+) a$)/gm)).to.have.length.at.most(shortest + 1);
      }),
      { numRuns: 300 },
    );
  });

  it('of many changes in a long text takes no longer than reading it', function () {
    this.timeout(5000);
    const before = Array.from({ length: 60_000 }, (_, index) =>
      index % 6 === 0 ? '  {\n' : `    "f${index % 6}": 1,\n`,
    );
    const after = before.flatMap((text, index) => (index % 6 === 5 ? [text, '    "new": false\n'] : [text]));
    expect(printUnifiedDiff('a', before.join(''), after.join('')).match(/^\+ /gm)).to.have.length(10_000);
  });
});
