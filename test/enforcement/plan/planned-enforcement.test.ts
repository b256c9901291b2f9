import { expect } from 'chai';
import fc from 'fast-check';

import {
  enforcedFamilies,
  enforcementModes,
  guardedConnections,
  silentModes,
} from '../../../src/api/v1alpha1/enforcement.ts';
import { rankOfMode } from '../../../src/core/enforcement-terms.ts';
import type { EnforcementTerms } from '../../../src/core/enforcement-terms.ts';
import { buildDefaultPolicy } from '../../../src/core/policy-merge.ts';
import { matchesSelector } from '../../../src/core/label-selector.ts';
import { knownPolicies, planEnforcement } from '../../../src/enforcement/plan/planned-enforcement.ts';
import { buildManifests } from '../../../src/enforcement/plan/planned-policy.ts';
import type { PlannedPolicy } from '../../../src/enforcement/plan/planned-policy.ts';
import { rules as catalogue } from '../../../src/rules/index.ts';

const terms: EnforcementTerms = {
  ceiling: 'deny',
  withoutLabel: 'off',
  families: ['exec'],
  namespacesOut: ['kube-system'],
  breakGlassGroups: [],
  exec: { connections: [], ephemeralContainers: false, hostNetwork: false, byLabel: false },
  tokenSecrets: false,
  cluster: { nodesProxy: 'off', rbac: 'off' },
};

const { rules } = buildDefaultPolicy(catalogue);
const plan = (said: EnforcementTerms, minor: number | undefined = 37) =>
  planEnforcement(said, { rules, minor, exemptions: [] });

/** The modes that a policy is in force by in a namespace of that name and label. */
function modesIn({ spec, bindings }: PlannedPolicy, name: string, label?: string): readonly string[] {
  const labels = {
    'kubernetes.io/metadata.name': name,
    ...(label === undefined ? {} : { 'merlon.dev/enforce': label }),
  };
  if (!matchesSelector(spec.matchConstraints.namespaceSelector, labels)) return [];
  return bindings
    .filter((one) => matchesSelector(one.spec.matchResources?.namespaceSelector ?? {}, labels))
    .map(({ mode }) => mode);
}

describe('what is planned of what policies say', () => {
  const names = (over: Partial<EnforcementTerms>) => plan({ ...terms, ...over }).policies.map(({ name }) => name);

  it('is nothing where none says a mode, or one says off, whatever else is said', () => {
    const { ceiling: _, ...silent } = terms;
    const rest = { withoutLabel: 'deny', cluster: { nodesProxy: 'deny', rbac: 'deny' } } as const;
    expect(plan({ ...silent, ...rest }).policies).to.deep.equal([]);
    expect(names({ ...rest, ceiling: 'off' })).to.deep.equal([]);
  });

  it('is of what has no namespace only what is asked for by itself', () => {
    expect(names({})).to.deep.equal(['merlon-exec-guard']);
    expect(names({ families: [] })).to.deep.equal([]);
    expect(names({ families: [], cluster: { nodesProxy: 'audit', rbac: 'off' } })).to.deep.equal([
      'merlon-exec-guard-nodes-proxy',
    ]);
    expect(names({ families: [], cluster: { nodesProxy: 'off', rbac: 'warn' } })).to.deep.equal([
      'merlon-rbac-cluster',
    ]);
    const all = plan({ ...terms, families: enforcedFamilies, tokenSecrets: true }).policies;
    expect(all.map(({ name }) => name)).to.include.members(['merlon-rbac', 'merlon-service-accounts-secrets']);
    for (const { spec } of all) {
      for (const { scope } of spec.matchConstraints.resourceRules) expect(scope).to.equal('Namespaced');
    }
  });

  const rows = [
    ['audit', 'deny', ['audit']],
    ['audit', 'warn', ['audit']],
    ['audit', 'audit', ['audit']],
    ['audit', 'off', []],
    ['audit', undefined, ['audit']],
    ['warn', 'deny', ['audit']],
    ['deny', 'deny', ['deny']],
    ['deny', 'audit', ['audit']],
    ['deny', undefined, ['deny']],
  ] as const;
  for (const [ceiling, label, wanted] of rows) {
    it(`under the ceiling ${ceiling} is, in a namespace labelled ${label ?? 'not at all'}: ${wanted.join() || 'nothing'}`, () => {
      const [guard] = plan({ ...terms, ceiling, withoutLabel: 'deny' }).policies;
      expect(guard === undefined ? [] : modesIn(guard, 'shop', label)).to.deep.equal(wanted);
      expect(guard === undefined ? [] : modesIn(guard, 'kube-system', label)).to.deep.equal([]);
    });
  }

  describe('where pods may be spared by their label', () => {
    const said = { ...terms, exec: { ...terms.exec, byLabel: true } };
    const selectorOf = ({ policies }: ReturnType<typeof plan>) => {
      const guard = policies.find(({ name }) => name === 'merlon-exec-guard');
      return guard?.kind === 'ValidatingAdmissionPolicy' ? guard.bindings[0]?.spec.paramRef?.selector : undefined;
    };

    it('is what keeps the label, what sets it, and a guard that goes by it', () => {
      const planned = plan(said);
      expect(planned.policies.map(({ name }) => name)).to.deep.equal([
        'merlon-exec-label-keeper',
        'merlon-exec-label',
        'merlon-exec-guard',
      ]);
      expect(selectorOf(planned)).to.have.property('matchExpressions');
    });

    it('is a guard that looks at every pod while there is a doubt, and what keeps the label all the same', () => {
      const planned = planEnforcement(said, { rules, minor: 37, exemptions: [], labelDoubt: 'is in doubt' });
      expect(planned.policies).to.have.length(3);
      expect(selectorOf(planned)).to.deep.equal({});
      expect(planned.leftOut).to.deep.equal([{ rule: 'exec.byLabel', reason: 'is in doubt' }]);
    });

    it('is the guard alone where nothing sets labels, which is said, and where no more than audit is enforced', () => {
      const older = plan(said, 35);
      expect([older.policies.length, selectorOf(older)]).to.deep.equal([1, {}]);
      expect(older.unserved.map(({ family, message }) => `${family}: ${message}`)[0]).to.match(
        /^exec: Kubernetes 1\.35 serves no MutatingAdmissionPolicy .*; the exec guard looks at every pod/,
      );
      const audited = plan({ ...said, ceiling: 'audit' });
      expect([audited.policies.length, selectorOf(audited)]).to.deep.equal([1, {}]);
    });
  });

  it('has no more than the ceiling of what has no namespace', () => {
    const modeUnder = (ceiling: 'audit' | 'deny') =>
      plan({ ...terms, families: [], ceiling, cluster: { nodesProxy: 'deny', rbac: 'deny' } }).policies.flatMap(
        ({ bindings }) => bindings.map(({ mode }) => mode),
      );
    expect(modeUnder('audit')).to.deep.equal(['audit', 'audit']);
    expect(modeUnder('deny')).to.deep.equal(['deny', 'deny']);
  });

  it('is never more than the ceiling, and has only names that are known, whatever is said', () => {
    const some: fc.Arbitrary<EnforcementTerms> = fc.record({
      ceiling: fc.constantFrom(...enforcementModes),
      withoutLabel: fc.constantFrom(...enforcementModes),
      families: fc.subarray([...enforcedFamilies]),
      namespacesOut: fc.constantFrom([], ['kube-system']),
      breakGlassGroups: fc.constantFrom([], ['oncall']),
      exec: fc.record({
        connections: fc.uniqueArray(fc.constantFrom(...guardedConnections)),
        ephemeralContainers: fc.boolean(),
        hostNetwork: fc.boolean(),
        byLabel: fc.boolean(),
      }),
      tokenSecrets: fc.boolean(),
      cluster: fc.record({
        nodesProxy: fc.constantFrom(...silentModes),
        rbac: fc.constantFrom(...enforcementModes),
      }),
    });
    const known = new Set(
      knownPolicies.flatMap(({ kind, name, bindings }) => [
        `${kind} ${name}`,
        ...bindings.map((one) => `${kind}Binding ${one}`),
      ]),
    );
    fc.assert(
      fc.property(some, fc.constantFrom(34, 35, 36, 37, undefined), (said, minor) => {
        const planned = plan(said, minor).policies;
        for (const { bindings } of planned) {
          for (const { mode } of bindings)
            expect(rankOfMode(mode === 'on' ? 'deny' : mode)).to.be.at.most(rankOfMode(said.ceiling ?? 'off'));
        }
        for (const { kind, metadata } of buildManifests(planned)) {
          expect(known).to.include(`${kind} ${metadata.name}`);
          if ((minor ?? 36) < 36) expect(kind).not.to.contain('Mutating');
        }
      }),
    );
  });
});
