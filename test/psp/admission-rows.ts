/** Tests what one PodSecurityPolicy says of one pod, by rows of the smallest YAML. */
import { expect } from 'chai';
import { CORE_SCHEMA, load } from 'js-yaml';

import { project } from '../../src/core/project.ts';
import { fillDefaults } from '../../src/pod-security/defaulting.ts';
import { admit } from '../../src/psp/admit.ts';
import type { Admission } from '../../src/psp/admit.ts';
import { podShape } from '../../src/psp/pod.ts';
import type { Pod } from '../../src/psp/pod.ts';
import { readPodSecurityPolicy } from '../../src/psp/read-pod-security-policy.ts';
import type { PodSecurityPolicy } from '../../src/psp/pod-security-policy.ts';

interface RowInput {
  /** A sentence about behaviour. */
  readonly name: string;
  /** Of the policy; without strategies, which then ask nothing. */
  readonly spec?: string;
  /** Of the policy. */
  readonly annotations?: string;
  /** The pod's `spec`; it gets one container where it names none. */
  readonly pod: string;
  readonly podAnnotations?: string;
}

type Expectation =
  | { readonly admits: true }
  /** What is set, by path. */
  | { readonly mutates: Readonly<Record<string, unknown>> }
  /** `path of the pod < field of the policy` for every reason, in order. */
  | { readonly refuses: readonly string[] };

export type Row = RowInput & Expectation;

export function testAdmission(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    for (const row of rows) {
      it(row.name, () => {
        const admission = admitRow(row);
        if ('refuses' in row) expect(reasonsOf(admission)).to.deep.equal(row.refuses);
        else expect(mutationsOf(admission)).to.deep.equal('mutates' in row ? row.mutates : {});
      });
    }
  });
}

/** Also what holds for every row: nothing is changed in place, and a pod that was mutated once is not mutated again. */
function admitRow({ spec = '{}', annotations = '{}', pod, podAnnotations = '{}' }: RowInput): Admission {
  const policy = policyOf(spec, annotations);
  const subject = deepFreeze(podOf(pod, podAnnotations));
  const admission = admit(policy, subject);
  if (admission.outcome === 'admitted') {
    expect(admission.mutated).to.equal(admission.mutations.length > 0);
    expect(admit(policy, admission.pod)).to.deep.include({ outcome: 'admitted', mutated: false });
    if (!admission.mutated) expect(admission.pod).to.equal(subject);
  } else {
    for (const { message } of admission.reasons) expect(message).to.match(/^\S.*[^.\s]$/);
  }
  return admission;
}

function reasonsOf(admission: Admission): readonly string[] {
  return admission.outcome === 'refused' ? admission.reasons.map(({ path, field }) => `${path} < ${field}`) : [];
}

function mutationsOf(admission: Admission): unknown {
  return admission.outcome === 'admitted'
    ? Object.fromEntries(admission.mutations.map(({ path, value }) => [path, value]))
    : admission;
}

export function policyOf(spec = '{}', annotations = '{}', name = 'any'): PodSecurityPolicy {
  return readPodSecurityPolicy({ metadata: { name, annotations: read(annotations) }, spec: read(spec) });
}

export function podOf(spec = '{}', annotations = '{}'): Pod {
  const written = read(spec) as object;
  const whole = { containers: [{ name: 'web' }], ...written };
  return project(podShape, fillDefaults('Pod', { metadata: { annotations: read(annotations) }, spec: whole }));
}

function read(yaml: string): unknown {
  return load(yaml, { schema: CORE_SCHEMA });
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
