import { expect } from 'chai';

import { isObserved, PERMISSION_DENIED } from '../../src/core/evidence.ts';
import type { Evidence, Fact, FactName, Unobserved } from '../../src/core/evidence.ts';
import { observeFact } from '../../src/core/judge.ts';
import { probeGuardBindingSpec, probeGuardSpec } from '../../src/core/probe-guard.ts';
import { mergeServers, oneServer } from '../../src/core/server-evidence.ts';
import { collectServer } from '../../src/evidence/collect-server.ts';
import { collectDeclared } from '../../src/evidence/declared/collect-declared.ts';
import { withDeclared } from '../../src/evidence/declared/declared-flags.ts';
import { collectOpenShiftConfiguration } from '../../src/evidence/declared/openshift-configuration.ts';
import { collectDryRun, shareGuard } from '../../src/evidence/dry-run-probes.ts';
import { concludeEvidence } from '../../src/evidence/facts/index.ts';
import { collectChecks } from '../../src/evidence/readyz.ts';
import type { ServerAccess } from '../../src/evidence/server-access.ts';
import { describeApiServer } from '../../src/report/api-server-report.ts';
import { findingOf, ruleNamed } from '../core/finding-of.ts';
import { snapshotOf } from '../core/yaml-objects.ts';
import { objectsOf, serverNode } from './declared/stated-objects.ts';
import { readingsOf } from './readings.ts';

const instance = '10.0.0.1:6443';

/** What answers 403; everything else answers that it is out of order, for which nobody needs a right. */
type Denied = (what: string) => boolean;

function accessTo(isDenied: Denied): ServerAccess {
  const statusOf = (what: string): number => (isDenied(what) ? 403 : 500);
  return {
    instance,
    get: (path) => Promise.resolve({ status: statusOf(path), body: '{}' }),
    stream: (path) => Promise.resolve(statusOf(path)),
    review: ({ user }) => {
      const what = user === undefined ? 'selfsubjectaccessreviews' : 'subjectaccessreviews';
      if (isDenied(what)) return Promise.resolve({ outcome: 'forbidden' });
      return Promise.reject(new Error('out of order'));
    },
    whoAmI: () =>
      isDenied('selfsubjectreviews')
        ? Promise.resolve({ outcome: 'forbidden' })
        : Promise.reject(new Error('out of order')),
    tryPod: () => {
      const status = { kind: 'Status', message: 'pods is forbidden: User "x" cannot create resource "pods"' };
      return Promise.resolve({ status: statusOf('pods'), body: JSON.stringify(status), warning: '' });
    },
    anonymousGet: undefined,
    handshake: undefined,
    close: () => undefined,
  };
}

async function evidenceOf(isDenied: Denied): Promise<Evidence> {
  const access = accessTo(isDenied);
  const readings = await collectServer(access, { nonce: 'x', nowMs: () => 0 });
  const declared = await collectDeclared(objectsOf([]), access.get);
  return concludeEvidence(withDeclared(readings, instance, [instance], declared));
}

function permissionsOf(evidence: Evidence, name: FactName): readonly string[] | undefined {
  const fact = evidence[name] as Fact<unknown> | Unobserved | undefined;
  return isObserved(fact) ? undefined : fact?.permissions;
}

/** By what answers 403: the right that would help, and a fact that is off without it. */
const denied: Readonly<Record<string, readonly [permission: string, fact: FactName]>> = {
  '/flagz': ['get on the URL /flagz', 'profiling'],
  '/metrics': ['get on the URL /metrics', 'auditing'],
  '/version': ['get on the URL /version', 'versionSupport'],
  '/statusz': ['get on the URL /statusz', 'versionSupport'],
  subjectaccessreviews: ['create on subjectaccessreviews.authorization.k8s.io', 'unknownUserAllowed'],
  selfsubjectaccessreviews: ['create on selfsubjectaccessreviews.authorization.k8s.io', 'rbacAuthorizer'],
  selfsubjectreviews: ['create on selfsubjectreviews.authentication.k8s.io', 'serviceAccountAuthentication'],
  '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication': [
    'get on ConfigMap kube-system/extension-apiserver-authentication',
    'certificateAuthentication',
  ],
  '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/merlon-probes': [
    'get on ValidatingAdmissionPolicy merlon-probes',
    'alwaysPullImages',
  ],
};

describe('a source that is off for want of a right', () => {
  for (const [what, [permission, fact]] of Object.entries(denied)) {
    it(`leaves facts unknown, and names the right: ${permission}`, async () => {
      const evidence = await evidenceOf((one) => one === what);
      expect(permissionsOf(evidence, fact), fact).to.deep.equal([permission]);
    });
  }

  it('names the right also where it is asked for nothing else', async () => {
    const forbidden = () => Promise.resolve({ status: 403, body: '{}' });
    const openShift = { ...serverNode(), metadata: { name: 'a', labels: { 'node.openshift.io/os_id': 'rhcos' } } };

    expect(await collectChecks(forbidden)).to.have.property('permission', 'get on the URL /readyz');
    expect(await collectOpenShiftConfiguration(forbidden, { read: [openShift] })).to.have.property(
      'permission',
      'get on ConfigMap openshift-kube-apiserver/config',
    );
  });

  it('is the right to create pods where the guard stands and nothing may be tried', async () => {
    const { tryPod } = accessTo((what) => what === 'pods');
    const get = (path: string) => {
      const spec = path.includes('bindings/') ? probeGuardBindingSpec : probeGuardSpec;
      return Promise.resolve({ status: 200, body: JSON.stringify({ spec }) });
    };
    const reviewers = () => ({ missing: '' });

    const reading = await collectDryRun({ get, tryPod, nonce: 'x', guard: shareGuard(), mayTry: true, reviewers });

    expect(reading).to.have.property('permission', 'create on pods in merlon-probes');
  });

  it('is the right to list and watch what is followed', () => {
    const denied = (what: string) => ({ missing: `${what} is forbidden`, permission: `list and watch on ${what}` });
    const declared = {
      pods: denied('pods in kube-system'),
      nodes: denied('nodes'),
      kubeadm: denied('ConfigMap kube-system/kubeadm-config'),
      clientAuthorities: { missing: '' },
    };
    const evidence = concludeEvidence(withDeclared(readingsOf({}), instance, [instance], declared));

    expect(permissionsOf(evidence, 'profiling')).to.deep.equal([
      'list and watch on pods in kube-system',
      'list and watch on nodes',
      'list and watch on ConfigMap kube-system/kubeadm-config',
    ]);
  });

  it('is said of several API servers, too', async () => {
    const evidence = await evidenceOf((one) => one === '/flagz');
    const merged = mergeServers([
      { instance: 'a:6443', evidence },
      { instance: 'b:6443', evidence: {} },
    ]);

    expect(permissionsOf(merged, 'profiling')).to.deep.equal(['get on the URL /flagz']);
  });

  it('makes of the input of a posture one that is forbidden', async () => {
    const evidence = await evidenceOf((one) => one === '/flagz');
    const snapshot = snapshotOf('', { evidence });

    expect(observeFact(snapshot, 'profiling')).to.have.property('state', 'forbidden');
    expect(observeFact(snapshot, 'auditing')).to.have.property('state', 'forbidden');
    expect(observeFact(snapshot, 'anonymousRequests')).to.have.property('state', 'unobserved');
  });

  it('is no reason where sources are out of order', async () => {
    const evidence = await evidenceOf(() => false);
    for (const [, fact] of Object.values(denied)) expect(permissionsOf(evidence, fact), fact).to.equal(undefined);
  });

  it('names every right that may help', async () => {
    const evidence = await evidenceOf(() => true);
    expect(permissionsOf(evidence, 'rbacAuthorizer')).to.deep.equal([
      'create on selfsubjectaccessreviews.authorization.k8s.io',
      'get on the URL /metrics',
      'get on the URL /flagz',
    ]);
  });

  it('is a reason that programs can read, of facts and of the verdicts that ask for them', async () => {
    const evidence = await evidenceOf((one) => one === '/flagz');
    const rule = { ...ruleNamed('api-server-x'), facts: ['profiling', 'requestTimeout'] as const };
    const unknown = findingOf({ rule, outcome: 'unknown', message: 'nobody knows' });
    const report = describeApiServer([unknown], snapshotOf('', { servers: oneServer(evidence, instance) }));

    const reason = { reason: PERMISSION_DENIED, permissions: ['get on the URL /flagz'] };
    expect(report.servers[0]?.facts.profiling).to.deep.include({ ...reason, reason: 'PermissionDenied' });
    expect(report.verdicts[0]).to.deep.include(reason);
    expect(report.servers[0]?.facts.anonymousRequests).not.to.have.property('reason');
  });
});
