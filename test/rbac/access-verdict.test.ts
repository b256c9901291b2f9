import { expect } from 'chai';

import { judgeAccess } from '../../src/rbac/access-verdict.ts';
import type { AccessEvidence } from '../../src/rbac/access-verdict.ts';
import { parseModes } from '../../src/rbac/authorizer-chain.ts';
import type { AuthorizationMode } from '../../src/rbac/authorizer-chain.ts';
import { impersonated } from '../../src/rbac/request.ts';

const jane = impersonated('jane', []);
const allowed = { allowed: true, reason: 'RBAC: allowed by a binding' };
const refused = { allowed: false, reason: '' };
const doubtful = { ...refused, doubts: ['ClusterRole "view" is not among the files'] };
const files: Omit<AccessEvidence, 'local'> = { requester: jane, review: { unasked: '' }, modes: ['Node', 'RBAC'] };

describe('the answer of known authorizers', () => {
  const rows: readonly (readonly [modes: string, local: typeof allowed, answer: string, note?: RegExp])[] = [
    ['Node,RBAC', allowed, 'yes'],
    ['Node,RBAC', refused, 'no'],
    ['Node,RBAC', doubtful, 'unknown', /^ClusterRole "view" is not among/],
    ['RBAC', refused, 'no'],
    ['RBAC,AlwaysDeny', refused, 'no'],
    ['AlwaysDeny,RBAC', allowed, 'yes'],
    ['RBAC,Webhook', allowed, 'yes'],
    ['RBAC,Webhook', refused, 'unknown', /webhook/],
    ['Webhook,RBAC', allowed, 'unknown', /webhook/],
    ['ABAC,RBAC', allowed, 'yes'],
    ['ABAC,RBAC', refused, 'unknown', /ABAC/],
    ['Node,RBAC,AlwaysAllow', refused, 'yes', /AlwaysAllow/],
    ['RBAC,AlwaysAllow', doubtful, 'yes', /AlwaysAllow/],
    ['RBAC,Webhook,AlwaysAllow', refused, 'unknown', /webhook/],
    ['AlwaysAllow', refused, 'yes', /AlwaysAllow/],
    // Where RBAC does not run, nobody asks what it says.
    ['Node', allowed, 'no'],
    ['Node,Webhook', allowed, 'unknown', /webhook/],
  ];
  for (const [text, local, answer, note] of rows) {
    const said = 'doubts' in local ? 'doubts' : local.allowed ? 'allows' : 'refuses';
    it(`is ${answer} of ${text} where RBAC ${said}`, () => {
      const modes = parseModes(text) as readonly AuthorizationMode[];
      const verdict = judgeAccess({ ...files, local, modes });
      expect(verdict.answer).to.equal(answer);
      if (note === undefined) expect(verdict.notes).to.deep.equal([]);
      else expect(verdict.notes.join('\n')).to.match(note);
    });
  }

  it('is not known of a node, which the Node authorizer may allow more', () => {
    const requester = impersonated('system:node:worker-1', []);
    const verdict = judgeAccess({ ...files, requester, local: refused });
    expect([verdict.answer, verdict.notes.length]).to.deep.equal(['unknown', 1]);
    expect(judgeAccess({ ...files, requester, local: refused, modes: ['RBAC'] }).answer).to.equal('no');
  });

  it('is yes for system:masters whoever runs', () => {
    const requester = impersonated('root', ['system:masters']);
    expect(judgeAccess({ ...files, requester, local: allowed, modes: ['Webhook'] }).answer).to.equal('yes');
  });

  it('names a mode that there is not', () => {
    expect(parseModes('Node, RBAC')).to.deep.equal(['Node', 'RBAC']);
    expect(parseModes('Node,Rbac')).to.deep.equal({ unknown: 'Rbac' });
    expect(parseModes('')).to.deep.equal({ unknown: '' });
  });
});

describe('the answer of a live cluster', () => {
  const live = { requester: jane, modes: undefined } as const;
  const yes = { allowed: true, reason: 'webhook: on duty', evaluationError: '' };
  const no = { allowed: false, reason: '', evaluationError: '' };

  it('is that of the API server where both agree', () => {
    expect(judgeAccess({ ...live, local: allowed, review: { ...yes, reason: allowed.reason } })).to.deep.equal({
      answer: 'yes',
      reason: allowed.reason,
      notes: [],
    });
    expect(judgeAccess({ ...live, local: refused, review: no })).to.deep.equal({ answer: 'no', reason: '', notes: [] });
  });

  it('is that of the API server where they differ, and the difference is said', () => {
    const more = judgeAccess({ ...live, local: refused, review: yes });
    expect([more.answer, more.reason]).to.deep.equal(['yes', 'webhook: on duty']);
    expect(more.notes[0]).to.match(/RBAC does not allow it, and the API server does/);
    const less = judgeAccess({ ...live, local: allowed, review: no });
    expect(less.answer).to.equal('no');
    expect(less.notes[0]).to.match(/RBAC allows it, and the API server does not/);
  });

  it('is that of the API server alone where RBAC could not be read', () => {
    const verdict = judgeAccess({ ...live, local: { unread: ['listing roles is forbidden'] }, review: no });
    expect(verdict.answer).to.equal('no');
    expect(verdict.notes).to.include('listing roles is forbidden');
  });

  it('passes on what went wrong as the API server asked', () => {
    const verdict = judgeAccess({ ...live, local: refused, review: { ...no, evaluationError: 'webhook timed out' } });
    expect(verdict.notes).to.deep.equal(['the API server adds: webhook timed out']);
  });

  it('is RBAC’s yes, but not its no, where the API server may not be asked', () => {
    const review = { unasked: 'it needs a permission' };
    expect(judgeAccess({ ...live, local: allowed, review }).answer).to.equal('yes');
    const verdict = judgeAccess({ ...live, local: refused, review });
    expect(verdict.answer).to.equal('unknown');
    expect(verdict.notes).to.deep.equal([
      'RBAC does not allow it; other authorizers cannot be excluded',
      'it needs a permission',
    ]);
    expect(judgeAccess({ ...live, local: refused, review, modes: ['Node', 'RBAC'] }).answer).to.equal('no');
  });

  it('is not known where neither could be asked', () => {
    const verdict = judgeAccess({ ...live, local: { unread: ['a'] }, review: { unasked: 'b' } });
    expect(verdict).to.deep.equal({ answer: 'unknown', reason: '', notes: ['a', 'b'] });
  });
});
