/** Exemptions as YAML. */
import { expect } from 'chai';
import { load } from 'js-yaml';

import { makeExemptionName, printStatedExemption } from '../../src/report/stated-exemption.ts';
import type { StatedExemption } from '../../src/report/stated-exemption.ts';

const web: StatedExemption = {
  name: 'web',
  isOfCluster: false,
  namespace: 'shop',
  spec: {
    rules: ['pod-privileged'],
    subjects: [{ kind: 'Deployment', name: 'web' }],
    reason: 'reads the counters',
  },
};
const print = (exemption: StatedExemption): string => [...printStatedExemption(exemption)].join('');

describe('an exemption as YAML', () => {
  it('is an object with nothing but what was said', () => {
    expect(load(print(web))).to.deep.equal({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'HardeningExemption',
      metadata: { name: 'web', namespace: 'shop' },
      spec: web.spec,
    });
  });

  it('of the cluster has no namespace but those of its subjects', () => {
    const spec = { ...web.spec, subjects: [{ kind: 'Deployment', name: 'web', namespace: '*', container: 'a*' }] };
    expect(load(print({ name: 'web', isOfCluster: true, labels: { 'merlon.dev/a': 'true' }, spec }))).to.deep.equal({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'ClusterHardeningExemption',
      metadata: { name: 'web', labels: { 'merlon.dev/a': 'true' } },
      spec,
    });
  });

  for (const [name, reason] of [
    ['a colon and a hash', 'because: it is so # really'],
    ['quotes and a backslash', `it's "so" \\ really`],
    ['a line break', 'it is\nso: really'],
    ['what looks like a number', '1234567890'],
    ['other scripts and signs', 'weil es so ist: é 漢字 😀'],
    ['what no terminal should get', 'it is \u001b[2J so \u202e really \u{e0041} \u00a0'],
  ] as const) {
    it(`gives back a reason with ${name}`, () => {
      const text = print({ ...web, spec: { ...web.spec, reason } });
      expect(load(text)).to.have.nested.property('spec.reason', reason);
      for (const sign of ['\u001b', '\u202e', '\u{e0041}']) expect(text).not.to.include(sign);
    });
  }
});

describe('the name of an exemption', () => {
  it('is made of the rule and the subject', () => {
    expect(makeExemptionName('pod-privileged', 'Deployment', 'web')).to.equal('pod-privileged-deployment-web');
    expect(makeExemptionName('pod-privileged', 'Deployment', 'web', '')).to.equal('pod-privileged-deployment-web');
  });

  it('differs where names differ only in what no name of an object may have', () => {
    const names = ['web', 'web*', 'web-*', '*', 'we:b', 'we.b'].map((name) =>
      makeExemptionName('a-rule', 'Role', name),
    );
    expect(new Set(names).size).to.equal(names.length);
    for (const name of names) expect(name).to.match(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
  });

  it('of long names is cut, and they stay apart', () => {
    const [a, b] = ['a', 'b'].map((end) => makeExemptionName('a-rule', 'Pod', 'x'.repeat(200) + end));
    expect(a).to.have.lengthOf.at.most(110);
    expect(a).not.to.equal(b);
  });
});
