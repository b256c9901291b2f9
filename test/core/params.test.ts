import { expect } from 'chai';

import { findParamsProblem, resolveParams } from '../../src/core/params.ts';
import type { ParamsSchema } from '../../src/core/params.ts';
import { ruleNamed } from './finding-of.ts';

const params = {
  type: 'object',
  properties: {
    allowed: {
      type: 'array',
      items: { type: 'string', enum: ['emptyDir', 'secret'] },
      maxItems: 2,
      default: ['emptyDir'],
      'x-kubernetes-list-type': 'set',
    },
    isStrict: { type: 'boolean', default: false },
  },
} as const satisfies ParamsSchema;
const rule = ruleNamed('pod-volumes', { params });
const plain = ruleNamed('pod-plain');

describe('the parameters of a rule', () => {
  it('are its defaults where a policy is silent', () => {
    expect(resolveParams(rule)).to.deep.equal({ allowed: ['emptyDir'], isStrict: false });
  });

  it('are what a policy sets, and defaults for the others', () => {
    expect(resolveParams(rule, { isStrict: true })).to.deep.equal({ allowed: ['emptyDir'], isStrict: true });
  });

  it('are none of a rule that has none', () => {
    expect(resolveParams(plain)).to.deep.equal({});
  });

  it('are the same object for the same policy, so that verdicts can be remembered by it', () => {
    const set = { isStrict: true };
    expect(resolveParams(rule, set)).to.equal(resolveParams(rule, set));
    expect(resolveParams(rule)).to.equal(resolveParams(rule));
    expect(resolveParams(plain)).to.equal(resolveParams(ruleNamed('other')));
  });

  it('can be changed by nobody', () => {
    expect(Object.isFrozen(resolveParams(rule))).to.equal(true);
    expect(Object.isFrozen(resolveParams(rule, { isStrict: true }))).to.equal(true);
  });

  it('are held against the schema, and what is wrong names the rule, the field and what is allowed', () => {
    expect(findParamsProblem(rule, { allowed: ['secret'] })).to.equal(undefined);
    expect(findParamsProblem(rule, { allowed: ['hostPath'] })?.message).to.equal(
      'spec.rules["pod-volumes"].params.allowed[0] is "hostPath", and must be one of "emptyDir", "secret"',
    );
    expect(findParamsProblem(rule, { strict: true })?.message).to.equal(
      'spec.rules["pod-volumes"].params.strict does not exist; there is "allowed", "isStrict"',
    );
  });

  it('cannot be set where there are none', () => {
    expect(findParamsProblem(plain, { allowed: [] })?.message).to.equal(
      'spec.rules["pod-plain"].params is set, and rule "pod-plain" has no parameters',
    );
  });
});
