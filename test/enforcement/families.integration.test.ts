/** Every policy that sets or refuses besides the exec guard, as it is printed: taken, stored, applied again and taken away. */
import { expect } from 'chai';
import { loadAll } from 'js-yaml';

import { kinds } from '../../src/core/kinds.ts';
import { project } from '../../src/core/project.ts';
import { keepsPulls } from '../../src/enforcement/plan/recognised-image-pulls.ts';
import { recogniseSetter } from '../../src/enforcement/plan/recognised-setter.ts';
import { planFamilies } from '../../src/enforcement/plan/chosen-families.ts';
import type { FamiliesChoice } from '../../src/enforcement/plan/chosen-families.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import type { EnforcementManifest } from '../../src/enforcement/plan/planned-policy.ts';
import { printEnforcement } from '../../src/report/enforcement-text.ts';
import { buildDefaultPolicy } from '../../src/core/policy-merge.ts';
import { rules } from '../../src/rules/index.ts';
import { bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { applyYaml } from './guarded-cluster.ts';

const { rules: inForce } = buildDefaultPolicy(rules);

const choice: FamiliesChoice = {
  families: ['image-pulls', 'pod-defaults', 'service-accounts', 'rbac'],
  modes: { withoutLabel: 'audit', keptOut: ['kube-system'] },
  breakGlassGroups: ["on'call"],
  minor: undefined,
  defaults: undefined,
  tokenSecrets: true,
  clusterAdmins: [{ kind: 'User', name: "o'neil, jane" }],
  clusterRbac: 'warn',
};

function print(over: Partial<FamiliesChoice> = {}): string {
  return [...printEnforcement(planFamilies({ ...choice, ...over }, inForce).policies)].join('');
}

describe('families, applied', () => {
  const cluster = useControlPlane({
    needs: ['build', 'controller-manager'],
    own: { auditLog: false, controllers: ['validatingadmissionpolicy-status-controller'] },
  });
  const printed = loadAll(print()) as readonly EnforcementManifest[];

  function stored({ apiVersion, kind, metadata }: EnforcementManifest) {
    const plural = `${kind.toLowerCase()}s`.replace(/policys$/, 'policies');
    return cluster().client.resource(apiVersion, plural).get(metadata.name);
  }

  describe('where the API server can set by itself', () => {
    before('one that can', function () {
      if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
    });

    it('are taken, and a second time nothing changes', async () => {
      await applyYaml(cluster(), print());
      const again = (await applyYaml(cluster(), print())).trimEnd().split('\n');
      expect(again).to.have.length(printed.length);
      for (const line of again) expect(line).to.match(/ unchanged$/);
    });

    it('are stored as they are printed: no default of the API server is left unsaid', async () => {
      for (const manifest of printed) {
        expect(bodyOf(manifest.metadata.name, await stored(manifest))['spec']).to.deep.equal(manifest.spec);
      }
    });

    it('are known again as they are stored, what sets and what keeps it, whatever is planned', async () => {
      const known: string[] = [];
      for (const manifest of printed) {
        const { kind, metadata } = manifest;
        if (kind === 'MutatingAdmissionPolicy') {
          const { spec } = project(kinds[kind].shape, bodyOf(metadata.name, await stored(manifest)));
          const setter = recogniseSetter(spec, { planned: [], catalogue: rules });
          expect(setter?.name).to.equal(metadata.name);
          known.push(metadata.name);
        } else if (kind === 'ValidatingAdmissionPolicy') {
          const { spec } = project(kinds[kind].shape, bodyOf(metadata.name, await stored(manifest)));
          if (keepsPulls(spec)) known.push(metadata.name);
        }
      }
      expect(known).to.deep.equal([
        'merlon-image-pulls',
        'merlon-image-pulls-keeper',
        'merlon-pod-defaults',
        'merlon-service-accounts',
      ]);
    });

    it('hold nothing that the API server finds wrong with their types', async () => {
      const validating = printed.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
      expect(validating).to.have.length(6);
      for (const manifest of validating) {
        const checked = await waitUntil(
          async () => {
            const { status } = bodyOf(manifest.metadata.name, await stored(manifest)) as { status?: object };
            return status !== undefined && 'observedGeneration' in status ? status : false;
          },
          { what: `the types of ${manifest.metadata.name} to be checked` },
        );
        expect(checked, manifest.metadata.name).not.to.have.nested.property('typeChecking.expressionWarnings');
      }
    });

    it('are taken away by what was printed', async () => {
      const { code, stderr } = await cluster().kubectl(['delete', '--wait=false', '-f', '-'], { stdin: print() });
      expect([code, stderr.trim()]).to.deep.equal([0, '']);
      for (const manifest of printed) expect((await stored(manifest)).status).to.equal(404);
    });
  });

  it('are printed for an API server before 1.36 without a kind that it does not serve', async () => {
    const older = loadAll(print({ minor: 35 })) as readonly EnforcementManifest[];
    for (const { kind } of older) expect(kind).to.match(/^Validating/);
    await applyYaml(cluster(), print({ minor: 35 }));
    const { code } = await cluster().kubectl(['delete', '--wait=false', '-f', '-'], { stdin: print({ minor: 35 }) });
    expect(code).to.equal(0);
  });
});
