import { expect } from 'chai';

import { project } from '../../../src/core/project.ts';
import { kubeadmConfigMap } from '../../../src/evidence/declared/control-plane-objects.ts';
import {
  readKubeadmConfigMap,
  readKubeadmConfiguration,
} from '../../../src/evidence/declared/kubeadm-configuration.ts';
import { written } from './stated-objects.ts';

function read(text: string): ReturnType<typeof written> {
  return written(readKubeadmConfiguration(text));
}

const title = 'ConfigMap kube-system/kubeadm-config, low, partial';
const none = 'ConfigMap kube-system/kubeadm-config is not what kubeadm writes';

describe('what kubeadm was told', () => {
  it('is a map up to v1beta3', () => {
    expect(
      read(`
apiServer:
  extraArgs:
    authorization-mode: Node,RBAC
    audit-log-maxage: "30"
    profiling: "false"
  timeoutForControlPlane: 4m0s
apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
`),
    ).to.deep.equal([title, 'audit-log-maxage=30', 'authorization-mode=Node|RBAC', 'profiling=false']);
  });

  it('is a list from v1beta4 on, in which a flag may come again', () => {
    expect(
      read(`
apiServer:
  extraArgs:
  - name: service-account-issuer
    value: https://new.example
  - name: service-account-issuer
    value: https://old.example
  - name: profiling
    value: "false"
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
`),
    ).to.deep.equal([title, 'profiling=false', 'service-account-issuer=https://new.example|https://old.example']);
  });

  it('may be nothing', () => {
    expect(read('apiServer: {}\napiVersion: kubeadm.k8s.io/v1beta4\n')).to.deep.equal([title]);
    expect(read('apiVersion: kubeadm.k8s.io/v1beta4\n')).to.deep.equal([title]);
  });

  it('is read as it is written, whatever YAML would make of it', () => {
    expect(
      read('apiVersion: kubeadm.k8s.io/v1beta3\napiServer:\n  extraArgs:\n    profiling: false\n    v: 010\n'),
    ).to.deep.equal([title, 'profiling=false', 'v=010']);
  });

  it('is not known where it is something else', () => {
    // A thousand million words, if anybody wrote them out.
    const levels = Array.from(
      { length: 9 },
      (_, level) =>
        `l${level}: &l${level} [${Array(10)
          .fill(level === 0 ? 'x' : `*l${level - 1}`)
          .join(',')}]\n`,
    );
    const aliases = `${levels.join('')}apiVersion: *l8\n`;
    expect(read('apiVersion: v1\nkind: Status\n')).to.equal(none);
    expect(read('apiVersion: kubeadm.k8s.io/v1beta4\napiServer: {extraArgs: none}\n')).to.equal(none);
    expect(read('apiVersion: kubeadm.k8s.io/v1beta4\napiServer: {extraArgs: [{name: v}]}\n')).to.equal(none);
    expect(read('apiVersion: kubeadm.k8s.io/v1beta4\napiServer: {extraArgs: {"a b=c": d}}\n')).to.equal(none);
    expect(read(aliases)).to.equal(none);
    expect(read('a: [')).to.equal(none);
    expect(read('')).to.equal(none);
    expect(read('<html>')).to.equal(none);
    expect(read('null')).to.equal(none);
  });

  it('is not known where it is larger, deeper or more than anybody writes', () => {
    const start = 'apiVersion: kubeadm.k8s.io/v1beta3\napiServer:\n  extraArgs:\n';
    expect(read(`${start}    v: "2"\n#${'x'.repeat(70_000)}`)).to.equal(none);
    expect(read(start + Array.from({ length: 600 }, (_one, index) => `    flag-${index}: "1"\n`).join(''))).to.equal(
      none,
    );
    expect(read(`apiVersion: ${'['.repeat(50_000)}`)).to.equal(none);
  });

  it('is not known while its aliases would make a mountain of it', () => {
    const levels = Array.from(
      { length: 30 },
      (_one, index) => `a${index + 1}: &a${index + 1} [*a${index},*a${index}]\n`,
    );
    expect(read(`a0: &a0 [x]\n${levels.join('')}apiVersion: kubeadm.k8s.io/v1beta4\n`)).to.satisfy(
      (seen: unknown) => seen === none || (Array.isArray(seen) && seen[0] === title),
    );
  });

  describe('stands in a ConfigMap', () => {
    const metadata = { name: 'kubeadm-config', namespace: 'kube-system' };
    const readMap = (data: unknown) =>
      written(readKubeadmConfigMap([project(kubeadmConfigMap, { metadata, ...(data === undefined ? {} : { data }) })]));

    it('beside what nobody asks for', () => {
      const ClusterConfiguration = 'apiVersion: kubeadm.k8s.io/v1beta4\n';
      expect(readMap({ ClusterConfiguration, ClusterStatus: 'x' })).to.deep.equal([title]);
    });

    it('which is not there where kubeadm has set up nothing', () => {
      expect(readKubeadmConfigMap([])).to.equal(undefined);
    });

    it('that may be of somebody else, or malformed', () => {
      expect(readMap(undefined)).to.equal(none);
      expect(readMap({ other: 'x' })).to.equal(none);
      expect(readMap({ ClusterConfiguration: 7 })).to.equal(none);
      expect(readMap(['x'])).to.equal(none);
    });
  });
});
