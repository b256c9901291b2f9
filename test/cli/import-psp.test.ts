/** `merlon import psp`, as a process: what it prints, what it says of it, and how it ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';
import { load } from 'js-yaml';

import type { ClusterHardeningPolicy } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { runMerlon } from './merlon-process.ts';

const head = 'apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\n';
const fragment = (spec: string) => `${head}metadata:\n  name: restricted\nspec:\n  ${spec}\n`;
const whole = `${head}metadata:
  name: restricted
  annotations:
    seccomp.security.alpha.kubernetes.io/allowedProfileNames: docker/default
    seccomp.security.alpha.kubernetes.io/defaultProfileName: docker/default
    apparmor.security.beta.kubernetes.io/allowedProfileNames: runtime/default
    apparmor.security.beta.kubernetes.io/defaultProfileName: runtime/default
spec:
  privileged: false
  hostNetwork: false
  hostPID: false
  hostIPC: false
  hostPorts: []
  volumes: [configMap, emptyDir, projected, secret, downwardAPI, persistentVolumeClaim]
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  requiredDropCapabilities: [ALL]
  allowedCapabilities: []
  allowedProcMountTypes: [Default]
  allowedUnsafeSysctls: []
  runAsUser: { rule: MustRunAsNonRoot }
  seLinux: { rule: RunAsAny }
  supplementalGroups: { rule: MustRunAs, ranges: [{ min: 1, max: 65535 }] }
  fsGroup: { rule: MustRunAs, ranges: [{ min: 1, max: 65535 }] }
`;

describe('merlon import psp', function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'merlon-import-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function run(files: Readonly<Record<string, string>>, args: readonly string[]) {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return runMerlon(['import', 'psp', ...args], { cwd: folder });
  }

  it('prints one policy: rules and parameters, where it comes from, and the level of Pod Security', async () => {
    const { code, stdout } = await run({ 'psp.yaml': whole }, ['psp.yaml']);
    expect(code).to.equal(0);
    const policy = load(stdout) as ClusterHardeningPolicy;
    expect(policy).to.deep.include({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'ClusterHardeningPolicy',
      metadata: {
        name: 'restricted',
        annotations: {
          'merlon.dev/imported-from': 'PodSecurityPolicy "restricted" (psp.yaml:1)',
          'merlon.dev/advised-pod-security-level': 'restricted',
        },
      },
    });
    expect(policy.spec).to.deep.include({ profile: 'none', threshold: 'info' });
    expect(policy.spec.rules).to.deep.include({
      rule: 'pod-volume-types',
      params: { allowed: ['configMap', 'emptyDir', 'projected', 'secret', 'downwardAPI', 'persistentVolumeClaim'] },
    });
    expect(policy.spec.rules).to.deep.include({ rule: 'pod-seccomp-profile', params: { allowed: ['RuntimeDefault'] } });
    expect(policy.spec.rules?.map(({ rule }) => rule)).to.deep.equal([
      'pod-privileged',
      'pod-host-namespaces',
      'pod-host-ports',
      'pod-volume-types',
      'pod-run-as-non-root',
      'pod-run-as-user',
      'pod-supplemental-groups',
      'pod-fs-group',
      'pod-privilege-escalation',
      'pod-read-only-root-filesystem',
      'pod-added-capabilities',
      'pod-capabilities',
      'pod-proc-mount',
      'pod-sysctls',
      'pod-seccomp-profile',
      'pod-apparmor-profile',
    ]);
  });

  it('says in comments and on standard error what the policy set, and how that is done today', async () => {
    const { stdout, stderr } = await run({ 'psp.yaml': whole }, ['psp.yaml']);
    const notes = [
      'set in pods by the policy; a rule only reports what is not set:',
      '- spec.runAsUser set runAsNonRoot to true where it was not set: a MutatingAdmissionPolicy sets it',
      '- spec.supplementalGroups set supplementalGroups to [1] where it was not set: a MutatingAdmissionPolicy sets it, by JSONPatch, because the list is atomic',
      '- spec.requiredDropCapabilities set capabilities.drop to ["ALL"] where it was not set: a MutatingAdmissionPolicy sets it, by JSONPatch, because the list is atomic',
      'without counterpart:',
      '- who may use the policy (RBAC): a hardening policy is for namespaces; write a namespaceSelector',
      'where the rules differ from the policy:',
      '- pod-supplemental-groups: a pod that sets none passes; set mustBeSet to true where it must set one itself',
      'advised Pod Security level: restricted',
    ];
    for (const note of notes) {
      expect(stderr).to.contain(`${note}\n`);
      expect(stdout).to.contain(`# ${note}\n`);
    }
    expect(stderr).not.to.contain('missing strategies');
    expect(stderr).not.to.contain('absent, and kept');
  });

  it('imports a fragment: what is absent keeps its meaning, with a warning; a missing strategy is no rule, and listed', async () => {
    const { code, stdout, stderr } = await run({ 'psp.yaml': fragment('privileged: false') }, ['psp.yaml']);
    expect(code).to.equal(0);
    const policy = load(stdout) as ClusterHardeningPolicy;
    expect(policy.spec.rules?.map(({ rule }) => rule)).to.deep.equal([
      'pod-privileged',
      'pod-host-namespaces',
      'pod-host-ports',
      'pod-volume-types',
      'pod-added-capabilities',
      'pod-proc-mount',
      'pod-sysctls',
    ]);
    for (const note of [
      'absent, and kept with the meaning that PodSecurityPolicy gave it (WARNING: most of it refuses):',
      '- spec.hostPID: false',
      "- spec.volumes: no volumes of any type, and with them no service account's token",
      '- spec.allowPrivilegeEscalation: true: allowed, no rule',
      'missing strategies, which the API required:',
      '- spec.runAsUser: no rule is made of it',
      '- spec.fsGroup: no rule is made of it',
    ]) {
      expect(stderr).to.contain(`${note}\n`);
      expect(stdout).to.contain(`# ${note}\n`);
    }
  });

  it('imports a fragment that has nothing but annotations', async () => {
    const annotated = whole.slice(0, whole.indexOf('spec:'));
    const { code, stdout } = await run({ 'psp.yaml': annotated }, ['psp.yaml']);
    expect(code).to.equal(0);
    expect((load(stdout) as ClusterHardeningPolicy).spec.rules?.map(({ rule }) => rule)).to.include(
      'pod-apparmor-profile',
    );
  });

  it('puts fragments of one name together with --merge', async () => {
    const files = {
      'a.yaml': fragment('privileged: false'),
      'b.yaml': `${fragment('volumes: [secret]')}---\n${fragment('hostPID: true')}`,
    };
    const { code, stdout } = await run(files, ['a.yaml', 'b.yaml', '--merge']);
    expect(code).to.equal(0);
    const policy = load(stdout) as ClusterHardeningPolicy;
    expect(policy.metadata).to.have.nested.property(
      'annotations.merlon\\.dev/imported-from',
      'PodSecurityPolicy "restricted" (a.yaml:1, b.yaml:1, b.yaml:8)',
    );
    expect(policy.spec.rules).to.deep.include({ rule: 'pod-host-namespaces', params: { allowed: ['hostPID'] } });
    expect(policy.spec.rules).to.deep.include({ rule: 'pod-volume-types', params: { allowed: ['secret'] } });
  });

  it('takes another name', async () => {
    const { stdout } = await run({ 'psp.yaml': whole }, ['psp.yaml', '--name', 'from-psp']);
    expect((load(stdout) as ClusterHardeningPolicy).metadata.name).to.equal('from-psp');
  });

  it('lets no name break out of the comments', async () => {
    const files = { 'psp.yaml': whole.replace('name: restricted', 'name: "a\\nspec: {}"') };
    const { code, stdout } = await run(files, ['psp.yaml', '--name', 'a']);
    expect(code).to.equal(0);
    expect((load(stdout) as ClusterHardeningPolicy).spec.profile).to.equal('none');
  });

  describe('prints nothing, and exits with 3,', () => {
    const refused = async (files: Readonly<Record<string, string>>, args: readonly string[]) => {
      const { code, stdout, stderr } = await run(files, args);
      expect([code, stdout]).to.deep.equal([3, '']);
      return stderr;
    };

    it('where fragments of one name are not to be put together', async () => {
      expect(
        await refused({ 'a.yaml': fragment('privileged: false'), 'b.yaml': `---\n${fragment('hostPID: false')}` }, [
          'a.yaml',
          'b.yaml',
        ]),
      ).to.equal(
        'b.yaml:2: PodSecurityPolicy "restricted" is already at a.yaml:1; put them together with --merge, or import each by itself\n',
      );
    });
    it('where they disagree, naming the field and both places', async () => {
      expect(
        await refused({ 'a.yaml': fragment('volumes: [secret]'), 'b.yaml': fragment('volumes: [nfs]') }, [
          'a.yaml',
          'b.yaml',
          '--merge',
        ]),
      ).to.equal(
        'b.yaml:6: PodSecurityPolicy "restricted": "spec.volumes" is already set to something else at a.yaml:6\n',
      );
    });
    it('for policies of different names: a pod had to satisfy one of them', async () => {
      const files = { 'a.yaml': fragment('privileged: false'), 'b.yaml': whole.replace('restricted', 'other') };
      expect(await refused(files, ['a.yaml', 'b.yaml', '--merge'])).to.equal(
        'b.yaml:1: PodSecurityPolicy "other" is another policy than PodSecurityPolicy "restricted" (a.yaml:1): a pod had to satisfy one of them, so import each by itself\n',
      );
    });
    it('where a strategy is not known', async () => {
      expect(await refused({ 'a.yaml': fragment('fsGroup: { rule: Any }') }, ['a.yaml'])).to.equal(
        'a.yaml:6: PodSecurityPolicy "restricted": field "spec.fsGroup.rule" must be one of MustRunAs, MayRunAs, RunAsAny, found "Any"\n',
      );
    });
    it('where a field is mistyped', async () => {
      expect(await refused({ 'a.yaml': fragment('privilege: false') }, ['a.yaml'])).to.match(
        /^a\.yaml:6: .*"spec\.privilege" is no field/,
      );
    });
    it('where a file does not exist', async () => {
      expect(await refused({ 'a.yaml': whole }, ['a.yaml', 'b.yaml'])).to.equal('b.yaml: no such file or folder\n');
    });
    it('where there is no policy', async () => {
      expect(
        await refused({ 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' }, ['a.yaml']),
      ).to.equal('a.yaml: holds no PodSecurityPolicy\n');
    });
    it('where the name is that of the built-in policy', async () => {
      expect(await refused({ 'a.yaml': whole.replace('name: restricted', 'name: default') }, ['a.yaml'])).to.equal(
        'a.yaml:1: PodSecurityPolicy "default": "default" is the name of the built-in policy; choose another with --name\n',
      );
    });
  });

  it('refuses, with 2, a name that no object can have', async () => {
    const { code, stderr } = await run({ 'psp.yaml': whole }, ['psp.yaml', '--name', 'A b']);
    expect(code).to.equal(2);
    expect(stderr).to.contain('error: --name: "A b" is no name for an object');
  });
});
