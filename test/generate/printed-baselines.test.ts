/** The baselines as they are shipped, printed from what was recorded. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { buildPrintedBaselines } from '../../src/generate/printed-baselines.ts';

const nothing = { ClusterRole: [], Role: [], ClusterRoleBinding: [], RoleBinding: [] };
const get = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
const list = { verbs: ['list'], apiGroups: [''], resources: ['pods'] };

describe('the baselines as they are shipped', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'merlon-baselines-'));
    await mkdir(join(root, 'src/rbac/predefined'), { recursive: true });
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  async function record(name: string, text: string): Promise<void> {
    await writeFile(join(root, 'src/rbac/predefined', name), text);
  }

  it('have every recorded file, the oldest release first, and each rule once', async () => {
    const old = { release: '1.9.11', ...nothing, ClusterRole: [{ name: 'a', rules: [get] }], gated: nothing };
    const roles = [{ name: 'a', rules: [list, get] }, { name: 'bare' }];
    await record('v1.30.json', JSON.stringify({ release: '1.30.14', ...nothing, ClusterRole: roles, gated: nothing }));
    await record('v1.9.json', JSON.stringify(old));
    await record('kubeadm.json', 'something else');
    const { path, content } = await buildPrintedBaselines(root);
    expect(path).to.equal('src/rbac/predefined/baselines.json');
    expect(JSON.parse(content)).to.deep.equal({
      ...nothing,
      releases: [
        { minor: 9, release: '1.9.11' },
        { minor: 30, release: '1.30.14' },
      ],
      rules: [get, list],
      ClusterRole: [
        { minors: [9], gated: [], object: { name: 'a', rules: [0] } },
        { minors: [30], gated: [], object: { name: 'a', rules: [1, 0] } },
        { minors: [30], gated: [], object: { name: 'bare' } },
      ],
    });
    expect(content.split('\n')).to.include(JSON.stringify(get) + ',');
  });

  it('are not printed from a file that is no JSON, which is named', async () => {
    await record('v1.30.json', '{');
    const error: unknown = await buildPrintedBaselines(root).catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.matches(/^src\/rbac\/predefined\/v1\.30\.json is no JSON; record it again with make baselines/);
  });
});
