import { expect } from 'chai';

import { concludeEvidence } from '../../../src/evidence/facts/index.ts';
import { collectDeclared } from '../../../src/evidence/declared/collect-declared.ts';
import type { ControlPlaneNode } from '../../../src/evidence/declared/control-plane-objects.ts';
import { withDeclared } from '../../../src/evidence/declared/declared-flags.ts';
import { collectOpenShiftConfiguration } from '../../../src/evidence/declared/openshift-configuration.ts';
import { readingsOf } from '../readings.ts';
import { objectsOf, serverNode, written } from './stated-objects.ts';

const PATH = '/api/v1/namespaces/openshift-kube-apiserver/configmaps/config';

function openShiftNode(): ControlPlaneNode {
  const { metadata, ...node } = serverNode();
  return { ...node, metadata: { ...metadata, labels: { ...metadata.labels, 'node.openshift.io/os_id': 'rhcos' } } };
}

/** In the form of OpenShift 4, of which only some is about arguments. */
const configuration = {
  admission: { pluginConfig: { PodSecurity: { configuration: { defaults: { enforce: 'privileged' } } } } },
  apiServerArguments: {
    'allow-privileged': ['true'],
    'anonymous-auth': ['true'],
    'authorization-mode': ['Scope', 'SystemMasters', 'RBAC', 'Node'],
    'enable-admission-plugins': ['NodeRestriction', 'security.openshift.io/SecurityContextConstraint'],
    'etcd-servers': ['https://10.0.0.5:2379', 'https://localhost:2379'],
    profiling: ['false'],
    'token-auth-file': '/one/text',
  },
  apiVersion: 'kubecontrolplane.config.openshift.io/v1',
  kind: 'KubeAPIServerConfig',
};

function answerWith(text: unknown, status = 200) {
  const asked: string[] = [];
  const get = (path: string) => {
    asked.push(path);
    return Promise.resolve({ status, body: JSON.stringify({ kind: 'ConfigMap', data: { 'config.yaml': text } }) });
  };
  return { get, asked };
}

async function read(text: unknown, status = 200): Promise<ReturnType<typeof written>> {
  return written(await collectOpenShiftConfiguration(answerWith(text, status).get, { read: [openShiftNode()] }));
}

const lead = 'OpenShift starts its API servers by ConfigMap openshift-kube-apiserver/config';

describe('what OpenShift starts API servers with', () => {
  it('is read from the ConfigMap that its operator writes', async () => {
    expect(await read(JSON.stringify(configuration))).to.deep.equal([
      'ConfigMap openshift-kube-apiserver/config, medium, partial',
      'allow-privileged=true',
      'anonymous-auth=true',
      'authorization-mode=Scope|SystemMasters|RBAC|Node',
      'enable-admission-plugins=NodeRestriction|security.openshift.io/SecurityContextConstraint',
      'etcd-servers=https://10.0.0.5:2379|https://localhost:2379',
      'profiling=false',
      'token-auth-file=/one/text',
    ]);
  });

  it('makes facts of what is given, and none of what is not', async () => {
    const { get } = answerWith(JSON.stringify(configuration));
    const objects = await collectDeclared({ ...objectsOf([], [openShiftNode()]), atMs: 0 }, get);
    const evidence = concludeEvidence(withDeclared(readingsOf({}), 'a:1', ['a:1'], objects));

    const source = 'ConfigMap openshift-kube-apiserver/config';
    const observedAt = '1970-01-01T00:00:00Z';
    expect(evidence.profiling).to.deep.include({ value: false, source, confidence: 'medium', observedAt });
    expect(evidence.rbacAuthorizer).to.include({ value: true, source });
    expect(evidence.alwaysAllowAuthorizer).to.include({ value: false, source });
    expect(evidence.nodeRestriction).to.include({ value: true, source });
    for (const name of ['anonymousAuthentication', 'podSecurity', 'auditLogMaxAge', 'extendedTokens'] as const) {
      expect(evidence[name], name).to.have.property('unobserved');
    }
    expect(JSON.stringify(evidence)).not.to.match(/one\/text|2379/);
  });

  it('is not asked for where no node is one of its own, or nodes are not known', async () => {
    for (const nodes of [{ read: [serverNode()] }, { read: [] }, { missing: 'forbidden' }]) {
      const { get, asked } = answerWith('');
      expect(await collectOpenShiftConfiguration(get, nodes)).to.equal(undefined);
      expect(asked).to.deep.equal([]);
    }
  });

  it('is asked for once, by its name', async () => {
    const { get, asked } = answerWith('');
    await collectOpenShiftConfiguration(get, { read: [openShiftNode(), openShiftNode()] });
    expect(asked).to.deep.equal([PATH]);
  });

  it('costs a round one request more, of two', async () => {
    for (const [node, requests] of [
      [serverNode(), 1],
      [openShiftNode(), 2],
    ] as const) {
      const { get, asked } = answerWith('');
      await collectDeclared(objectsOf([], [node]), get);
      expect(asked).to.have.length(requests);
    }
  });

  it('names OpenShift and the permission where that is what is missing', async () => {
    expect(await read('', 403)).to.equal(`${lead}; grant get on it`);
    expect(await read('', 404)).to.equal(`${lead}, and reading it was answered 404`);
    const fails = () => Promise.reject(new Error('no answer within 10 s'));
    expect(written(await collectOpenShiftConfiguration(fails, { read: [openShiftNode()] }))).to.equal(
      `${lead}, and reading it was not answered: no answer within 10 s`,
    );
  });

  it('says so in the reason of every fact that only flags tell', async () => {
    const objects = await collectDeclared(objectsOf([], [openShiftNode()]), answerWith('', 403).get);
    const { profiling } = concludeEvidence(withDeclared(readingsOf({}), 'a:1', ['a:1'], objects));
    expect(profiling).to.deep.equal({
      unobserved: `${lead}; grant get on it`,
      permissions: ['get on ConfigMap openshift-kube-apiserver/config'],
    });
  });

  const others: readonly (readonly [string, unknown])[] = [
    ['of another kind', JSON.stringify({ ...configuration, apiVersion: 'v1' })],
    ['without arguments', JSON.stringify({ ...configuration, apiServerArguments: undefined })],
    ['with a list of arguments', JSON.stringify({ ...configuration, apiServerArguments: ['--x'] })],
    ['with an argument that is none', JSON.stringify({ ...configuration, apiServerArguments: { x: [{ y: 'z' }] } })],
    ['with a name that is none', JSON.stringify({ ...configuration, apiServerArguments: { 'a b': ['c'] } })],
    ['that is cut off', JSON.stringify(configuration).slice(0, -5)],
    ['that is larger than any', JSON.stringify({ ...configuration, more: 'x'.repeat(300_000) })],
    [
      'with more arguments than there are',
      JSON.stringify({ ...configuration, apiServerArguments: { x: Array(1001).fill('y') } }),
    ],
    ['that is no text', 7],
  ];
  for (const [what, text] of others) {
    it(`is not known from one ${what}`, async () => {
      expect(await read(text)).to.equal(`${lead}, and it is not what OpenShift writes`);
    });
  }
});
