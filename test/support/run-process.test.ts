import { expect } from 'chai';
import { runProcess } from './run-process.ts';

describe('a child process', () => {
  it('gives its exit code and its output', async () => {
    const lines: string[] = [];
    const script = 'cat; echo one >&2; echo two >&2; exit 3';
    const result = await runProcess('sh', ['-c', script], {
      stdin: 'in',
      timeoutMs: 5000,
      onStderrLine: (line) => lines.push(line),
    });

    expect(result).to.deep.equal({ code: 3, stdout: 'in', stderr: 'one\ntwo\n', timedOut: false });
    expect(lines).to.deep.equal(['one', 'two']);
  });

  it('is killed at its deadline, and its children with it', async () => {
    // The child of the child keeps stdout open: were it left alive, this would wait for it.
    const result = await runProcess('sh', ['-c', 'sleep 60 & sleep 60'], { timeoutMs: 50 });

    expect(result).to.include({ code: null, timedOut: true });
  });

  it('that cannot be started is an error', async () => {
    const error = await runProcess('/nonexistent', [], { timeoutMs: 1000 }).catch((reason: unknown) => reason);

    expect(error).to.have.property('code', 'ENOENT');
  });
});
