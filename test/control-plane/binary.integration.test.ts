import { realpathSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { skipUnlessMet } from '../support/integration.ts';
import { runProcess } from '../support/run-process.ts';
import { selectAssets } from './assets.ts';

describe('the control plane’s binary', () => {
  let binary: string;
  before(async function () {
    skipUnlessMet(this, ['build']);
    binary = realpathSync((await selectAssets(process.env)).kubectl);
  });

  it('says its version, by any of its names', async () => {
    const { stdout } = await runProcess(binary, ['kubectl', 'version', '--client', '-o', 'json'], {
      timeoutMs: 10_000,
    });
    const { clientVersion } = JSON.parse(stdout) as { clientVersion: { gitVersion: string; buildDate: string } };
    const { kubectl } = await selectAssets(process.env);
    const linked = await runProcess(kubectl, ['version', '--client'], { timeoutMs: 10_000 });

    expect(clientVersion.gitVersion).to.match(/^v1\.\d+\.\d+$/);
    expect(clientVersion.buildDate).to.not.equal('1970-01-01T00:00:00Z');
    expect(linked.stdout).to.include(`Client Version: ${clientVersion.gitVersion}`);
  });

  it('refuses a part that it does not have', async () => {
    const { code, stderr } = await runProcess(binary, ['kube-proxy'], { timeoutMs: 10_000 });

    expect(code).to.equal(2);
    expect(stderr).to.include('unknown part "kube-proxy"');
  });

  it('transcodes objects from JSON to both of Kubernetes’ encodings', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0' }, spec: { containers: [], hostPID: true } };
    const stdin = `${JSON.stringify(pod)}\n{"apiVersion":"v1","kind":"Nonsense"}\n`;
    const { stdout } = await runProcess(binary, ['transcode'], { stdin, timeoutMs: 10_000 });
    const [first, second] = stdout.split('\n').map((line) => (line === '' ? {} : (JSON.parse(line) as Transcoded)));

    expect(first?.json).to.deep.nested.include({ kind: 'Pod', 'metadata.name': 'web-0', 'spec.hostPID': true });
    expect(
      Buffer.from(first?.protobuf ?? '', 'base64')
        .subarray(0, 4)
        .toString(),
    ).to.equal('k8s\0');
    expect(second?.error).to.include('no kind "Nonsense"');
  });

  it('judges pods and templates with Kubernetes’ own Pod Security evaluator', async () => {
    const securityContext = { privileged: true };
    const ports = [{ containerPort: 80 }];
    const spec = { hostNetwork: true, containers: [{ name: 'web', image: 'web', ports, securityContext }] };
    const sentence = 'privileged (container "web" must not set securityContext.privileged=true)';
    const stdin = [
      { level: 'baseline', version: 'v1.30', pod: { metadata: { name: 'web-0' }, spec } },
      { level: 'baseline', version: 'latest', template: { spec } },
      { level: 'privileged', version: 'latest', pod: { spec } },
      { level: 'baseline', version: '1.30', template: { spec } },
    ];
    const { stdout } = await runProcess(binary, ['check-pod-security'], { stdin: toLines(stdin), timeoutMs: 10_000 });

    expect(fromLines(stdout)).to.deep.equal([
      {
        allowed: false,
        text: `host namespaces (hostNetwork=true), hostPort (container "web" uses hostPort 80), ${sentence}`,
      },
      { allowed: false, text: `host namespaces (hostNetwork=true), ${sentence}` },
      { allowed: true, text: '', invalid: 'metadata.name: Required value: name or generateName is required' },
      { allowed: false, text: '', error: 'version "1.30": must be "latest" or "v1.x"' },
    ]);
  });

  it('measures Kubernetes’ own Pod Security evaluator', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'merlon-pods-'));
    const file = join(folder, 'pods.jsonl');
    await writeFile(file, toLines([{ spec: { containers: [{ name: 'a' }] } }, { spec: { containers: [] } }]));
    const { stdout } = await runProcess(binary, ['bench-pod-security', '--passes', '3', file], { timeoutMs: 10_000 });
    await rm(folder, { recursive: true });

    const measured = JSON.parse(stdout) as { pods: number; passes: number; podsPerS: number };
    expect(measured).to.include({ pods: 2, passes: 3 });
    expect(measured.podsPerS).to.be.greaterThan(0);
  });
});

function toLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

function fromLines(text: string): unknown[] {
  return text.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
}

interface Transcoded {
  readonly json?: unknown;
  readonly protobuf?: string;
  readonly error?: string;
}
