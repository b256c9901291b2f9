/** The lines of a stream, one chunk after the other, so that no more of it is held than a chunk and a line. */
import { StringDecoder } from 'node:string_decoder';

/** Longer lines are not held, only counted. */
export const maxLineLength = 1024 * 1024;

const BYTE_ORDER_MARK = '\uFEFF';

export interface LongLine {
  readonly tooLong: true;
}

/** @returns the lines of one chunk at a time, without their ends and without the byte order mark of the stream */
export async function* readLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<readonly (string | LongLine)[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isSkipping = false;
  let isBegun = false;
  for await (const chunk of source) {
    const lines: (string | LongLine)[] = [];
    const decoded = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    const text = !isBegun && decoded.startsWith(BYTE_ORDER_MARK) ? decoded.slice(1) : decoded;
    isBegun ||= decoded !== '';
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      lines.push(isSkipping ? { tooLong: true } : finish(rest + text.slice(start, end)));
      rest = '';
      isSkipping = false;
      start = end + 1;
    }
    if (!isSkipping) rest += text.slice(start);
    if (rest.length > maxLineLength) {
      rest = '';
      isSkipping = true;
    }
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (isSkipping) yield [{ tooLong: true }];
  else if (rest !== '') yield [finish(rest)];
}

function finish(line: string): string | LongLine {
  if (line.length > maxLineLength) return { tooLong: true };
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
