/** What docs/uninstall.md promises, held against the code. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { REMEDIATION_FIELD_MANAGER, REMEDIATION_LABEL } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { stepTitles } from '../../src/uninstall/plan/steps.ts';

describe('docs/uninstall.md', () => {
  let page: string;

  before('read it', async () => {
    page = await readFile(join(import.meta.dirname, '../../docs/uninstall.md'), 'utf8');
  });

  it('tells the steps in the order in which they are done', () => {
    const numbered = [...page.matchAll(/^(\d+)\. \*\*(.+?)\*\*/gm)].map(([, number, title]) => [number, title]);
    expect(numbered).to.deep.equal(Object.values(stepTitles).map((title, index) => [String(index + 1), title]));
  });

  it('names the field manager and the label that the code has', () => {
    expect(page).to.include(`\`${REMEDIATION_FIELD_MANAGER}\``).and.to.include(`\`${REMEDIATION_LABEL}\``);
  });
});
