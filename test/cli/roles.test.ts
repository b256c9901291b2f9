/** `merlon roles` over files. */
import { expect } from 'chai';

import { runMerlon } from './merlon-process.ts';

const header = 'apiVersion: rbac.authorization.k8s.io/v1';
const manifests = `${header}
kind: ClusterRole
metadata: { name: 'system:public-info-viewer' }
rules:
  - { nonResourceURLs: [/version, /version/, /livez, /readyz, /healthz], verbs: [get] }
  - { apiGroups: [''], resources: [secrets], verbs: [get] }
---
${header}
kind: ClusterRoleBinding
metadata: { name: 'system:public-info-viewer' }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'system:public-info-viewer' }
subjects: [{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:unauthenticated' }]
---
${header}
kind: Role
metadata: { name: reader, namespace: shop }
rules: [{ apiGroups: [''], resources: [pods], verbs: [get] }]
`;

async function roles(args: readonly string[], stdin = manifests) {
  return runMerlon(['roles', '-f', '-', ...args], { stdin });
}

describe('merlon roles -f', () => {
  it('lists ClusterRoles beside what Kubernetes creates, and who is bound', async () => {
    const { code, stdout, stderr } = await roles([]);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).to.have.length(2);
    expect(lines[1]).to.match(
      /^ClusterRole +system:public-info-viewer +changed +critical +1 +Group system:unauthenticated$/,
    );
  });

  it('lists Roles where a namespace, or all, are asked for', async () => {
    expect((await roles(['-n', 'shop'])).stdout).to.match(/^shop +Role +reader +- /m);
    expect((await roles(['-A'])).stdout).to.match(/^shop +Role +reader +- /m);
    expect((await roles(['-n', 'bank'])).stdout).not.to.include('reader');
  });

  it('describes a role by its name', async () => {
    const { code, stdout } = await roles(['system:public-info-viewer']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^Baseline: +changed: not as Kubernetes 1\.\d+ creates it$/m);
    expect(stdout).to.include('Drift:\n  + get secrets\n');
  });

  it('prints JSON', async () => {
    const { stdout } = await roles(['reader', '-n', 'shop', '-o', 'json']);
    expect(JSON.parse(stdout))
      .to.deep.include({ missing: [] })
      .and.have.nested.property('roles[0].baseline', 'notPredefined');
  });

  it('exits with 3 where there is no such role, and says where Roles are looked for', async () => {
    const { code, stdout, stderr } = await roles(['reader']);
    expect({ code, stdout }).to.deep.equal({ code: 3, stdout: '' });
    expect(stderr).to.equal(
      'there is no ClusterRole "reader" in these files; Roles are looked for with --namespace or --all-namespaces\n',
    );
  });

  it('exits with 3 for what is no manifest, and prints the rest', async () => {
    const { code, stdout, stderr } = await roles([], `${manifests}---\n}{`);
    expect(code).to.equal(3);
    expect(stderr).not.to.equal('');
    expect(stdout).to.include('system:public-info-viewer');
    expect(await roles([], 'kind: ConfigMap\napiVersion: v1\nmetadata: { name: a }')).to.include({
      code: 3,
      stderr: 'no role and no binding in -\n',
    });
  });

  it('exits with 4 where the rules of a role cannot be read', async () => {
    const { code, stdout } = await roles([], `${header}\nkind: ClusterRole\nmetadata: { name: odd }\nrules: all`);
    expect(code).to.equal(4);
    expect(stdout).to.match(/^ClusterRole +odd +- +\? /m);
  });

  it('exits with 2 for options that do not go together', async () => {
    expect(await roles(['-A', '-n', 'shop'])).to.include({ code: 2, stdout: '' });
    expect(await roles(['--context', 'x'])).to.include({ code: 2, stdout: '' });
    expect(await roles(['-n', ''])).to.include({ code: 2, stdout: '' });
  });
});
