import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { expect } from 'chai';
import fc from 'fast-check';

import { AnswerProblem, HttpAnswer } from '../../src/kube/http-answer.ts';
import type { AnswerHead } from '../../src/kube/http-answer.ts';
import { handReused } from '../support/reused-memory.ts';

interface Read {
  readonly heads: readonly AnswerHead[];
  readonly body: string;
  readonly isComplete: boolean;
}

/** @param cuts sizes of the pieces in which it comes, one after the other and again from the first */
function read(answer: string | Buffer, { cuts = [Infinity], isClosed = false } = {}): Read {
  const heads: AnswerHead[] = [];
  let body = '';
  const reader = new HttpAnswer(
    (head) => heads.push(head),
    (bytes, start, end) => {
      body += bytes.toString('latin1', start, end);
    },
  );
  const whole = Buffer.from(answer);
  for (let at = 0, count = 0; at < whole.length; count += 1) {
    const size = cuts[count % cuts.length] ?? 1;
    handReused(whole.subarray(at, at + size), (memory, start, end) => {
      // The reader's pieces begin where their memory does.
      reader.push(memory.subarray(start), end - start);
    });
    at += size;
  }
  if (isClosed) reader.end();
  return { heads, body, isComplete: reader.isComplete };
}

function problemOf(answer: string, isClosed = false): string {
  try {
    read(answer, { isClosed });
  } catch (error) {
    if (error instanceof AnswerProblem) return error.message;
    throw error;
  }
  return 'none';
}

const chunked = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('HttpAnswer', () => {
  it('reads chunks, whatever the pieces in which they come', () => {
    const answer = `${chunked}0000000000000003\r\nabc\r\n1A;of=kubernetes\r\n${'x'.repeat(26)}\r\n0\r\nTrailing: header\r\n\r\n`;
    for (let size = 1; size <= answer.length; size += 1) {
      expect(read(answer, { cuts: [size] })).to.deep.equal({
        heads: [{ status: 200, headers: { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' } }],
        body: `abc${'x'.repeat(26)}`,
        isComplete: true,
      });
    }
  });

  it('reads as many bytes as were promised', () => {
    const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabcdef';
    expect(read(answer)).to.include({ body: 'abc', isComplete: true });
    expect(read('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')).to.include({ body: '', isComplete: true });
  });

  it('reads up to the end of the connection where nothing was promised', () => {
    expect(read('HTTP/1.0 200 OK\r\n\r\nabc')).to.include({ body: 'abc', isComplete: false });
    expect(read('HTTP/1.0 200 OK\r\n\r\nabc', { isClosed: true })).to.include({ body: 'abc', isComplete: true });
  });

  it('has no body where the status says so, and passes over interim answers', () => {
    expect(read('HTTP/1.1 204 No Content\r\n\r\n')).to.include({ isComplete: true });
    const heads = read(
      'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n',
    ).heads;
    expect(heads.map(({ status }) => status)).to.deep.equal([410]);
  });

  it('takes the first of what has one value, and any name for a header', () => {
    const { heads } = read(
      'HTTP/1.1 200 OK\r\ncontent-type: a\r\nContent-Type: b\r\nretry-after: 1\r\nretry-after: 2\r\nconstructor: x\r\n__proto__: y\r\ncontent-length: 0\r\n\r\n',
    );
    expect(Object.entries(heads[0]?.headers ?? {})).to.deep.equal([
      ['content-type', 'a'],
      ['retry-after', '1'],
      ['constructor', 'x'],
      ['__proto__', 'y'],
      ['content-length', '0'],
    ]);
  });

  it('joins what comes several times, and keeps no space around values', () => {
    const { heads } = read('HTTP/1.1 200\r\nwarning: \t299 - "a" \r\nWarning:299 - "b"\r\ncontent-length: 0\r\n\r\n');
    expect(heads[0]?.headers['warning']).to.equal('299 - "a", 299 - "b"');
  });

  const cutOff = 'the answer was cut off';
  for (const [answer, problem] of [
    ['', cutOff],
    ['HTTP/1.1 200 OK\r\n', cutOff],
    ['HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabc', cutOff],
    [`${chunked}3\r\nabc\r\n`, cutOff],
    [`${chunked}3\r\nab`, cutOff],
    [`${chunked}0\r\n`, cutOff],
    ['HTTP/2 200\r\n\r\n', 'it begins with "HTTP/2 200"'],
    ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 'it begins with "HTTP/1.1 101 Switching Protocols"'],
    ['SSH-2.0', 'it begins with "SSH-2.0"'],
    ['HTTP/1.1 200 OK\nserver: x\n', 'a line of its head ends without a carriage return'],
    ['HTTP/1.1 20 OK\r\n\r\n', 'it begins with "HTTP/1.1 20 OK"'],
    ['\u0015\u0003\u0001\r\n\r\n', 'it begins with "\\u0015\\u0003\\u0001"'],
    ['HTTP/1.1 200 OK\r\nno header\r\n\r\n', 'its head has a line that is no header'],
    ['HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n', 'its head has a line that is no header'],
    ['HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n', 'it says of a length that it is "-1"'],
    ['HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 3\r\n\r\n', 'it says of a length that it is "3, 3"'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n', 'its transfer-encoding is "gzip, chunked"'],
    [
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n',
      'it has a content-length and is chunked',
    ],
    [`${chunked}\r\nabc`, 'it says of a length that it is ""'],
    [`${chunked}xyz\r\n`, 'it says of a length that it is "xyz"'],
    [`${chunked}-3\r\nabc`, 'it says of a length that it is "-3"'],
    [`${chunked}${'f'.repeat(13)}\r\n`, `it says of a length that it is "${'f'.repeat(13)}"`],
    [`${chunked}3\r\nabcd\r\n`, 'a chunk is longer than it says'],
    [`${chunked}3\nabc\n`, 'a line between its chunks ends without a carriage return'],
    [`${chunked}3;${'x'.repeat(5000)}`, 'a line between its chunks is longer than 4096 bytes'],
    [`HTTP/1.1 200 OK\r\na: ${'x'.repeat(70_000)}`, 'its head is longer than 65536 bytes'],
  ] as const) {
    it(`refuses ${JSON.stringify(answer.slice(-40))}: ${problem.slice(0, 60)}`, () => {
      expect(problemOf(answer, true)).to.equal(problem);
    });
  }

  it("reads what Node's server writes, whatever it is and whatever the pieces", async function () {
    this.timeout(30_000);
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const piece = fc.string({
      unit: fc.constantFrom('a', '\r', '\n', '0', ';', '\u00e4'),
      minLength: 1,
      maxLength: 300,
    });
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(piece, { maxLength: 6 }),
          fc.boolean(),
          fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }),
          async (pieces, hasLength, cuts) => {
            const bytes = pieces.map((text) => Buffer.from(text, 'latin1'));
            server.removeAllListeners('request').once('request', (_request, response) => {
              if (hasLength) response.setHeader('content-length', Buffer.concat(bytes).length);
              for (const one of bytes) response.write(one);
              response.end();
            });
            const socket = connect(port, '127.0.0.1');
            socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
            const answer = await buffer(socket);
            const { heads, body, isComplete } = read(answer, { cuts });
            expect({ status: heads[0]?.status, body, isComplete }).to.deep.equal({
              status: 200,
              body: pieces.join(''),
              isComplete: true,
            });
          },
        ),
        { numRuns: 200 },
      );
    } finally {
      server.close();
    }
  });
});
