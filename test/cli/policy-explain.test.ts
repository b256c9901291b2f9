/** `merlon policy explain` over files. */
import { expect } from 'chai';

import { runMerlon } from './merlon-process.ts';

const header = 'apiVersion: merlon.dev/v1alpha1';
const manifests = `${header}
kind: ClusterHardeningPolicy
metadata: { name: base }
spec: { threshold: high, delegation: { loosen: [pod-image-*] }, remediation: { mode: plan } }
---
${header}
kind: ClusterHardeningPolicy
metadata: { name: prod }
spec:
  priority: 10
  namespaceSelector: { matchLabels: { env: prod } }
  profile: none
  rules: [{ rule: pod-image-tag }, { rule: pod-host-*, state: Enabled, severity: critical }]
---
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { env: prod } }
---
${header}
kind: HardeningPolicy
metadata: { name: own, namespace: shop }
spec: { threshold: medium, rules: [{ rule: pod-image-tag, severity: low }, { rule: pod-host-ports, state: Disabled }] }
`;

async function explain(args: readonly string[], stdin = manifests) {
  return runMerlon(['policy', 'explain', '-f', '-', ...args], { stdin });
}

describe('merlon policy explain -f', () => {
  it('prints of each setting its value, the policy and the field that it comes from', async () => {
    const { code, stdout, stderr } = await explain(['-n', 'shop']);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout)
      .to.match(
        /^namespace "shop": \d+ rules in force; policies, strongest first: ClusterHardeningPolicy\/prod, ClusterHardeningPolicy\/base, HardeningPolicy\/own\n/,
      )
      .and.match(/^profile +none +ClusterHardeningPolicy\/prod +spec\.profile$/m)
      .and.match(/^threshold +medium +HardeningPolicy\/own +spec\.threshold$/m)
      .and.match(/^remediation\.mode +plan +ClusterHardeningPolicy\/base +spec\.remediation\.mode$/m)
      .and.match(/^delegation\.exempt +\[\] +Merlon$/m)
      .and.match(
        /^rules\.pod-host-ports\.severity +critical +ClusterHardeningPolicy\/prod +spec\.rules\[1\]\.severity$/m,
      )
      .and.match(/^rules\.pod-image-tag\.severity +low +HardeningPolicy\/own +spec\.rules\[0\]\.severity$/m)
      .and.match(/^HardeningPolicy\/own +spec\.rules\[1\]\.state +NotDelegated +to loosen rule "pod-host-ports"/m);
  });

  it('prints all that is decided of one rule', async () => {
    const { code, stdout } = await explain(['-n', 'shop', 'pod-privileged']);
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^rules\.pod-privileged\.state +Disabled +ClusterHardeningPolicy\/prod +spec\.profile$/m)
      .and.match(/^rules\.pod-privileged\.severity +critical +Merlon$/m)
      .and.not.match(/^threshold/m);
  });

  it('explains the cluster itself, which only policies for everything concern', async () => {
    const { code, stdout } = await explain(['--cluster']);
    expect(code).to.equal(0);
    expect(stdout).to.match(
      /^the cluster itself: \d+ rules in force; policies, strongest first: ClusterHardeningPolicy\/base\n/,
    );
  });

  it('tells that nothing is proposed for what has no namespace unless a policy says so', async () => {
    const { stdout } = await explain(['--cluster'], manifests.replace('remediation: { mode: plan }', ''));
    expect(stdout).to.match(/^remediation\.mode +off +Merlon$/m);
  });

  it('prints JSON', async () => {
    const { stdout } = await explain(['-n', 'shop', '-o', 'json', 'pod-image-tag']);
    expect(JSON.parse(stdout)).to.deep.include({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'PolicyExplanation',
      scope: 'namespace "shop"',
      settings: [
        {
          setting: 'rules.pod-image-tag.state',
          value: 'Enabled',
          policy: { kind: 'ClusterHardeningPolicy', name: 'prod', generation: 0 },
          path: 'spec.rules[0]',
        },
        {
          setting: 'rules.pod-image-tag.severity',
          value: 'low',
          policy: { kind: 'HardeningPolicy', namespace: 'shop', name: 'own', generation: 0 },
          path: 'spec.rules[0].severity',
        },
        { setting: 'rules.pod-image-tag.params.forbidden', value: ['latest'] },
      ],
    });
  });

  it('exits with 4 where labels are missing that a selector asks for', async () => {
    const { code, stderr } = await explain(['-n', 'other']);
    expect(code).to.equal(4);
    expect(stderr).to.match(
      /^not certain: which policies decide for namespace "other" is not known: "prod" selects by labels/,
    );
  });

  it('exits with 3 for a policy that is refused, and prints nothing', async () => {
    const { code, stdout, stderr } = await explain(['-n', 'shop'], manifests.replace('pod-image-tag', 'pod-nonsense'));
    expect({ code, stdout }).to.deep.equal({ code: 3, stdout: '' });
    expect(stderr).to.match(/^-:\d+: ClusterHardeningPolicy "prod": spec\.rules names "pod-nonsense"/);
  });

  it('prints for the cluster what is attested, by whom, and what of that counts for nothing', async () => {
    const attested = (fact: string, value: string, until: string) =>
      `{ fact: ${fact}, value: ${value}, evidence: read in the guide, owner: platform, expiresAt: "${until}T00:00:00Z" }`;
    const stdin = `${header}
kind: ClusterHardeningPolicy
metadata: { name: base }
spec: { attestations: [${attested('unknownUserAllowed', 'false', '2099-01-01')}, ${attested('minorVersion', '37', '2020-01-01')}] }
---
${header}
kind: ClusterHardeningPolicy
metadata: { name: some }
spec: { namespaces: [shop], attestations: [${attested('minorVersion', '36', '2099-01-01')}] }
`;
    const { code, stdout, stderr } = await explain(['--cluster'], stdin);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout)
      .to.match(
        /^attestations\.unknownUserAllowed +false where it is not observed; attested by platform in ClusterHardeningPolicy "base" until 2099-01-01T00:00:00Z \(read in the guide\) +ClusterHardeningPolicy\/base +spec\.attestations\[0\]$/m,
      )
      .and.match(/^ClusterHardeningPolicy\/base +spec\.attestations\[1\] +Expired /m)
      .and.match(/^ClusterHardeningPolicy\/some +spec\.attestations\[0\] +NotOfCluster /m)
      .and.not.match(/^attestations\.minorVersion/m);
    expect((await explain(['-n', 'shop'], stdin)).stdout).not.to.include('attest');
  });

  for (const [what, args] of [
    ['a rule that there is not', ['pod-privilged']],
    ['a namespace and the cluster', ['-n', 'shop', '--cluster']],
    ['a kubeconfig beside files', ['--kubeconfig', 'x']],
  ] as const) {
    it(`exits with 2 for ${what}`, async () => {
      expect(await explain(args)).to.include({ code: 2, stdout: '' });
    });
  }
});
