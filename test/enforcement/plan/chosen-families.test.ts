/** Which policies each family becomes, for which API server. */
import { expect } from 'chai';

import { furtherPolicies, planFamilies } from '../../../src/enforcement/plan/chosen-families.ts';
import type { FamiliesChoice } from '../../../src/enforcement/plan/chosen-families.ts';
import { nameBinding } from '../../../src/enforcement/plan/planned-policy.ts';
import { rules } from '../../../src/rules/index.ts';

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
    const { remarks } = planFamilies({ ...choice, minor: 35 }, rules);
    expect(remarks).to.have.length(3);
    for (const one of remarks) expect(one).to.match(/^left out: Kubernetes 1\.35 serves no MutatingAdmissionPolicy/);
    expect(planFamilies({ ...choice, minor: 35, families: ['rbac'] }, rules).remarks).to.deep.equal([]);
  });

  it('spare by an exemption what is refused instead', () => {
    const exemption = { name: 'agents', rules: new Set(['pod-image-pull-policy']), condition: "'agent' == 'agent'" };
    const [twin] = planFamilies(
      { ...choice, minor: 35, families: ['image-pulls'], exemptions: [exemption] },
      rules,
    ).policies;
    expect(JSON.stringify(twin?.spec)).to.contain("'agent' == 'agent'");
  });

  it('set nothing under a ceiling below that by which they would be refused', () => {
    expect(plan({ modes: { ...choice.modes, ceiling: 'warn' } })).to.deep.equal([
      'Validating merlon-service-accounts audit warn',
      'Validating merlon-rbac audit warn',
    ]);
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
