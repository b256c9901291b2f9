/** Whatever a pod holds, the verdict on it is one of three: allowed, refused with reasons and places, or malformed. */
import { expect } from 'chai';
import fc from 'fast-check';

import { kinds } from '../../src/core/kinds.ts';
import type { PodTemplate } from '../../src/core/pod-template.ts';
import { project } from '../../src/core/project.ts';
import { MalformedField } from '../../src/core/shape.ts';
import { fillDefaults } from '../../src/pod-security/defaulting.ts';
import { evaluatePodSecurity, printRefusals } from '../../src/pod-security/evaluate.ts';
import type { Level, PodSecurityVerdict } from '../../src/pod-security/evaluate.ts';
import { objectArbitrary } from '../rules/object-arbitrary.ts';

/** On both sides of every version that changed a check. */
const versions = [0, 7, 8, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 99];

function judge(level: Level, version: number, pod: () => PodTemplate): PodSecurityVerdict | MalformedField {
  try {
    return evaluatePodSecurity(level, version, pod());
  } catch (error) {
    if (error instanceof MalformedField) return error;
    throw error;
  }
}

function expectSound(version: number, pod: () => PodTemplate): void {
  for (const level of ['privileged', 'baseline', 'restricted'] as const) {
    const verdict = judge(level, version, pod);
    expect(judge(level, version, pod)).to.deep.equal(verdict);
    if (!(verdict instanceof MalformedField)) expectWhole(verdict);
  }
}

function expectWhole({ allowed, text, checks }: PodSecurityVerdict): void {
  expect(allowed).to.equal(checks.length === 0);
  expect(text).to.equal(printRefusals(checks));
  for (const { id, reason, violations } of checks) {
    expect(reason, id).not.to.equal('');
    expect(violations, id).not.to.be.empty;
    for (const { path } of violations) expect(path).to.match(/^(?:spec\.|metadata\.annotations\[)/);
  }
}

const pod = objectArbitrary('Pod');
const deployment = objectArbitrary('Deployment');
const version = fc.constantFrom(...versions);

describe('the verdict of Pod Security', () => {
  it('on any pod is that it is allowed, refused or malformed, and the same twice', () => {
    fc.assert(
      fc.property(pod, version, (json, at) => {
        const projected = project(kinds.Pod.shape, fillDefaults('Pod', json));
        expectSound(at, () => projected);
      }),
      { numRuns: 100 },
    );
  });

  it('on any template is so, too', () => {
    fc.assert(
      fc.property(deployment, version, (json, at) => {
        const projected = project(kinds.Deployment.shape, fillDefaults('Deployment', json));
        expectSound(at, () => projected.spec.template);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what the API server fills in', () => {
  it('is filled in once, and nothing that was given is changed', () => {
    fc.assert(
      fc.property(pod, (json) => {
        const before = structuredClone(json);
        const filled = fillDefaults('Pod', json);
        expect(json).to.deep.equal(before);
        expect(fillDefaults('Pod', filled)).to.equal(filled);
      }),
      { numRuns: 100 },
    );
  });
});
