import { expect } from 'chai';
import { parseBenchOptions, sections, UsageError } from './bench-options.ts';

describe('options of the bench', () => {
  it('measures everything with 10,000 pods unless told otherwise', () => {
    expect(parseBenchOptions([])).to.deep.equal({
      pods: 10_000,
      workloads: 400,
      namespaces: 50,
      seed: 1,
      runs: 3,
      latencySeconds: 30,
      changesPerSecond: 20,
      idleSeconds: 60,
      only: [...sections],
      output: '.bench/latest.json',
    });
  });

  it('takes sizes and several sections', () => {
    const options = parseBenchOptions(['--pods', '2000', '--only', 'engine', '--only=idle']);

    expect(options).to.include({ pods: 2000 });
    expect(options).to.have.property('only').that.deep.equals(['engine', 'idle']);
  });

  it('refuses what it does not know, and says so', () => {
    expect(() => parseBenchOptions(['--pods', 'many'])).to.throw(UsageError, '--pods wants a whole number, not "many"');
    expect(() => parseBenchOptions(['--only', 'sync'])).to.throw(UsageError, 'there are coldSync, engine');
    expect(() => parseBenchOptions(['--pod', '1'])).to.throw(UsageError, '--pod');
    expect(() => parseBenchOptions(['--pods', '1'])).to.throw(UsageError, 'as many pods as workloads');
  });

  it('explains itself', () => {
    expect(parseBenchOptions(['--help']))
      .to.have.property('help')
      .that.includes('--idle-seconds');
  });
});
