/** What `merlon fix` prints of a cluster. */
import { expect } from 'chai';

import { printFixResult } from '../../src/report/fix-report.ts';
import type { FixResult } from '../../src/report/fix-report.ts';
import { buildPainter } from '../../src/report/terminal.ts';

const result: FixResult = {
  rule: 'some-rule',
  subject: { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' },
  outcome: 'patched',
  messages: [],
  fields: [{ path: 'a', keys: ['a'], before: 'x', after: false }],
};
const print = (more: Partial<FixResult>): string =>
  printFixResult({ ...result, ...more }, 'server', buildPainter(false));

describe('the report of a fix', () => {
  it('tells what was done to which object, and what stood there', () => {
    expect(print({})).to.equal('ServiceAccount shop/default: patched  some-rule\n    a: "x" -> false\n');
    expect(print({ outcome: 'wouldBePatched' })).to.match(/: would be patched \(server dry run\) {2}some-rule\n/);
    expect(print({ subject: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' } })).to.match(/^Namespace shop: /);
  });

  it('tells why it was held back, and the patch for whoever applies it', () => {
    const held = print({ outcome: 'held', reason: 'GitOpsOwned', messages: ['Flux owns it'], patch: { a: false } });
    expect(held).to.equal(`ServiceAccount shop/default: held back, GitOpsOwned  some-rule
    Flux owns it
    a: "x" -> false
    the patch:
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: default
        namespace: shop
      a: false
`);
  });

  it('spells out what a terminal would obey', () => {
    const hostile = print({
      subject: { ...result.subject, name: 'a\u001b[2J' },
      messages: ['b\nc'],
      fields: [{ path: 'd\u202e', before: '\u0007', after: 1 }],
    });
    expect(hostile).to.equal(
      'ServiceAccount shop/a\\x1b[2J: patched  some-rule\n    b\\nc\n    d\\u202e: "\\u0007" -> 1\n',
    );
  });
});
