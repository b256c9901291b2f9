import { expect } from 'chai';

import { OutputError, writeAll } from '../../src/cli/output.ts';
import type { OutputStream } from '../../src/cli/output.ts';

/** Takes `room` chunks, then answers with an error of that code. */
class Sink implements OutputStream {
  readonly chunks: string[] = [];
  readonly #room: number;
  readonly #code: string;

  constructor(room = Infinity, code = '') {
    this.#room = room;
    this.#code = code;
  }

  write(text: string, done?: (error?: Error | null) => void): void {
    const isFull = this.chunks.length >= this.#room;
    if (!isFull) this.chunks.push(text);
    setImmediate(() => done?.(isFull ? Object.assign(new Error(this.#code), { code: this.#code }) : null));
  }
}

function* pieces(count: number, drawn: number[] = []): Generator<string> {
  for (let index = 0; index < count; index += 1) {
    drawn.push(index);
    yield `${index} ${'x'.repeat(998)}\n`;
  }
}

describe('writing an output', () => {
  it('writes everything, in order', async () => {
    const sink = new Sink();
    await writeAll(sink, pieces(1000));
    expect(sink.chunks.join('')).to.equal([...pieces(1000)].join(''));
  });
  it('writes few large chunks', async () => {
    const sink = new Sink();
    await writeAll(sink, pieces(1000));
    expect(sink.chunks.length).to.be.within(10, 20);
  });
  it('writes nothing where there is nothing', async () => {
    const sink = new Sink();
    await writeAll(sink, []);
    expect(sink.chunks).to.deep.equal([]);
  });
  it('stops in silence where the reader has gone', async () => {
    const drawn: number[] = [];
    await writeAll(new Sink(1, 'EPIPE'), pieces(1000, drawn));
    expect(drawn.length).to.be.lessThan(200);
  });
  it('says that the output is lost where the disk is full', async () => {
    let thrown: unknown;
    await writeAll(new Sink(1, 'ENOSPC'), pieces(1000)).catch((error: unknown) => (thrown = error));
    expect(thrown).to.be.instanceOf(OutputError).with.property('message', 'the output cannot be written: ENOSPC');
  });
});
