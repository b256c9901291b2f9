/** What holds of the level advisor's answer whatever is in a namespace, slips in every field included. */
import { expect } from 'chai';
import fc from 'fast-check';

import { kinds } from '../../src/core/kinds.ts';
import type { KindName } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import type { ObjectsByKind } from '../../src/core/object-snapshot.ts';
import { workloadKinds } from '../../src/core/owners.ts';
import { project } from '../../src/core/project.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { describeAdvice } from '../../src/pod-security/advice-text.ts';
import { evaluatePodSecurity } from '../../src/pod-security/evaluate.ts';
import { adviseLevel } from '../../src/pod-security/level-advisor.ts';
import { buildPodMakers } from '../../src/pod-security/pod-makers.ts';
import { mutatorKinds } from '../../src/pod-security/pod-mutators.ts';
import { objectArbitrary } from '../rules/object-arbitrary.ts';
import { generatePod } from './generator.ts';

type Json = Readonly<Record<string, unknown>>;

/** Of the generated objects. */
const NAMESPACE = 'kube-public';
const SEED = 20_261_125;
const restrictedSpec = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [{ name: 'web', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
};

function snapshotOf(objects: Readonly<Partial<Record<KindName, readonly Json[]>>>): Snapshot {
  const projected = Object.entries(objects).map(([kind, some]) => [
    kind,
    some.map((json) => project(kinds[kind as KindName].shape, json)),
  ]);
  return buildObjectSnapshot({
    objects: Object.fromEntries(projected) as ObjectsByKind,
    isWholeCluster: true,
    podSecurityVersion: 37,
  });
}

const cluster = fc.record(
  Object.fromEntries(
    (['Namespace', ...workloadKinds, ...mutatorKinds] as const).map((kind) => [
      kind,
      // No two of one name: those can only be in files, for which nobody is advised.
      fc.uniqueArray(objectArbitrary(kind), { maxLength: 2, selector: nameOf }),
    ]),
  ),
);

function nameOf({ metadata }: Json): unknown {
  return (metadata as Json)['name'];
}

describe('the advice on any namespace', () => {
  it('is the same twice, in whatever order the objects are known, and in words', () => {
    fc.assert(
      fc.property(cluster, (objects) => {
        const advice = adviseLevel(snapshotOf(objects), NAMESPACE);
        const reversed = Object.fromEntries(Object.entries(objects).map(([kind, some]) => [kind, some.toReversed()]));
        expect(adviseLevel(snapshotOf(reversed), NAMESPACE)).to.deep.equal(advice);
        expect(describeAdvice(advice)).not.to.equal('');
      }),
      { numRuns: 25 },
    );
  }).timeout(60_000);

  it('calls nothing ready that holds a pod or a template which is not known to pass', () => {
    fc.assert(
      fc.property(cluster, (objects) => {
        const snapshot = snapshotOf(objects);
        const { ready } = adviseLevel(snapshot, NAMESPACE);
        if (ready === 'unknown') return;
        for (const { templates, pods } of buildPodMakers(snapshot, NAMESPACE)) {
          // Throws where a field is malformed.
          for (const one of [...templates, ...pods]) expect(evaluatePodSecurity(ready, 37, one).allowed).to.equal(true);
        }
      }),
      { numRuns: 25 },
    );
  }).timeout(60_000);

  it('and on pods that the API server admits is the level of the worst of them', () => {
    const seen = new Set<string>();
    for (let index = 0; index < 300; index += 1) {
      const specs = [0, 1].map((offset) => generatePod(SEED, 2 * index + offset, true));
      const deployment = { metadata: { name: 'web', namespace: NAMESPACE }, spec: { template: specs[0] } };
      const pods = [
        { metadata: { name: 'good', namespace: NAMESPACE }, spec: restrictedSpec },
        { metadata: { ...specs[1]?.metadata, name: 'any', namespace: NAMESPACE }, spec: specs[1]?.spec },
      ];
      const snapshot = snapshotOf({ Deployment: [deployment], Pod: pods });
      const templates = buildPodMakers(snapshot, NAMESPACE).flatMap((one) => [...one.templates, ...one.pods]);
      const worst = (['restricted', 'baseline', 'privileged'] as const).find((level) =>
        templates.every((one) => evaluatePodSecurity(level, 37, one).allowed),
      );
      expect(templates).to.have.length(3);
      expect(adviseLevel(snapshot, NAMESPACE).ready).to.equal(worst);
      seen.add(worst ?? '');
    }
    expect([...seen].toSorted()).to.deep.equal(['baseline', 'privileged', 'restricted']);
  });
});

describe('a pod that passes restricted', () => {
  it('passes baseline, at every version', () => {
    let passed = 0;
    for (let index = 0; index < 2000; index += 1) {
      const version = index % 38;
      const pod = project(kinds.Pod.shape, { metadata: { name: 'any' }, spec: generatePod(SEED, index, true).spec });
      if (!evaluatePodSecurity('restricted', version, pod).allowed) continue;
      passed += 1;
      expect(evaluatePodSecurity('baseline', version, pod).allowed, `seed ${SEED}, pod ${index}`).to.equal(true);
    }
    expect(passed).to.be.above(50);
  });
});
