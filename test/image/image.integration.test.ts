/**
 * The image as the cluster runs it, without a container engine: the build steps of the Dockerfile from a clean copy, then
 * the result as config/ starts it: another user, an empty environment, nothing to write to, the ServiceAccount's rights.
 */
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { spawn } from 'node:child_process';

import { expect } from 'chai';

import type { ClusterSecurityPosture } from '../../src/api/v1alpha1/cluster-security-posture.ts';
import { readShippedContainer } from '../../src/generate/shipped-container.ts';
import { bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { runProcess } from '../support/run-process.ts';
import { buildImage, makeReadOnly } from './dockerfile.ts';
import type { Image } from './dockerfile.ts';

const root = join(import.meta.dirname, '../..');
const buildTimeoutMs = 300_000;

describe('the image', () => {
  const cluster = useControlPlane({ own: {} });
  let folder = '';
  let image: Image;

  before('build', async function () {
    this.timeout(buildTimeoutMs);
    folder = await mkdtemp(join(tmpdir(), 'merlon-image-'));
    await chmod(folder, 0o755);
    const PATH = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
    const dockerfile = await readFile(join(root, 'Dockerfile'), 'utf8');
    // Of the developer's environment only what npm needs: its cache, and a way out.
    const { HOME, HTTPS_PROXY, NO_PROXY, npm_config_cache: npmCache } = process.env;
    const env = { PATH, HOME, HTTPS_PROXY, NO_PROXY, npm_config_cache: npmCache };
    image = await buildImage(dockerfile, { context: root, folder, env });
    await makeReadOnly(image.workdir);
    // The base's; ours may be where no other user can reach it.
    await copyFile(process.execPath, join(folder, 'node'));
  });
  after(async () => {
    await chmod(image.workdir, 0o755);
    await rm(folder, { recursive: true });
  });

  it('holds one program and what starts it, on a base without a shell, for a user by number', async () => {
    expect(await readdir(image.workdir)).to.have.members(['operator.mjs', 'operator.cjs', 'operator.cache']);
    expect(image).to.include({ base: 'gcr.io/distroless/nodejs24-debian13:nonroot', user: '65532:65532' });
    expect(image.command).to.deep.equal(['operator.mjs']);
  });

  it('started as config/ says it need not be compiled', async () => {
    const { nodeFlags } = readShippedContainer(root);
    const args = [...nodeFlags, join(image.workdir, 'operator.mjs'), '--help'];
    const help = await runProcess(process.execPath, args, { timeoutMs: 30_000, env: {} });
    // It would say that its cache is of no use.
    expect(help).to.include({ code: 0, stderr: '' });
  });

  it('started as config/ says it judges the cluster, writes and ends', async () => {
    const { code, stderr } = await cluster().kubectl(['apply', '--server-side', '-k', join(root, 'config')]);
    expect(code, stderr).to.equal(0);
    const tokenFolder = await writeTokenFolder();
    const { hostname, port } = new URL(cluster().url);

    const args = [...readShippedContainer(root).args, '--once', '--health-port=0', `--token-folder=${tokenFolder}`];
    const ended = await start(join(folder, 'node'), image, args, {
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
    });
    expect(ended.code, ended.output).to.equal(0);
    const postures = cluster().client.resource<ClusterSecurityPosture>(
      'merlon.dev/v1alpha1',
      'clustersecuritypostures',
    );
    const { status } = bodyOf('posture', await postures.get('cluster'));
    expect(status?.conditions?.find(({ type }) => type === 'Ready')).to.include({ status: 'True' });
    expect(status?.summary?.subjects).to.be.greaterThan(10);
  });

  /** What the kubelet mounts into the pod. */
  async function writeTokenFolder(): Promise<string> {
    const path = join(folder, 'token');
    await mkdir(path);
    await writeFile(join(path, 'token'), await cluster().serviceAccountToken('merlon', 'merlon'));
    await writeFile(join(path, 'ca.crt'), cluster().caPem);
    await writeFile(join(path, 'namespace'), 'merlon');
    return path;
  }
});

/** As the user of the image where we may choose, which root alone may. */
async function start(node: string, image: Image, args: readonly string[], env: Readonly<Record<string, string>>) {
  const [uid = 0, gid = 0] = image.user.split(':').map(Number);
  const child = spawn(node, args, {
    cwd: image.workdir,
    env,
    timeout: 30_000,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(process.getuid?.() === 0 && { uid, gid }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  return { code, output };
}
