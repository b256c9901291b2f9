/**
 * The eight settings that hardening guides gave for PodSecurityPolicy, as the fragments that they printed: all called
 * `restricted`, each with little in it. For each a pod that passes and one that fails for that reason alone, judged by the
 * policy itself and by the hardening policy that is imported from it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { expect } from 'chai';

import { runImportPsp } from '../../src/cli/import-psp-command.ts';
import { runPspScan } from '../../src/cli/psp-scan-command.ts';
import { runScan } from '../../src/cli/scan-command.ts';
import type { CommandStreams } from '../../src/cli/output.ts';
import type { PostureReport } from '../../src/report/posture-report.ts';
import type { PodSecurityPolicyReport } from '../../src/report/psp-report.ts';

interface Row {
  readonly name: string;
  /** What stands below `metadata.name`. */
  readonly fragment: string;
  /** The pod's spec, of which the containers are completed. */
  readonly passes: string;
  readonly fails: string;
  /** The one field of the policy that refuses; undefined where the policy admits it all the same. */
  readonly refusedBy: string | undefined;
  /** The one rule that the pod breaks. */
  readonly rule: string;
}

const container = '{ name: web, image: registry.example/web:1 }';
const containers = `containers: [${container}]`;
const secured = (context: string) =>
  `containers: [{ name: web, image: registry.example/web:1, securityContext: ${context} }]`;

const rows: readonly Row[] = [
  {
    name: 'privileged: false',
    fragment: 'spec: { privileged: false }',
    passes: secured('{ privileged: false }'),
    fails: secured('{ privileged: true }'),
    refusedBy: 'spec.privileged',
    rule: 'pod-privileged',
  },
  {
    name: 'hostPID: false',
    fragment: 'spec: { hostPID: false }',
    passes: containers,
    fails: `hostPID: true, ${containers}`,
    refusedBy: 'spec.hostPID',
    rule: 'pod-host-namespaces',
  },
  {
    name: 'hostIPC: false',
    fragment: 'spec: { hostIPC: false }',
    passes: containers,
    fails: `hostIPC: true, ${containers}`,
    refusedBy: 'spec.hostIPC',
    rule: 'pod-host-namespaces',
  },
  {
    name: 'hostNetwork: false',
    fragment: 'spec: { hostNetwork: false }',
    passes: containers,
    fails: `hostNetwork: true, ${containers}`,
    refusedBy: 'spec.hostNetwork',
    rule: 'pod-host-namespaces',
  },
  {
    name: 'volumes of six types',
    fragment: 'spec: { volumes: [configMap, emptyDir, projected, secret, downwardAPI, persistentVolumeClaim] }',
    passes: `volumes: [{ name: a, configMap: { name: a } }, { name: b, emptyDir: {} }, { name: c, secret: { secretName: c } },
      { name: d, persistentVolumeClaim: { claimName: d } }, { name: e, downwardAPI: {} },
      { name: f, projected: { sources: [] } }, { name: g }], ${containers}`,
    fails: `volumes: [{ name: a, hostPath: { path: /var/log } }], ${containers}`,
    refusedBy: 'spec.volumes',
    rule: 'pod-volume-types',
  },
  {
    name: 'runAsUser MustRunAsNonRoot, with supplementalGroups from 1: the user',
    fragment: `spec:
  runAsUser: { rule: MustRunAsNonRoot }
  supplementalGroups: { rule: MustRunAs, ranges: [{ min: 1, max: 65535 }] }`,
    passes: `securityContext: { runAsNonRoot: true, supplementalGroups: [1, 65535] }, ${containers}`,
    fails: `securityContext: { runAsNonRoot: false, supplementalGroups: [1] }, ${containers}`,
    refusedBy: 'spec.runAsUser',
    rule: 'pod-run-as-non-root',
  },
  {
    name: 'runAsUser MustRunAsNonRoot, with supplementalGroups from 1: the groups',
    fragment: `spec:
  runAsUser: { rule: MustRunAsNonRoot }
  supplementalGroups: { rule: MustRunAs, ranges: [{ min: 1, max: 65535 }] }`,
    passes: `securityContext: { runAsNonRoot: true }, ${containers}`,
    fails: `securityContext: { runAsNonRoot: true, supplementalGroups: [0] }, ${containers}`,
    refusedBy: 'spec.supplementalGroups',
    rule: 'pod-supplemental-groups',
  },
  {
    name: 'defaultAllowPrivilegeEscalation: false, which admits what sets it to true',
    fragment: 'spec: { defaultAllowPrivilegeEscalation: false }',
    passes: secured('{ allowPrivilegeEscalation: false }'),
    fails: secured('{ allowPrivilegeEscalation: true }'),
    refusedBy: undefined,
    rule: 'pod-privilege-escalation',
  },
  {
    name: 'annotations about seccomp docker/default and AppArmor runtime/default: seccomp',
    fragment: `  annotations:
    seccomp.security.alpha.kubernetes.io/allowedProfileNames: docker/default
    seccomp.security.alpha.kubernetes.io/defaultProfileName: docker/default
    apparmor.security.beta.kubernetes.io/allowedProfileNames: runtime/default
    apparmor.security.beta.kubernetes.io/defaultProfileName: runtime/default
spec: {}`,
    passes: `securityContext: { seccompProfile: { type: RuntimeDefault }, appArmorProfile: { type: RuntimeDefault } }, ${containers}`,
    fails: `securityContext: { seccompProfile: { type: Unconfined }, appArmorProfile: { type: RuntimeDefault } }, ${containers}`,
    refusedBy: 'metadata.annotations["seccomp.security.alpha.kubernetes.io/allowedProfileNames"]',
    rule: 'pod-seccomp-profile',
  },
  {
    name: 'annotations about seccomp docker/default and AppArmor runtime/default: AppArmor',
    fragment: `  annotations:
    seccomp.security.alpha.kubernetes.io/allowedProfileNames: 'docker/default'
    seccomp.security.alpha.kubernetes.io/defaultProfileName: 'docker/default'
    apparmor.security.beta.kubernetes.io/allowedProfileNames: 'runtime/default'
    apparmor.security.beta.kubernetes.io/defaultProfileName: 'runtime/default'`,
    passes: `securityContext: { seccompProfile: { type: RuntimeDefault }, appArmorProfile: { type: RuntimeDefault } }, ${containers}`,
    fails: `securityContext: { seccompProfile: { type: RuntimeDefault }, appArmorProfile: { type: Unconfined } }, ${containers}`,
    refusedBy: 'metadata.annotations["apparmor.security.beta.kubernetes.io/allowedProfileNames"]',
    rule: 'pod-apparmor-profile',
  },
];

const document = (fragment: string) =>
  `apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: restricted\n${fragment}\n`;
const podNamed = (name: string, spec: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { ${spec} }\n`;

describe("the guides' PodSecurityPolicies", function () {
  this.timeout(20_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'merlon-guide-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function write(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  }

  /** @returns what was printed on standard output, and how it ended */
  async function run(
    command: (streams: CommandStreams) => Promise<number>,
  ): Promise<{ readonly printed: string; readonly said: string; readonly code: number }> {
    const texts = { stdout: '', stderr: '' };
    const streamTo = (name: keyof typeof texts) => ({
      write(text: string, done?: () => void) {
        texts[name] += text;
        done?.();
      },
    });
    const streams = { stdin: Readable.from([]), stdout: streamTo('stdout'), stderr: streamTo('stderr'), env: {} };
    const code = await command(streams);
    return { printed: texts.stdout, said: texts.stderr, code };
  }

  async function scanWithPsp(policy: string, judged: string): Promise<PodSecurityPolicyReport> {
    const options = { output: 'json', policies: [policy], paths: [judged] } as const;
    return JSON.parse((await run((streams) => runPspScan(options, streams))).printed) as PodSecurityPolicyReport;
  }

  /** The failures of each pod, by the rules of the imported policy. */
  async function scanWithImported(
    policies: readonly string[],
    judged: string,
  ): Promise<Readonly<Record<string, readonly string[]>>> {
    const imported = await run((streams) => runImportPsp({ paths: policies, merge: true }, streams));
    expect(imported.code, imported.said).to.equal(0);
    const policy = await write('policy.yaml', imported.printed);
    const target = { kind: 'files', paths: [judged], policies: [policy] } as const;
    const scanned = await run((streams) => runScan({ output: 'json', isComplete: true, target }, streams));
    const { findings } = JSON.parse(scanned.printed) as PostureReport;
    const broken: Record<string, string[]> = {};
    for (const { rule, outcome, subject } of findings) {
      const rules = (broken[subject.name] ??= []);
      if (outcome === 'fail' || outcome === 'unknown') rules.push(rule);
    }
    expect(scanned.code, scanned.said).to.equal(Object.values(broken).some((some) => some.length > 0) ? 1 : 0);
    return broken;
  }

  for (const { name, fragment, passes, fails, refusedBy, rule } of rows) {
    it(name, async () => {
      const policy = await write('psp.yaml', document(fragment));
      const judged = await write('pods.yaml', `${podNamed('good', passes)}---\n${podNamed('bad', fails)}`);

      const { results } = await scanWithPsp(policy, judged);
      const [good, bad] = results;
      expect(good).to.include({ outcome: 'admitted', policy: 'restricted' });
      const fields = bad?.refusals.flatMap(({ reasons }) => reasons.map(({ field }) => field));
      expect(fields).to.deep.equal(refusedBy === undefined ? [] : [refusedBy]);
      expect(bad).to.have.property('outcome', refusedBy === undefined ? 'admitted' : 'refused');

      expect(await scanWithImported([policy], judged)).to.deep.equal({ good: [], bad: [rule] });
    });
  }

  it('sets to false what says nothing of privilege escalation, where the default is false', async () => {
    const policy = await write('psp.yaml', document('spec: { defaultAllowPrivilegeEscalation: false }'));
    const judged = await write('pods.yaml', podNamed('silent', containers));
    const { results } = await scanWithPsp(policy, judged);
    expect(results[0]).to.deep.include({
      outcome: 'admitted',
      mutations: [{ path: 'spec.containers[0].securityContext.allowPrivilegeEscalation', value: false }],
    });
  });

  it('all together judge as each of them does', async () => {
    const fragments = [...new Set(rows.map(({ fragment }) => fragment.replaceAll("'", '')))];
    const texts = fragments.map(document);
    const paths = await Promise.all(texts.map((text, index) => write(`psp-${index}.yaml`, text)));
    const judged = await write(
      'pods.yaml',
      `${podNamed(
        'good',
        `securityContext: { runAsNonRoot: true, supplementalGroups: [7], seccompProfile: { type: RuntimeDefault },
          appArmorProfile: { type: RuntimeDefault } }, volumes: [{ name: a, emptyDir: {} }],
          ${secured('{ allowPrivilegeEscalation: false }')}`,
      )}---\n${podNamed(
        'bad',
        `securityContext: { runAsNonRoot: false, supplementalGroups: [0], seccompProfile: { type: Unconfined },
          appArmorProfile: { type: Unconfined } }, volumes: [{ name: a, nfs: { server: a, path: / } }], hostPID: true,
          ${secured('{ allowPrivilegeEscalation: true, privileged: true }')}`,
      )}`,
    );
    expect(await scanWithImported(paths, judged)).to.deep.equal({
      good: [],
      bad: [
        'pod-privileged',
        'pod-apparmor-profile',
        'pod-host-namespaces',
        'pod-privilege-escalation',
        'pod-run-as-non-root',
        'pod-seccomp-profile',
        'pod-volume-types',
        'pod-supplemental-groups',
      ],
    });
  });

  it('do not go together without being told so', async () => {
    const paths = [
      await write('a.yaml', document('spec: { privileged: false }')),
      await write('b.yaml', document('spec: { hostPID: false }')),
    ];
    const { code, said } = await run((streams) => runImportPsp({ paths, merge: false }, streams));
    expect(code).to.equal(3);
    expect(said).to.match(
      /b\.yaml:1: PodSecurityPolicy "restricted" is already at .*a\.yaml:1; put them together with --merge/,
    );
  });
});
