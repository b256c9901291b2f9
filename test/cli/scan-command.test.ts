/** `merlon scan` with streams of our own: what a terminal would get. */
import { Readable } from 'node:stream';

import { expect } from 'chai';

import { runScan } from '../../src/cli/scan-command.ts';
import type { OutputStream } from '../../src/cli/output.ts';

const manifest = `apiVersion: v1
kind: Pod
metadata: {name: bad}
spec: {hostPID: true, containers: [{name: a}]}
`;

class Terminal implements OutputStream {
  readonly isTTY = true;
  text = '';
  write(text: string, done?: () => void): void {
    this.text += text;
    done?.();
  }
}

async function scanOnTerminal(env: Readonly<Record<string, string>>, output: 'table' | 'json' = 'table') {
  const [stdout, stderr] = [new Terminal(), new Terminal()];
  const target = { kind: 'files', paths: ['-'], policies: [] } as const;
  const stdin = Readable.from([Buffer.from(manifest)]);
  const code = await runScan({ output, isComplete: false, target }, { stdin, stdout, stderr, env });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

describe('merlon scan on a terminal', () => {
  it('shows colours', async () => {
    const { code, stdout, stderr } = await scanOnTerminal({ TERM: 'xterm' });
    expect([code, stderr]).to.deep.equal([1, '']);
    expect(stdout).to.contain('\x1b[31mfail\x1b[0m');
  });
  it('shows none with NO_COLOR', async () => {
    expect((await scanOnTerminal({ TERM: 'xterm', NO_COLOR: '1' })).stdout).not.to.contain('\x1b');
  });
  it('shows none on a dumb one', async () => {
    expect((await scanOnTerminal({ TERM: 'dumb' })).stdout).not.to.contain('\x1b');
  });
  it('prints JSON without any', async () => {
    const { stdout } = await scanOnTerminal({ TERM: 'xterm' }, 'json');
    expect(stdout).not.to.contain('\x1b');
    expect(JSON.parse(stdout)).to.have.property('kind', 'PostureReport');
  });
});
