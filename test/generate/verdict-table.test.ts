import { expect } from 'chai';

import { factDeclarations, factNames } from '../../src/api/v1alpha1/facts.ts';
import { witnesses } from '../../src/evidence/facts/index.ts';
import { sampleReadings } from '../../src/generate/sample-readings.ts';
import { askWitnesses } from '../../src/generate/told-facts.ts';
import { describeVerdicts, sourceLimits } from '../../src/generate/verdict-table.ts';
import { rules } from '../../src/rules/index.ts';

const told = askWitnesses(sampleReadings);

/** Lines of the table, without the layout. */
function tableOf(id: string): readonly string[] {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  return describeVerdicts(rule)
    .split('\n')
    .filter((line) => line.startsWith('| `'));
}

describe('samples of what sources say', () => {
  it('let every witness of every fact tell', () => {
    const mute = Object.entries(witnesses).flatMap(([name, ofFact]) =>
      ofFact.flatMap((witness, index) =>
        sampleReadings.some(({ readings }) => [witness(readings)].flat().some((one) => !('silent' in one)))
          ? []
          : [`${name}[${index}]`],
      ),
    );
    expect(mute).to.deep.equal([
      // Every version has these plugins.
      'alwaysAdmit[0]',
      'alwaysPullImages[0]',
      'eventRateLimit[0]',
      'namespaceLifecycle[0]',
      'nodeRestriction[0]',
      'serviceAccountAdmission[0]',
      'validatingWebhooks[0]',
      // Whoever shows his flags is too new to have the port.
      'insecurePort[1]',
    ]);
  });

  it('show every value that a fact can have, but for those that no source tells of', () => {
    const missing = factNames.flatMap((name) => {
      const { type } = factDeclarations[name];
      const values = type === 'boolean' ? [true, false] : typeof type === 'object' ? type.oneOf : [];
      const seen = told.get(name)?.told.map(({ value }) => value) ?? [];
      return values.filter((value) => !seen.includes(value)).map((value) => `${name} ${String(value)}`);
    });
    expect(missing).to.deep.equal([
      // That no token is accepted cannot be seen; and /flagz is newer than the two that are gone.
      'serviceAccountAuthentication false',
      'basicAuthenticationFile true',
      'insecurePort true',
    ]);
  });

  it('name no source of which it is not known when it does not answer', () => {
    const sources = [...told.values()].flatMap(({ told: facts, silences }) => [
      ...facts.map(({ source }) => source),
      ...silences.keys(),
    ]);
    expect([...new Set(sources)].filter((source) => sourceLimits[source] === undefined)).to.deep.equal([]);
  });
});

describe('the table of what tells a verdict', () => {
  it('says by source what passes, what fails and what stays unknown', () => {
    expect(tableOf('api-server-profiling')).to.deep.equal([
      '| `profiling` | /flagz | --profiling=false | --profiling=true | without get on the URL, and before Kubernetes 1.36 |',
      '| `profiling` | Pod kube-system/kube-apiserver-NODE | --profiling=false | --profiling=true | without list and watch on pods and nodes, and where no static pod runs it |',
      '| `profiling` | annotation k3s.io/node-args of a node | --profiling=false | --profiling=true | without list and watch on nodes, and outside of k3s and RKE2 (rke2.io/node-args) |',
      '| `profiling` | ConfigMap openshift-kube-apiserver/config | --profiling=false | --profiling=true | without get on it, and outside of OpenShift |',
      '| `profiling` | ConfigMap kube-system/kubeadm-config | --profiling=false | --profiling=true | without list and watch on it, and where kubeadm did not set it up |',
    ]);
  });

  it('has a row for each source, the surest first', () => {
    expect(tableOf('api-server-node-authorizer').map((line) => line.split(' | ').slice(1, 2)[0])).to.deep.equal([
      'SubjectAccessReview',
      '/metrics',
      '/flagz',
      'Pod kube-system/kube-apiserver-NODE',
      'annotation k3s.io/node-args of a node',
      'ConfigMap openshift-kube-apiserver/config',
      'ConfigMap kube-system/kubeadm-config',
    ]);
  });

  it('shows what decides only together with another fact, and with which', () => {
    const [line = ''] = tableOf('api-server-kubelet-connection');
    expect(line).to.contain('--kubelet-client-key are given (with `kubeletAuthority` true)');
  });

  it('shows what depends on objects of the cluster, and on which', () => {
    const lines = tableOf('api-server-pod-security-admission');
    expect(lines.find((line) => line.startsWith('| `podSecurity` | /metrics'))).to.contain(
      '| the admission plugin PodSecurity was asked (where namespaces enforce baseline) |',
    );
  });

  it('never passes or fails by what a file would tell', () => {
    for (const { id, subject, facts } of rules) {
      if (subject !== 'APIServer' || facts === undefined) continue;
      for (const line of tableOf(id)) {
        const [, , passes = '', fails = ''] = line.split(' | ');
        expect(`${passes} ${fails}`).not.to.contain('cannot be seen from outside');
      }
    }
  });

  it('is there for every rule that asks for facts', () => {
    const without = rules.filter(
      (rule) => rule.subject === 'APIServer' && rule.facts !== undefined && !describeVerdicts(rule).includes('| /'),
    );
    expect(without.map(({ id }) => id)).to.deep.equal([
      // Every fact tells these, and they say so.
      'api-server-instances-differ',
      'api-server-serving-certificate',
      'api-server-sources-differ',
    ]);
  });
});
