import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { buildGoMod, parseGoMod } from './go-module.ts';

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

describe('the go.mod of a control plane', () => {
  it('is, for the pinned version, the one that is committed', () => {
    const committed = parseGoMod(read('go.mod'));
    const generated = parseGoMod(buildGoMod('1.37.2', read('testdata/kubernetes-v1.37.2.mod')));

    expect([...committed.requires]).to.deep.equal([...generated.requires]);
    expect([...committed.replaces]).to.deep.equal([...generated.replaces]);
    expect(committed.settings).to.deep.equal(generated.settings);
  });

  it('replaces staging modules that are required and those that are only replaced', () => {
    const text = buildGoMod(
      '1.30.14',
      `module k8s.io/kubernetes

go 1.22.0

require go.etcd.io/etcd/client/v3 v3.5.10

require (
	k8s.io/api v0.0.0
	k8s.io/klog/v2 v2.120.1
	k8s.io/gengo v1.0.0 // indirect
)

replace (
	k8s.io/api => ./staging/src/k8s.io/api
	k8s.io/sample-controller => ./staging/src/k8s.io/sample-controller
)
`,
    );

    expect([...parseGoMod(text).replaces]).to.deep.equal([
      ['k8s.io/api', 'k8s.io/api v0.30.14'],
      ['k8s.io/sample-controller', 'k8s.io/sample-controller v0.30.14'],
    ]);
    expect(parseGoMod(text).requires.get('go.etcd.io/etcd/server/v3')).to.equal('v3.5.10');
    expect(parseGoMod(text).settings).to.deep.equal(['go 1.22.0']);
  });

  it('is refused when the text is not a go.mod of Kubernetes', () => {
    expect(() => buildGoMod('1.37.2', 'module example.com/other\n')).to.throw(/names no etcd client/);
  });
});
