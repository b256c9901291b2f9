import { expect } from 'chai';
import { compareCosts } from './cold-sync.ts';

const cost = (wallS: number, cpuS: number) => ({ wallS, cpuS, peakRssMB: 100 });

describe('the cost of a cold sync', () => {
  it('is compared turn by turn: what hit both programmes says nothing of either', () => {
    // The machine is half as fast from the third turn on.
    const merlon = [cost(0.9, 0.8), cost(0.9, 0.8), cost(1.8, 1.6), cost(1.8, 1.6), cost(2.4, 2)];
    const clientGo = [cost(1, 1), cost(1, 1), cost(2, 2), cost(2, 2), cost(2, 2)];
    const { wallRatio, cpuRatio, merlon: typical } = compareCosts(merlon, clientGo);
    expect([wallRatio, cpuRatio, typical.wallS]).to.deep.equal([0.9, 0.8, 1.8]);
  });
});
