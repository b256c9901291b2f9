import { expect } from 'chai';
import { followWrites, matchAudit, parseAuditLine } from './audit-log.ts';
import type { AuditEvent } from './audit-log.ts';

const event: AuditEvent = {
  auditID: '1',
  stage: 'ResponseComplete',
  verb: 'update',
  requestURI: '/api/v1/namespaces/shop/pods/web-0/status',
  user: { username: 'jane' },
  objectRef: { resource: 'pods', subresource: 'status', namespace: 'shop', name: 'web-0', apiVersion: 'v1' },
  responseStatus: { code: 200 },
  requestReceivedTimestamp: '2026-11-24T10:00:00.000000Z',
  stageTimestamp: '2026-11-24T10:00:00.001000Z',
};

describe('the audit log', () => {
  it('is read line by line', () => {
    expect(parseAuditLine(JSON.stringify(event))).to.deep.equal(event);
  });

  it('has no record where the API server is still writing', () => {
    const line = JSON.stringify(event);

    expect(parseAuditLine('')).to.be.undefined;
    expect(parseAuditLine(line.slice(0, 20))).to.be.undefined;
    // This half ends with a brace too.
    expect(parseAuditLine(line.slice(0, line.indexOf('}') + 1))).to.be.undefined;
  });

  for (const { filter, matches } of [
    { filter: {}, matches: true },
    { filter: { user: 'jane', verbs: ['update', 'patch'] }, matches: true },
    { filter: { user: 'joe' }, matches: false },
    { filter: { verbs: ['get'] }, matches: false },
    { filter: { resource: 'pods/status' }, matches: true },
    { filter: { resource: 'pods' }, matches: false },
    { filter: { namespace: 'shop', stage: 'ResponseComplete' }, matches: true },
    { filter: { namespace: 'other' }, matches: false },
    { filter: { stage: 'ResponseStarted' }, matches: false },
    { filter: { stage: 'RequestReceived' }, matches: false },
  ] as const) {
    it(`${matches ? 'gives' : 'leaves out'} a status update for ${JSON.stringify(filter)}`, () => {
      expect(matchAudit(event, filter)).to.equal(matches);
    });
  }

  it('leaves out what is only received, unless that is asked for', () => {
    const received: AuditEvent = { ...event, stage: 'RequestReceived' };

    expect(matchAudit(received, {})).to.be.false;
    expect(matchAudit(received, { stage: 'RequestReceived' })).to.be.true;
  });

  it('tells which writes are under way', () => {
    const received = (auditID: string, verb = 'update'): AuditEvent => ({
      ...event,
      auditID,
      verb,
      stage: 'RequestReceived',
    });
    const underWay = new Set<string>();
    const events = [received('1'), received('2'), received('3'), received('4', 'watch'), event];
    for (const one of [...events, { ...event, auditID: '3', stage: 'Panic' as const }]) followWrites(one, underWay);
    expect([...underWay]).to.deep.equal(['2']);
  });
});
