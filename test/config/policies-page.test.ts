/** The YAML of docs/policies.md and the policies among the samples: what is shown must be accepted. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { expect } from 'chai';

import { profileNames } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { factDeclarations, factNames } from '../../src/api/v1alpha1/facts.ts';
import { attestationsInForce, listAttestations } from '../../src/core/attestation.ts';
import { policyMergerOf } from '../../src/core/policy-merge.ts';
import { rules } from '../../src/rules/index.ts';
import { loadHardeningPolicies } from '../../src/scan/hardening-policies.ts';

const root = join(import.meta.dirname, '../..');

async function load(text: string) {
  return loadHardeningPolicies(['-'], { stdin: Readable.from([Buffer.from(text)]) }, rules);
}

async function pageBlocks(): Promise<string> {
  const page = await readFile(join(root, 'docs/policies.md'), 'utf8');
  return [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text ?? '').join('---\n');
}

describe('docs/policies.md', () => {
  it('shows policies that are accepted, and says what of them has no effect', async () => {
    const { policies, ownPolicies, problems } = await load(await pageBlocks());
    expect(problems).to.deep.equal([]);
    expect(policies.map(({ name }) => name)).to.deep.equal(['base', 'production', 'payments', 'enforced', 'managed']);
    const [base] = policies;
    if (base === undefined) throw new Error('there is no policy');
    const { ignored } = policyMergerOf(rules).merge([base], ownPolicies);
    expect([...ignored.values()].flat().map(({ path, reason }) => `${path} ${reason}`)).to.deep.equal([
      'spec.rules[2].severity NotDelegated',
    ]);
  });

  it('attests what counts where nobody observes it', async () => {
    const { policies } = await load(await pageBlocks());
    const moment = Date.parse('2026-12-01T00:00:00Z');
    expect(attestationsInForce(listAttestations(policies), moment).map(({ fact }) => fact)).to.deep.equal([
      'unknownUserAllowed',
      'anonymousRequests',
    ]);
  });

  it('has a line for every fact of which it shows how it is attested', async () => {
    const page = await readFile(join(root, 'docs/policies.md'), 'utf8');
    for (const type of ['boolean', 'integer', 'answers', 'hash'] as const) {
      const fact = factNames.find((name) => factDeclarations[name].type === type);
      expect(page).to.include(`\`${fact ?? ''}\``);
    }
  });

  it('has a line for every profile', async () => {
    const page = await readFile(join(root, 'docs/policies.md'), 'utf8');
    for (const profile of profileNames) expect(page).to.include(`| \`${profile}\``);
  });
});

describe('the profiles', () => {
  const sizeOf = (profile: (typeof profileNames)[number]) =>
    policyMergerOf(rules).merge([{ name: 'a', generation: 1, spec: { profile } }], []).policy.rules.length;

  it('select more and more of the catalogue', () => {
    expect(sizeOf('none')).to.equal(0);
    expect(sizeOf('cis')).to.be.greaterThan(40).and.lessThan(sizeOf('restricted'));
    expect(sizeOf('nsa')).to.be.greaterThan(80).and.lessThan(sizeOf('restricted'));
    expect(sizeOf('baseline')).to.be.greaterThan(90).and.lessThan(sizeOf('restricted'));
    expect(sizeOf('restricted')).to.be.lessThan(sizeOf('all'));
    expect(sizeOf('all')).to.equal(rules.length);
  });
});

describe('the samples of policies', () => {
  for (const sample of ['policy.yaml', 'platform-policy.yaml', 'team-policy.yaml', 'attested-policy.yaml']) {
    it(`${sample} is accepted`, async () => {
      const { policies, ownPolicies, problems } = await load(
        await readFile(join(root, 'config/samples', sample), 'utf8'),
      );
      expect(problems).to.deep.equal([]);
      expect(policies.length + ownPolicies.length).to.equal(1);
    });
  }
});
