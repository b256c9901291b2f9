import { expect } from 'chai';

import {
  collectKubeadmConfiguration,
  readKubeadmConfiguration,
} from '../../../src/evidence/declared/kubeadm-configuration.ts';
import { written } from './stated-objects.ts';

function read(text: string): ReturnType<typeof written> {
  return written(readKubeadmConfiguration(JSON.stringify({ kind: 'ConfigMap', data: { ClusterConfiguration: text } })));
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
    expect(written(readKubeadmConfiguration('<html>'))).to.equal(none);
    expect(written(readKubeadmConfiguration('{"data":{"ClusterConfiguration":7}}'))).to.equal(none);
    expect(written(readKubeadmConfiguration('null'))).to.equal(none);
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

  describe('is asked for', () => {
    const answering = (status: number) => collectKubeadmConfiguration(() => Promise.resolve({ status, body: '' }));

    it('once, by its name', async () => {
      const asked: string[] = [];
      await collectKubeadmConfiguration((path) => {
        asked.push(path);
        return Promise.resolve({ status: 404, body: '' });
      });
      expect(asked).to.deep.equal(['/api/v1/namespaces/kube-system/configmaps/kubeadm-config']);
    });

    it('and says nothing where there is none', async () => {
      expect(await answering(404)).to.equal(undefined);
    });

    it('and names the permission where that is what is missing', async () => {
      expect(await answering(403)).to.deep.equal({
        missing: 'reading ConfigMap kube-system/kubeadm-config is forbidden; grant get on it',
      });
    });

    it('and says so where it is not answered', async () => {
      expect(await answering(500))
        .to.have.property('missing')
        .that.includes('answered 500');
      expect(await collectKubeadmConfiguration(() => Promise.reject(new Error('no answer within 10 s')))).to.deep.equal(
        {
          missing: 'reading ConfigMap kube-system/kubeadm-config was not answered: no answer within 10 s',
        },
      );
    });
  });
});
