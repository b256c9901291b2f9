import { expect } from 'chai';

import { concludeEvidence } from '../../../src/evidence/facts/index.ts';
import { WEBHOOK_FAIL_OPEN } from '../../../src/evidence/metrics.ts';
import { flagsOf, metricsOf, readingsOf } from '../readings.ts';

describe('facts about authorization webhooks', () => {
  it('where another authorizer follows, requests go on without the webhook', () => {
    const flags = [flagsOf({ 'authorization-mode': ['Node', 'Webhook', 'RBAC'] })];
    const { webhookAuthorizerFailsOpen } = concludeEvidence(readingsOf({ flags }));
    expect(webhookAuthorizerFailsOpen).to.include({ value: true, source: 'a test' });
  });

  it('where none follows, they are refused, although the webhook has failed before', () => {
    const flags = [flagsOf({ 'authorization-mode': ['Node', 'RBAC', 'Webhook'] })];
    const metrics = metricsOf(WEBHOOK_FAIL_OPEN);
    const { webhookAuthorizerFailsOpen } = concludeEvidence(readingsOf({ flags, metrics }));
    expect(webhookAuthorizerFailsOpen).to.include({ value: false, source: 'a test' });
    expect(webhookAuthorizerFailsOpen).not.to.have.property('contradicted');
  });

  it('where a file has the order, those that went on tell', () => {
    const flags = [flagsOf({ 'authorization-config': ['/authorization.yaml'] })];
    const metrics = metricsOf(WEBHOOK_FAIL_OPEN);
    const { webhookAuthorizerFailsOpen } = concludeEvidence(readingsOf({ flags, metrics }));
    expect(webhookAuthorizerFailsOpen).to.include({ value: true, source: '/metrics' });
  });

  it('where a file has the order and none went on, it is not known', () => {
    const flags = [flagsOf({ 'authorization-config': ['/authorization.yaml'] })];
    const { webhookAuthorizerFailsOpen } = concludeEvidence(readingsOf({ flags, metrics: metricsOf() }));
    expect(webhookAuthorizerFailsOpen)
      .to.have.property('unobserved')
      .that.matches(/the file of --authorization-config says cannot be seen/);
  });

  it('without a webhook nothing fails', () => {
    const flags = [flagsOf({ 'authorization-mode': ['Node', 'RBAC'] })];
    const { webhookAuthorizerFailsOpen } = concludeEvidence(readingsOf({ flags }));
    expect(webhookAuthorizerFailsOpen).to.include({ value: false });
  });
});

describe('facts about the authorizer ABAC', () => {
  it('without its file there is none, whatever the file of authorizers says', () => {
    const flags = [flagsOf({ 'authorization-config': ['/authorization.yaml'] })];
    expect(concludeEvidence(readingsOf({ flags })).abacAuthorizer).to.include({ value: false });
  });

  it('with its file, it is there where the mode names it', () => {
    const flags = [flagsOf({ 'authorization-policy-file': ['/abac.jsonl'], 'authorization-mode': ['ABAC'] })];
    expect(concludeEvidence(readingsOf({ flags })).abacAuthorizer).to.include({ value: true });
  });

  it('with its file and a file of authorizers, it is not known', () => {
    const flags = [
      flagsOf({ 'authorization-policy-file': ['/abac.jsonl'], 'authorization-config': ['/authorization.yaml'] }),
    ];
    expect(concludeEvidence(readingsOf({ flags })).abacAuthorizer).to.have.property('unobserved');
  });
});
