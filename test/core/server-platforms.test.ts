import { expect } from 'chai';

import { briefRepair, guideRepair, titleOf } from '../../src/core/server-platforms.ts';
import { findSilentPlatforms, flagsAbout, platforms } from '../../src/core/server-repair.ts';
import type { Platform, ServerRepair } from '../../src/core/server-repair.ts';

const profiling: ServerRepair = { set: { profiling: 'false' } };
const plugin: ServerRepair = { enable: ['AlwaysPullImages'] };
const health: ServerRepair = {
  set: { 'anonymous-auth': 'false' },
  file: { kind: 'AuthenticationConfiguration', content: { anonymous: { enabled: false } } },
};
const authorizers: ServerRepair = {
  file: { kind: 'AuthorizationConfiguration', content: { authorizers: [{ type: 'RBAC', name: 'rbac' }] } },
};
const audit: ServerRepair = {
  set: { 'audit-log-path': '/var/log/kubernetes/audit/audit.log' },
  file: { kind: 'Policy', content: { rules: [{ level: 'Metadata' }] } },
};
const certificate: ServerRepair = { set: { 'tls-cert-file': '/etc/kubernetes/pki/apiserver.crt' } };

const printYaml = (value: unknown): string => `printed ${JSON.stringify(value)}`;
const documentsOf = (platform: Platform, repair: ServerRepair): readonly unknown[] =>
  guideRepair(platform, repair, printYaml).manifests.flatMap(({ documents }) => documents);
const textOf = (platform: Platform, repair: ServerRepair): string =>
  guideRepair(platform, repair, printYaml).paragraphs.join('\n');

describe('a flag to be set', () => {
  interface Row {
    readonly platform: Platform;
    readonly repair: ServerRepair;
    readonly documents: readonly unknown[];
  }
  const rows: readonly Row[] = [
    {
      platform: 'kubeadm',
      repair: profiling,
      documents: [
        {
          apiVersion: 'kubeadm.k8s.io/v1beta4',
          kind: 'ClusterConfiguration',
          apiServer: { extraArgs: [{ name: 'profiling', value: 'false' }] },
        },
        {
          apiVersion: 'kubeadm.k8s.io/v1beta3',
          kind: 'ClusterConfiguration',
          apiServer: { extraArgs: { profiling: 'false' } },
        },
        { spec: { containers: [{ name: 'kube-apiserver', command: ['kube-apiserver', '--profiling=false'] }] } },
      ],
    },
    { platform: 'k3s', repair: profiling, documents: [{ 'kube-apiserver-arg': ['profiling=false'] }] },
    {
      platform: 'talos',
      repair: profiling,
      documents: [
        { apiVersion: 'v1alpha1', kind: 'KubeAPIServerConfig', extraArgs: { profiling: 'false' } },
        { cluster: { apiServer: { extraArgs: { profiling: 'false' } } } },
      ],
    },
    { platform: 'kops', repair: profiling, documents: [{ spec: { kubeAPIServer: { enableProfiling: false } } }] },
    { platform: 'managed', repair: profiling, documents: [] },
    {
      platform: 'k3s',
      repair: plugin,
      documents: [{ 'kube-apiserver-arg': ['enable-admission-plugins=NodeRestriction,AlwaysPullImages'] }],
    },
    {
      platform: 'kops',
      repair: plugin,
      documents: [{ spec: { kubeAPIServer: { appendAdmissionPlugins: ['AlwaysPullImages'] } } }],
    },
    { platform: 'kops', repair: { set: { 'service-account-extend-token-expiration': 'false' } }, documents: [] },
    { platform: 'k3s', repair: certificate, documents: [] },
    { platform: 'talos', repair: certificate, documents: [] },
    { platform: 'kops', repair: certificate, documents: [] },
  ];
  for (const { platform, repair, documents } of rows) {
    it(`${titleOf(platform)}: ${flagsAbout(repair).join(', ')}`, () => {
      expect(documentsOf(platform, repair)).to.deep.equal(documents);
    });
  }

  it('is no field of kOps that somebody has guessed', () => {
    expect(textOf('kops', { set: { 'service-account-extend-token-expiration': 'false' } })).to.contain(
      'knows of no field of spec.kubeAPIServer for --service-account-extend-token-expiration',
    );
  });
  for (const platform of ['k3s', 'talos', 'kops'] as const) {
    it(`${titleOf(platform)}: what it gives by itself nobody has to give`, () => {
      expect(textOf(platform, certificate)).to.match(/--tls-cert-file: given by/);
    });
  }
});

describe('a file in place of flags', () => {
  it('is mounted into the static pod that kubeadm writes, and the flags are left out', () => {
    const path = '/etc/kubernetes/authentication.yaml';
    expect(documentsOf('kubeadm', health)[1]).to.deep.equal({
      apiVersion: 'kubeadm.k8s.io/v1beta3',
      kind: 'ClusterConfiguration',
      apiServer: {
        extraArgs: { 'authentication-config': path },
        extraVolumes: [
          { name: 'authentication-config', hostPath: path, mountPath: path, readOnly: true, pathType: 'File' },
        ],
      },
    });
    expect(textOf('kubeadm', health)).to.contain(
      'Below with the file; without it, --anonymous-auth=false stands in place of --authentication-config.',
    );
  });
  it('gives way to flags on kubeadm where kubeadm gives one of them without being asked for', () => {
    const repair: ServerRepair = { ...authorizers, set: { 'authorization-mode': 'Node,RBAC' } };
    expect(documentsOf('kubeadm', repair)[1]).to.deep.include({
      apiServer: { extraArgs: { 'authorization-mode': 'Node,RBAC' } },
    });
    expect(textOf('kubeadm', repair)).to.contain('with it, --authorization-config stands in place of');
  });
  it('gives way to flags where the file would stand beside what is given already, or has no field', () => {
    expect(documentsOf('k3s', health)).to.deep.equal([{ 'kube-apiserver-arg': ['anonymous-auth=false'] }]);
    expect(documentsOf('kops', health)).to.deep.equal([{ spec: { kubeAPIServer: { anonymousAuth: false } } }]);
  });
  it('is a document of its own in Talos', () => {
    expect(documentsOf('talos', health)).to.deep.equal([
      { apiVersion: 'v1alpha1', kind: 'KubeAuthenticationConfig', configuration: { anonymous: { enabled: false } } },
    ]);
    expect(documentsOf('talos', authorizers)).to.deep.equal([
      { apiVersion: 'v1alpha1', kind: 'KubeAuthorizerConfig', type: 'RBAC', name: 'rbac' },
    ]);
  });
  it('is warned of where --authorization-mode is given without being asked for', () => {
    expect(textOf('kubeadm', authorizers)).to.contain('--authorization-mode=Node,RBAC is given by kubeadm');
    expect(textOf('k3s', authorizers)).to.contain('--authorization-mode=Node,RBAC is given by k3s and RKE2');
  });
});

describe('a file beside flags', () => {
  it('is given with them, and what is written to is mounted as well', () => {
    expect(documentsOf('kubeadm', audit)[0]).to.deep.include({
      apiServer: {
        extraArgs: [
          { name: 'audit-log-path', value: '/var/log/kubernetes/audit/audit.log' },
          { name: 'audit-policy-file', value: '/etc/kubernetes/audit-policy.yaml' },
        ],
        extraVolumes: [
          {
            name: 'audit-policy-file',
            hostPath: '/etc/kubernetes/audit-policy.yaml',
            mountPath: '/etc/kubernetes/audit-policy.yaml',
            readOnly: true,
            pathType: 'File',
          },
          {
            name: 'audit-logs',
            hostPath: '/var/log/kubernetes/audit',
            mountPath: '/var/log/kubernetes/audit',
            readOnly: false,
            pathType: 'DirectoryOrCreate',
          },
        ],
      },
    });
  });
  it('is put on machines by kOps', () => {
    const path = '/srv/kubernetes/kube-apiserver/audit-policy.yaml';
    expect(documentsOf('kops', audit)).to.deep.equal([
      {
        spec: {
          kubeAPIServer: { auditLogPath: '/var/log/kubernetes/audit/audit.log', auditPolicyFile: path },
          fileAssets: [
            {
              name: 'audit-policy-file',
              path,
              content: 'printed {"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"Metadata"}]}',
            },
          ],
        },
      },
    ]);
  });
});

describe('what is to be taken out', () => {
  const repair: ServerRepair = {
    drop: ['token-auth-file'],
    unlist: { 'disable-admission-plugins': 'PodSecurity' },
  };
  for (const platform of ['kubeadm', 'k3s', 'talos'] as const) {
    it(`${titleOf(platform)}: by flag, and by item of a list`, () => {
      expect(textOf(platform, repair)).to.contain(
        'Take out --token-auth-file and PodSecurity of --disable-admission-plugins, ',
      );
      expect(documentsOf(platform, repair)).to.deep.equal([]);
    });
  }
  it('kOps: by field', () => {
    expect(textOf('kops', repair)).to.contain(
      'Take out tokenAuthFile and PodSecurity of disableAdmissionPlugins, in spec.kubeAPIServer',
    );
  });
});

describe('what somebody offers in place of flags', () => {
  const repair: ServerRepair = { ...profiling, own: { k3s: 'k3s does it by itself.', managed: 'EKS does it.' } };
  it('stands in their place', () => {
    expect(guideRepair('k3s', repair, printYaml)).to.deep.equal({
      paragraphs: ['k3s does it by itself.'],
      manifests: [],
    });
  });
  it('stands beside what is so with every provider', () => {
    expect(textOf('managed', repair)).to.match(/cannot be changed\.\nEKS does it\.\n.*attest/);
  });
});

describe('a repair in short', () => {
  it('is a line for each platform', () => {
    expect(briefRepair(profiling)).to.deep.equal([
      { title: 'kubeadm', text: '--profiling=false in apiServer.extraArgs of the ClusterConfiguration' },
      { title: 'k3s and RKE2', text: 'profiling=false under kube-apiserver-arg of config.yaml' },
      {
        title: 'Talos',
        text: '--profiling=false in cluster.apiServer.extraArgs, from Talos 1.14 extraArgs of KubeAPIServerConfig',
      },
      { title: 'kOps', text: 'spec.kubeAPIServer.enableProfiling: false' },
      {
        title: 'EKS, GKE, AKS and other managed services',
        text: 'the provider decides: attest what it says where the verdict is unknown, exempt the rule where it fails',
      },
    ]);
  });
  it('is said by each platform where it takes no flag, and who says nothing is known', () => {
    const repair: ServerRepair = { anywhere: 'Upgrade.', own: { kubeadm: 'kubeadm upgrade.', kops: '' } };
    expect(briefRepair(repair)[0]).to.deep.equal({ title: 'kubeadm', text: 'kubeadm upgrade.' });
    expect(findSilentPlatforms(repair)).to.deep.equal(['k3s', 'talos', 'kops', 'managed']);
    expect(findSilentPlatforms({})).to.deep.equal(platforms);
    expect(findSilentPlatforms(profiling)).to.deep.equal([]);
  });
  it('says something on every platform, whatever is to be done', () => {
    const repairs = [profiling, plugin, health, authorizers, audit, certificate, { drop: ['token-auth-file'] }];
    for (const repair of repairs) {
      expect(briefRepair(repair).filter(({ text }) => text === '')).to.deep.equal([]);
      expect(briefRepair(repair)).to.have.length(platforms.length);
    }
  });
});
