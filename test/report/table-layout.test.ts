import { expect } from 'chai';
import { displayWidth, layoutTable as layoutLines } from '../../src/report/table-layout.ts';
import type { Column } from '../../src/report/table-layout.ts';
import { buildPainter } from '../../src/report/terminal.ts';

const plain = buildPainter(false);
const layoutTable = (...args: Parameters<typeof layoutLines>): string[] => [...layoutLines(...args)];
const columns: readonly Column[] = [{ title: 'NAME' }, { title: 'HIGH', align: 'right' }, { title: 'MESSAGE' }];

describe('layoutTable', () => {
  it('makes columns as wide as their widest cell and leaves no space at the end of a line', () => {
    const lines = layoutTable(
      columns,
      [
        ['web', '7', 'privileged'],
        ['frontend', '100', ''],
      ],
      plain,
    );
    expect(lines).to.deep.equal(['NAME       HIGH   MESSAGE', 'web           7   privileged', 'frontend    100']);
  });
  it('prints the titles of an empty table', () => {
    expect(layoutTable(columns, [], plain)).to.deep.equal(['NAME   HIGH   MESSAGE']);
  });
  it('keeps columns aligned behind wide letters', () => {
    const lines = layoutTable(
      [{ title: 'A' }, { title: 'B' }],
      [
        ['名前', 'x'],
        ['name', 'y'],
        ['e\u0301', 'z'],
      ],
      plain,
    );
    expect(lines).to.deep.equal(['A      B', '名前   x', 'name   y', 'e\u0301      z']);
  });
  it('spells out what a cell hides, and counts what it then shows', () => {
    const lines = layoutTable(
      [{ title: 'A' }, { title: 'B' }],
      [
        ['\x1b[2J', 'x'],
        ['\u202eab', 'y'],
      ],
      plain,
    );
    expect(lines).to.deep.equal(['A          B', '\\x1b[2J    x', '\\u202eab   y']);
  });
  it('colours a cell but not the space beside it', () => {
    const rows = [[{ text: 'a', colour: 'red' }, 'x']] as const;
    const lines = layoutTable([{ title: 'NAME' }, { title: 'B' }], rows, buildPainter(true));
    expect(lines).to.deep.equal(['NAME   B', '\x1b[31ma\x1b[0m      x']);
  });
  it('fills up rows that are too short', () => {
    expect(layoutTable([{ title: 'A' }, { title: 'B' }], [['x']], plain)).to.deep.equal(['A   B', 'x']);
  });
});

describe('displayWidth', () => {
  const rows: readonly (readonly [sentence: string, text: string, width: number])[] = [
    ['counts a Latin letter as one column', 'aé', 2],
    ['counts a Han letter as two', '名', 2],
    ['counts a full-width letter as two', 'Ａ', 2],
    ['counts a combining mark as none', 'e\u0301', 1],
    ['counts an emoji as two', '🚀', 2],
  ];
  for (const [sentence, text, width] of rows) {
    it(sentence, () => {
      expect(displayWidth(text)).to.equal(width);
    });
  }
});
