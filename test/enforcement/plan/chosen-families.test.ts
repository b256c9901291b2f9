/** Which policies each family becomes, for which API server. */
import { expect } from 'chai';

import { matchesSelector } from '../../../src/core/label-selector.ts';
import { furtherPolicies, planFamilies } from '../../../src/enforcement/plan/chosen-families.ts';
import type { FamiliesChoice } from '../../../src/enforcement/plan/chosen-families.ts';
import { nameBinding } from '../../../src/enforcement/plan/planned-policy.ts';
import { buildDefaultPolicy } from '../../../src/core/policy-merge.ts';
import { rules as catalogue } from '../../../src/rules/index.ts';

const { rules } = buildDefaultPolicy(catalogue);

const choice: FamiliesChoice = {
  families: ['image-pulls', 'pod-defaults', 'service-accounts', 'rbac'],
  modes: { withoutLabel: 'off', keptOut: ['kube-system'] },
  breakGlassGroups: [],
  minor: 36,
  defaults: undefined,
  tokenSecrets: false,
  clusterAdmins: undefined,
  clusterRbac: 'off',
};

/** `Validating merlon-rbac audit warn deny` */
function plan(over: Partial<FamiliesChoice>): readonly string[] {
  return planFamilies({ ...choice, ...over }, rules).policies.map(({ kind, name, bindings }) =>
    [kind.replace('AdmissionPolicy', ''), name, ...bindings.map(({ mode }) => mode)].join(' '),
  );
}

describe('families', () => {
  const allModes = 'audit warn deny';

  it('set what they can where the API server sets by itself, from 1.36 on, and where nobody said which it is', () => {
    for (const minor of [36, 37, undefined]) {
      expect(plan({ minor })).to.deep.equal([
        'Mutating merlon-image-pulls on',
        'Validating merlon-image-pulls audit warn',
        'Validating merlon-image-pulls-keeper deny',
        'Mutating merlon-pod-defaults on',
        'Mutating merlon-service-accounts on',
        `Validating merlon-service-accounts ${allModes}`,
        `Validating merlon-rbac ${allModes}`,
      ]);
      expect(planFamilies({ ...choice, minor }, rules).remarks).to.have.length(minor === undefined ? 1 : 0);
    }
  });

  it('refuse before that what would be set, and say what is left out', () => {
    for (const minor of [30, 35]) {
      expect(plan({ minor })).to.deep.equal([
        `Validating merlon-image-pulls ${allModes}`,
        `Validating merlon-service-accounts ${allModes}`,
        `Validating merlon-rbac ${allModes}`,
      ]);
    }
    const { unserved } = planFamilies({ ...choice, minor: 35 }, rules);
    expect(
      unserved.map(({ family, isRefusedInstead }) => `${family} ${isRefusedInstead ? 'refused' : 'lost'}`),
    ).to.deep.equal(['image-pulls refused', 'pod-defaults lost', 'service-accounts refused']);
    for (const { message } of unserved) expect(message).to.match(/^Kubernetes 1\.35 serves no MutatingAdmissionPolicy/);
    expect(planFamilies({ ...choice, minor: 35, families: ['rbac'] }, rules).unserved).to.deep.equal([]);
  });

  it('spare by an exemption what is refused instead', () => {
    const exemption = { name: 'agents', rules: new Set(['pod-image-pull-policy']), condition: "'agent' == 'agent'" };
    const sparing = (minor: number) =>
      planFamilies({ ...choice, minor, families: ['image-pulls'], exemptions: [exemption] }, rules)
        .policies.filter(({ spec }) => JSON.stringify(spec).includes("'agent' == 'agent'"))
        .map(({ name }) => name);
    expect(sparing(35)).to.deep.equal(['merlon-image-pulls']);
    expect(sparing(36)).to.deep.equal(['merlon-image-pulls', 'merlon-image-pulls-keeper']);
  });

  it('set nothing under a ceiling below that by which they would be refused, and say so', () => {
    const modes = { ...choice.modes, ceiling: 'warn' } as const;
    expect(planFamilies({ ...choice, modes }, rules).leftOut.map(({ rule }) => rule)).to.deep.equal(['pod-defaults']);
    expect(plan({ modes })).to.deep.equal([
      'Validating merlon-image-pulls audit warn',
      'Validating merlon-service-accounts audit warn',
      'Validating merlon-rbac audit warn',
    ]);
  });

  it('tell of pulls where they are recorded or warned of, and refuse where they are set what is taken back', () => {
    const pulls = planFamilies({ ...choice, families: ['image-pulls'] }, rules).policies;
    const modesAt = (label: string) =>
      pulls.flatMap(({ kind, name, bindings }) =>
        bindings
          .filter(({ spec }) =>
            matchesSelector(spec.matchResources?.namespaceSelector ?? {}, { 'merlon.dev/enforce': label }),
          )
          .map(({ mode }) => `${kind.replace('AdmissionPolicy', '')} ${name} ${mode}`),
      );
    expect(modesAt('deny')).to.deep.equal([
      'Mutating merlon-image-pulls on',
      'Validating merlon-image-pulls-keeper deny',
    ]);
    expect(modesAt('warn')).to.deep.equal(['Validating merlon-image-pulls warn']);
    expect(modesAt('audit')).to.deep.equal(['Validating merlon-image-pulls audit']);
    expect(modesAt('off')).to.deep.equal([]);
  });

  it('follow the rules that are in force, and say where there are none', () => {
    const without = (...ids: readonly string[]) => rules.filter(({ rule }) => !ids.includes(rule.id));
    const pulls = planFamilies({ ...choice, families: ['image-pulls'] }, without('pod-image-pull-policy'));
    expect([pulls.policies, pulls.leftOut]).to.deep.equal([
      [],
      [{ rule: 'image-pulls', reason: 'enforces nothing: no rule of it is in force' }],
    ]);
    const noted = rules.map((one) => ({ ...one, severity: 'info' as const }));
    expect(planFamilies({ ...choice, families: ['image-pulls'] }, noted).leftOut[0]?.rule).to.equal(
      'pod-image-pull-policy',
    );
    const [defaults] = planFamilies({ ...choice, families: ['pod-defaults'] }, without('pod-seccomp-profile')).policies;
    expect(defaults?.rules).to.include('pod-root-groups').and.not.include('pod-seccomp-profile');
    const none = planFamilies({ ...choice, families: ['pod-defaults'], defaults: ['pod-seccomp-profile'] }, []);
    expect([none.policies, none.leftOut[0]?.rule]).to.deep.equal([[], 'pod-defaults']);
  });

  it('set only what is asked for, and say by which rules', () => {
    const defaults = ['pod-seccomp-profile', 'pod-read-only-root-filesystem'];
    const [policy] = planFamilies({ ...choice, families: ['pod-defaults'], defaults }, rules).policies;
    expect(policy?.rules).to.have.members(defaults);
    expect(policy?.what).to.equal('what new pods leave open, by 2 rules');
    expect(JSON.stringify(policy?.spec)).not.to.match(/runAsNonRoot|allowPrivilegeEscalation|capabilities/);
  });

  it('refuse token Secrets, cluster-admin and what is in no namespace only where somebody asks for it', () => {
    expect(plan({ families: ['service-accounts'], tokenSecrets: true }).at(-1)).to.equal(
      `Validating merlon-service-accounts-secrets ${allModes}`,
    );
    for (const mode of ['audit', 'warn', 'deny'] as const) {
      expect(plan({ families: [], clusterRbac: mode })).to.deep.equal([`Validating merlon-rbac-cluster ${mode}`]);
    }
    expect(plan({ families: [] })).to.deep.equal([]);
  });

  it('have only names that are known, bindings included, and all of those', () => {
    const found = [35, 36].flatMap((minor) =>
      (['audit', 'warn', 'deny'] as const).flatMap(
        (clusterRbac) => planFamilies({ ...choice, minor, tokenSecrets: true, clusterRbac }, rules).policies,
      ),
    );
    const namesOf = (kind: string, names: readonly string[]) => names.map((name) => `${kind} ${name}`);
    const planned = found.flatMap(({ kind, name, bindings }) =>
      namesOf(kind, [name, ...bindings.map(({ mode }) => nameBinding(name, mode))]),
    );
    const known = furtherPolicies.flatMap(({ kind, name, bindings }) => namesOf(kind, [name, ...bindings]));
    expect([...new Set(planned)].toSorted()).to.deep.equal(known.toSorted());
  });

  it('ask about nothing that is in no namespace unless that is asked for by itself', () => {
    for (const { spec } of planFamilies({ ...choice, tokenSecrets: true }, rules).policies) {
      for (const { scope } of spec.matchConstraints.resourceRules) expect(scope).to.equal('Namespaced');
    }
  });
});
