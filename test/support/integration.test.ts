import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { selectUnmetNeeds } from './integration.ts';

describe('what an integration file needs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'merlon-assets-'));
  const plain = join(folder, 'plain');
  const whole = join(folder, 'whole');
  before(() => {
    mkdirSync(plain);
    mkdirSync(whole);
    writeFileSync(join(whole, 'kube-controller-manager'), '');
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const all = ['own', 'restart', 'audit-log', 'emulation', 'build', 'controller-manager'] as const;
  for (const { title, env, unmet } of [
    { title: 'is all met by our own build', env: {}, unmet: [] },
    {
      title: 'is met by an existing cluster if it is no more than controllers',
      env: { USE_EXISTING_CLUSTER: 'true', KUBEBUILDER_ASSETS: whole },
      unmet: ['own', 'restart', 'audit-log', 'emulation', 'build'],
    },
    {
      title: 'is met by stock binaries but for emulation, our own parts and controllers',
      env: { KUBEBUILDER_ASSETS: plain },
      unmet: ['emulation', 'build', 'controller-manager'],
    },
    {
      title: 'may include controllers where the folder has a controller manager',
      env: { KUBEBUILDER_ASSETS: whole },
      unmet: ['emulation', 'build'],
    },
  ]) {
    it(title, () => {
      expect(selectUnmetNeeds(all, env)).to.deep.equal(unmet);
    });
  }
});
