/** What docs/remediation.md shows and promises, held against the samples and the code. The commands run in test/e2e. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';
import { load, loadAll } from 'js-yaml';

import { ACTION_GUARD_NAME, REMEDIATION_FIELD_MANAGER } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { remediationReasons } from '../../src/api/v1alpha1/remediation-reasons.ts';
import { DEFAULT_BUDGET } from '../../src/remediation/budget.ts';
import { systemNamespaces } from '../../src/remediation/mode.ts';

const root = join(import.meta.dirname, '../..');

describe('docs/remediation.md', () => {
  let page: string;
  let blocks: readonly string[];

  before('read it', async () => {
    page = await readFile(join(root, 'docs/remediation.md'), 'utf8');
    blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
  });

  it('shows the samples that are applied to a real API server', async () => {
    for (const [index, name] of ['namespace', 'cluster'].entries()) {
      const sample = await readFile(join(root, `config/samples/remediation/${name}.yaml`), 'utf8');
      expect(loadAll(blocks[index] ?? ''), name).to.deep.equal(loadAll(sample));
    }
  });

  it('tells Argo CD the field manager that patches are written with', () => {
    expect(blocks).to.have.length(3);
    expect(load(blocks[2] ?? ''))
      .to.have.nested.property('spec.ignoreDifferences[0]')
      .that.deep.equals({
        kind: 'ServiceAccount',
        managedFieldsManagers: [REMEDIATION_FIELD_MANAGER],
      });
  });

  it('names reasons that there are, of the states that have them', () => {
    const named = [...page.matchAll(/`([A-Z][a-z]+)`\/`([A-Za-z]+)`/g)].map(([, state = '', reason = '']) => ({
      state,
      reason,
    }));
    expect(named).not.to.deep.equal([]);
    for (const { state, reason } of named) expect(remediationReasons).to.have.nested.property(`${state}.${reason}`);
  });

  it('names the bounds, the admission policy and the namespaces that are left alone', () => {
    const { perMinute, perNamespaceAndMinute } = DEFAULT_BUDGET;
    expect(page).to.include(
      `At most ${perMinute} patches a minute in the cluster and ${perNamespaceAndMinute} in a namespace`,
    );
    for (const name of [ACTION_GUARD_NAME, ...systemNamespaces]) expect(page).to.include(`\`${name}\``);
  });
});
