/** Where commands print: data to standard output, everything else to standard error. */

export interface OutputStream {
  readonly isTTY?: boolean;
  /** @param done called when the text is out of our hands, or cannot be */
  write(text: string, done?: (error?: Error | null) => void): unknown;
}

/** What the commands touch of the process. */
export interface CommandStreams {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The process, of which commands set the exit code besides. */
export interface CommandProcess extends CommandStreams {
  exitCode?: string | number | null | undefined;
}

/** Standard output takes no more, and not because its reader has seen enough. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** Large enough that writing is not what takes the time. */
const chunkLength = 64 * 1024;

/**
 * Writes one chunk after the other, so that a slow reader does not fill our memory. A reader that goes away early, as
 * `head` does, has what it wanted: the rest is left out in silence.
 * @throws {OutputError} if the output is lost for another reason, such as a full disk
 */
export async function writeAll(stream: OutputStream, pieces: Iterable<string>): Promise<void> {
  for (const chunk of joinPieces(pieces)) {
    const error = await write(stream, chunk);
    if (error === undefined) continue;
    if ('code' in error && error.code === 'EPIPE') return;
    throw new OutputError(`the output cannot be written: ${error.message}`, { cause: error });
  }
}

function write(stream: OutputStream, text: string): Promise<Error | undefined> {
  return new Promise((resolve) => {
    stream.write(text, (error) => {
      resolve(error ?? undefined);
    });
  });
}

function* joinPieces(pieces: Iterable<string>): Generator<string> {
  let chunk: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    chunk.push(piece);
    length += piece.length;
    if (length < chunkLength) continue;
    yield chunk.join('');
    chunk = [];
    length = 0;
  }
  if (length > 0) yield chunk.join('');
}
