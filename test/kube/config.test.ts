import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError } from '../../src/kube/config-error.ts';
import { readInClusterConfig, readUserConfig } from '../../src/kube/config.ts';
import { errorOf } from './error-of.ts';

const environment = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };

describe('The configuration of a pod', () => {
  let tokenFolder: string;
  beforeEach(async () => {
    tokenFolder = await mkdtemp(join(tmpdir(), 'merlon-pod-'));
    await writeFile(join(tokenFolder, 'token'), 't\n');
  });
  afterEach(() => rm(tokenFolder, { recursive: true }));

  it('comes from the environment and the service account', async () => {
    await writeFile(join(tokenFolder, 'namespace'), 'merlon\n');
    expect(await readInClusterConfig({ environment, tokenFolder })).to.deep.equal({
      origin: `service account folder "${tokenFolder}"`,
      server: 'https://10.0.0.1:443',
      certificateAuthority: { file: join(tokenFolder, 'ca.crt') },
      isInsecure: false,
      credentials: [{ kind: 'token', token: { file: join(tokenFolder, 'token') } }],
      namespace: 'merlon',
    });
  });

  it('takes an IPv6 address', async () => {
    const config = await readInClusterConfig({
      environment: { ...environment, KUBERNETES_SERVICE_HOST: 'fd00::1' },
      tokenFolder,
    });
    expect(config.server).to.equal('https://[fd00::1]:443');
  });

  it('is refused outside a pod', async () => {
    const error = await errorOf(readInClusterConfig({ environment: {}, tokenFolder }));
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.include('use --kubeconfig');
  });

  it('is refused without a token, or with an empty one', async () => {
    await writeFile(join(tokenFolder, 'token'), '\n');
    expect((await errorOf(readInClusterConfig({ environment, tokenFolder }))).message).to.include('the file is empty');
    await rm(join(tokenFolder, 'token'));
    expect((await errorOf(readInClusterConfig({ environment, tokenFolder }))).message).to.include('ENOENT');
  });

  it('serves a person in a pod, who has no kubeconfig', async () => {
    const config = await readUserConfig({ environment, homeFolder: tokenFolder, tokenFolder });
    expect(config.server).to.equal('https://10.0.0.1:443');
  });

  it('serves nobody who has named a kubeconfig', async () => {
    const named = { environment, homeFolder: tokenFolder, tokenFolder, path: join(tokenFolder, 'missing') };
    expect((await errorOf(readUserConfig(named))).message).to.include('does not exist');
    const listed = { ...named, path: undefined, environment: { ...environment, KUBECONFIG: '/missing' } };
    expect((await errorOf(readUserConfig(listed))).message).to.include('no kubeconfig found');
  });
});
