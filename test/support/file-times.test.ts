import { expect } from 'chai';
import { FileTimes } from './file-times.ts';

describe('how long the files of a run took', () => {
  let nowMs = 0;
  const times = (...parts: readonly (readonly [file: string, ms: number])[]): FileTimes => {
    const all = new FileTimes(() => nowMs);
    for (const [file, ms] of parts) {
      all.begin(file);
      nowMs += ms;
      all.end(file);
    }
    return all;
  };

  it('names the slowest first, from where the run was started', () => {
    const all = times(['/repo/test/quick.test.ts', 6_000], ['/repo/test/slow.test.ts', 61_400]);

    expect(all.slowest('/repo')).to.deep.equal([
      '  slowest files:',
      '    61 s  test/slow.test.ts',
      '     6 s  test/quick.test.ts',
      '',
    ]);
  });

  it('adds up the parts of a file', () => {
    const all = times(['/repo/a.test.ts', 4_000], ['/repo/b.test.ts', 100], ['/repo/a.test.ts', 3_000]);

    expect(all.slowest('/repo')).to.include('     7 s  a.test.ts');
  });

  it('says nothing where no file took long', () => {
    expect(times(['/repo/a.test.ts', 4_999]).slowest('/repo')).to.be.empty;
  });

  it('names no more than a dozen', () => {
    const parts = Array.from({ length: 20 }, (_, index) => [`/repo/${index}.test.ts`, 5_000 + index] as const);

    const lines = times(...parts).slowest('/repo');

    expect(lines.filter((line) => line.includes('.test.ts'))).to.have.length(12);
    expect(lines[1]).to.contain('19.test.ts');
  });
});
