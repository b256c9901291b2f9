/** Answers are remembered, and asked again once where they may be others. */
import { expect } from 'chai';

import { NotObserved } from '../../src/core/snapshot.ts';
import type { Derivation, Snapshot } from '../../src/core/snapshot.ts';
import { Versions } from '../../src/core/versions.ts';

/** Numbers by name, which a derivation takes from what it reads. */
type Numbers = ReadonlyMap<string, number>;

const derivation: Derivation<Numbers> = { reads: ['Role'], build: () => new Map() };

function numberOf(numbers: Numbers, name: string): number | undefined {
  asked.push(name);
  return numbers.get(name);
}

const asked: string[] = [];

/** @param now what is derived; undefined where it cannot be told */
function snapshotOf(now: () => Numbers | undefined): Snapshot {
  const derive = () => {
    const made = now();
    if (made === undefined) throw new NotObserved('Role', 'nobody may read it');
    return made;
  };
  return { derive } as unknown as Snapshot;
}

describe('asked questions', () => {
  let numbers: Numbers | undefined;
  const snapshot = snapshotOf(() => numbers);

  beforeEach(() => {
    asked.length = 0;
    numbers = new Map([
      ['one', 1],
      ['two', 2],
    ]);
  });

  it('are asked once, by however many', () => {
    const versions = new Versions();
    const first = versions.ask(derivation, numberOf, 'one', snapshot);
    expect(versions.ask(derivation, numberOf, 'one', snapshot)).to.equal(first);
    expect(first.answer).to.equal(1);
    expect(asked).to.deep.equal(['one']);
  });

  it('are asked again where what they are about is made from something else', () => {
    const versions = new Versions();
    const cells = ['one', 'two'].map((name) => versions.ask(derivation, numberOf, name, snapshot).cell);
    const before = versions.now;
    versions.noteObject('Pod', 'shop', 'web');
    versions.settle(snapshot);
    expect(asked).to.have.length(2);
    numbers = new Map([
      ['one', 1],
      ['two', 22],
    ]);
    versions.noteObject('Role', 'shop', 'reader');
    versions.settle(snapshot);
    expect(asked).to.have.length(4);
    expect(cells.map((cell) => versions.haveChanged([cell], before))).to.deep.equal([false, true]);
    expect(versions.ask(derivation, numberOf, 'two', snapshot).answer).to.equal(22);
    versions.settle(snapshot);
    expect(asked).to.have.length(4);
  });

  it('are asked again of what has moved alone, and of the whole', () => {
    const moving: Derivation<Numbers> = { ...derivation, movedSince: () => new Set(['two', 'three']) };
    const versions = new Versions();
    for (const name of ['', 'one', 'two']) versions.ask(moving, numberOf, name, snapshot);
    versions.noteObject('Role', 'shop', 'reader');
    versions.settle(snapshot);
    expect(asked).to.deep.equal(['', 'one', 'two', '', 'two']);
  });

  it('have other answers where they cannot be answered any more', () => {
    const versions = new Versions();
    const { cell } = versions.ask(derivation, numberOf, 'one', snapshot);
    const before = versions.now;
    numbers = undefined;
    versions.noteObject('Role', 'shop', 'reader');
    versions.settle(snapshot);
    expect(versions.haveChanged([cell], before)).to.equal(true);
    expect(() => versions.ask(derivation, numberOf, 'one', snapshot)).to.throw(NotObserved);
  });

  it('have another answer where one of them cannot be answered any more, and the others theirs', () => {
    const malformed = new Set<string>();
    const read = (made: Numbers, name: string): number | undefined => {
      if (malformed.has(name)) throw new TypeError(`${name} is malformed`);
      return made.get(name);
    };
    const versions = new Versions();
    const cells = ['one', 'two'].map((name) => versions.ask(derivation, read, name, snapshot).cell);
    const before = versions.now;
    malformed.add('one');
    versions.noteObject('Role', 'shop', 'reader');
    versions.settle(snapshot);
    expect(cells.map((cell) => versions.haveChanged([cell], before))).to.deep.equal([true, false]);
    expect(() => versions.ask(derivation, read, 'one', snapshot)).to.throw('one is malformed');
    expect(versions.ask(derivation, read, 'two', snapshot).answer).to.equal(2);
  });

  it('are forgotten once most of them may be about what is gone, and again as late as the others', () => {
    const versions = new Versions();
    const changeRole = (): void => {
      versions.noteObject('Role', 'shop', 'reader');
      versions.settle(snapshot);
    };
    const { cell } = versions.ask(derivation, numberOf, 'one', snapshot);
    changeRole();
    const before = versions.now;
    for (let index = 0; index < 1003; index += 1) versions.ask(derivation, numberOf, `gone-${index}`, snapshot);
    changeRole();
    expect(versions.haveChanged([cell], before)).to.equal(false);
    versions.ask(derivation, numberOf, 'one too many', snapshot);
    changeRole();
    expect(versions.haveChanged([cell], before), 'to be asked again').to.equal(true);
    asked.length = 0;
    changeRole();
    expect(asked).to.deep.equal([]);
    versions.ask(derivation, numberOf, 'one', snapshot);
    changeRole();
    expect(asked).to.deep.equal(['one', 'one']);
  });

  it('are forgotten, with all that was read, once what is gone has piled up', () => {
    const versions = new Versions(10);
    const { epoch } = versions;
    for (let index = 0; index < 11; index += 1) versions.ask(derivation, numberOf, `gone-${index}`, snapshot);
    versions.noteObject('Pod', 'shop', 'web');
    expect(versions.epoch).to.equal(epoch + 1);
    versions.ask(derivation, numberOf, 'gone-0', snapshot);
    expect(asked).to.have.length(12);
  });
});
