import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import type { Evidence } from '../../src/core/evidence.ts';
import { judgeGuards } from '../../src/core/shipped-guards.ts';
import type { ObjectSnapshotOptions } from '../../src/core/object-snapshot.ts';
import { fullEvidence } from './evidence-samples.ts';
import { snapshotOf } from './yaml-objects.ts';

const folder = join(import.meta.dirname, '../../config/admission');
const files = ['own-objects', 'namespace-labels', 'remediation-actions'];
const plugin = (value: boolean): Evidence => ({
  validatingAdmissionPolicy: { value, source: '/flagz', confidence: 'high', detail: 'the plugin is told' },
});

describe('whether the guards that are shipped stand', () => {
  let shipped: string;
  const judge = (yaml: string, options: Partial<Omit<ObjectSnapshotOptions, 'objects'>> = {}) =>
    judgeGuards(snapshotOf(yaml, { evidence: fullEvidence(plugin(true)), ...options }));
  const without = (name: string, kind: string) =>
    shipped
      .split('---\n')
      .filter((document) => !(document.includes(`  name: ${name}\n`) && document.includes(`kind: ${kind}\n`)))
      .join('---\n');
  const edited = (text: string, other: string) => {
    expect(shipped).to.include(text);
    return shipped.replace(text, other);
  };

  before('read them', async () => {
    shipped = (await Promise.all(files.map((file) => readFile(join(folder, `${file}.yaml`), 'utf8')))).join('---\n');
  });

  it('is so as config/admission brings them', () => {
    expect(judge(shipped)).to.include({ type: 'Guarded', status: 'True', reason: 'Guarded' });
  });

  const missing: Readonly<Record<string, RegExp>> = {
    'merlon-own-objects':
      /^whoever RBAC lets may write postures: the (\w+) "merlon-own-objects" is not there; apply config\/admission$/,
    'merlon-namespace-labels':
      /^whoever may change a namespace may set labels merlon\.dev\/… there: the (\w+) "merlon-namespace-labels" is not there/,
    'merlon-remediation-actions':
      /^nobody may approve or revert a repair: the (\w+) "merlon-remediation-actions" is not there/,
  };
  for (const [name, message] of Object.entries(missing)) {
    for (const kind of ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']) {
      it(`is not where the ${kind} ${name} is missing`, () => {
        const condition = judge(without(name, kind));
        expect(condition).to.include({ status: 'False', reason: 'GuardMissing' });
        expect(message.exec(condition.message)?.[1]).to.equal(kind);
      });
    }
  }

  it('is not where there are none, which says all that is open', () => {
    const { reason, message } = judge('');
    expect(reason).to.equal('GuardMissing');
    for (const name of Object.keys(missing)) expect(message).to.include(`"${name}" is not there`);
  });

  const edits: Readonly<Record<string, readonly [string, string]>> = {
    'lets somebody else through': ["check('update').allowed())", "check('update').allowed()) || true"],
    'spares a request': ["request.operation != 'UPDATE' ||", "request.userInfo.username != 'eve' &&"],
    'matches less': ["          - '*/status'\n", '          - none\n'],
    'lets requests pass where it fails': ['failurePolicy: Fail', 'failurePolicy: Ignore'],
    'only records': ['validationActions:\n    - Deny', 'validationActions:\n    - Audit'],
    'is bound elsewhere': [
      '  policyName: merlon-own-objects\n',
      '  policyName: merlon-own-objects\n  matchResources: { namespaceSelector: { matchLabels: { a: b } } }\n',
    ],
    'is bound to another policy': ['  policyName: merlon-own-objects\n', '  policyName: other\n'],
    'selects some namespaces': ['    namespaceSelector: {}\n', '    namespaceSelector: { matchLabels: { a: b } }\n'],
    'is no policy at all': ['  validations:\n', '  validations: 7\n  others:\n'],
  };
  for (const [what, [text, other]] of Object.entries(edits)) {
    it(`is not known of one that somebody has edited so that it ${what}`, () => {
      const condition = judge(edited(text, other));
      expect(condition).to.include({ status: 'False', reason: 'GuardChanged' });
      expect(condition.message).to.include('"merlon-own-objects" is not the one of this version of Merlon');
    });
  }

  it('names every one that does not stand', () => {
    const { reason, message } = judge(
      edited('failurePolicy: Fail', 'failurePolicy: Ignore').replace(/name: merlon-namespace-labels/g, 'name: other'),
    );
    expect(reason).to.equal('GuardChanged');
    expect(message)
      .to.include('"merlon-own-objects" is not the one')
      .and.to.include('"merlon-namespace-labels" is not there');
  });

  it('is not where an API server asks no policies', () => {
    const condition = judge(shipped, { evidence: fullEvidence(plugin(false)) });
    expect(condition).to.include({ status: 'False', reason: 'PluginOff' });
    expect(condition.message).to.match(/does not ask admission policies: the plugin is told$/);
  });

  it('is not known where that cannot be seen, or nobody looked', () => {
    const { validatingAdmissionPolicy: _, ...others } = fullEvidence();
    const unseen = judge(shipped, { evidence: others });
    expect(unseen).to.include({ status: 'Unknown', reason: 'NotObserved' });
    expect(unseen.message).to.match(/^the policies stand; whether .+ asks them is not known: /);
    expect(judgeGuards(snapshotOf(shipped))).to.include({ status: 'Unknown', reason: 'NotObserved' });
  });

  it('is not known where policies may not be read', () => {
    const source = 'ValidatingAdmissionPolicy' as const;
    const condition = judge(shipped, { missing: [{ source, state: 'forbidden', message: 'grant list' }] });
    expect(condition).to.include({ status: 'Unknown', reason: 'NotObserved', message: 'grant list' });
  });

  it('cannot be before Kubernetes 1.30', () => {
    expect(judge('', { podSecurityVersion: 29 })).to.include({ status: 'False', reason: 'NotServed' });
    expect(judge('', { podSecurityVersion: 30 })).to.include({ status: 'False', reason: 'GuardMissing' });
  });
});
