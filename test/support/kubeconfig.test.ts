import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildKubeconfig, readKubeconfig } from './kubeconfig.ts';
import type { Access } from './kubeconfig.ts';

describe('a kubeconfig', () => {
  const folder = mkdtempSync(join(tmpdir(), 'merlon-kubeconfig-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const cluster = { url: 'https://127.0.0.1:6443', caPem: 'the authority' };
  const rows: readonly { readonly title: string; readonly access: Access }[] = [
    {
      title: 'with a client certificate',
      access: { ...cluster, credentials: { kind: 'client-certificate', certificatePem: 'c', privateKeyPem: 'k' } },
    },
    { title: 'with a token', access: { ...cluster, credentials: { kind: 'token', token: 't' } } },
    { title: 'of nobody', access: { ...cluster, credentials: { kind: 'none' } } },
    {
      title: 'that impersonates',
      access: {
        ...cluster,
        credentials: { kind: 'token', token: 't' },
        impersonate: { user: 'jane', groups: ['dev'] },
      },
    },
  ];
  for (const { title, access } of rows) {
    it(`${title} is read as it was written`, async () => {
      const path = join(folder, 'kubeconfig');
      writeFileSync(path, buildKubeconfig(access));

      expect(await readKubeconfig(path)).to.deep.equal(access);
    });
  }
});
