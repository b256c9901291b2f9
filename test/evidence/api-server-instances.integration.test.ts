/** Two real API servers on one etcd, set up differently: each is observed by itself, and with one of them gone less is known. */
import { createHash } from 'node:crypto';

import { expect } from 'chai';
import type { ClusterStore } from '../../src/controller/store.ts';
import type { ServerEvidence } from '../../src/core/evidence.ts';
import { mergeServers } from '../../src/core/server-evidence.ts';
import { collectDeclared } from '../../src/evidence/declared/collect-declared.ts';
import { EvidenceLoop } from '../../src/evidence/evidence-loop.ts';
import { collectServerAddresses } from '../../src/evidence/server-addresses.ts';
import { readKubeconfig } from '../../src/kube/kubeconfig.ts';
import { textGet } from '../../src/kube/server-access.ts';
import { watchServerIdentities } from '../../src/kube/server-identities.ts';
import { openServerSet } from '../../src/kube/server-instances.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { silentLog } from '../kube/reflector-fixture.ts';
import { bodyOf } from '../support/api-client.ts';
import { startControlPlane } from '../support/control-plane.ts';
import type { ControlPlane, OtherApiServer } from '../support/control-plane.ts';
import { skipUnlessMet } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { readServerSources } from './variants/observed-server.ts';
import { grantOperator } from './variants/operator-rights.ts';
import { judgeServers, valuesOf } from './variants/seen.ts';
import type { Verdicts } from './variants/variant.ts';
import { UNKNOWN } from './variants/variant.ts';
import { defaultVerdicts } from './variants/verdicts.ts';

/** Nobody is there: the API refuses loopback addresses, which is where tests have their API servers. */
const [ADDRESS, OTHER_ADDRESS] = ['10.255.0.5', '10.255.0.6'];
const identityLabel = { labelSelector: 'apiserver.kubernetes.io/identity=kube-apiserver' };
const entersItselfAs = (address: string) => ({
  'endpoint-reconciler-type': 'lease',
  'advertise-address': address,
});

/** Encrypts nothing. */
function encryptionOf(resource: string): string {
  return JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [{ resources: [resource], providers: [{ identity: {} }] }],
  });
}

/** What is not as with one that is set up as the default one is. */
const verdictsOfBoth: Verdicts = {
  ...defaultVerdicts,
  // There is a file, and who has just been started has stored no Secret.
  'api-server-secrets-encryption': 'unknown',
  'api-server-version-skew': 'pass',
};

/** What is wrong with one of them stays wrong, and nothing else is known of both. Of roles each knows the same. */
function withoutOne(verdicts: Verdicts): Verdicts {
  const others = Object.entries(verdicts).map(([rule, verdict]) => [
    rule,
    verdict.startsWith('fail') || rule.startsWith('rbac-') ? verdict : 'unknown',
  ]);
  return { ...(Object.fromEntries(others) as Verdicts), 'api-server-instances-differ': 'unknown' };
}

function hashOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

describe('two API servers of one cluster', () => {
  let controlPlane: ControlPlane | undefined;
  let other: OtherApiServer;
  let transport: Transport;
  let objects: ClusterStore;
  let loop: EvidenceLoop | undefined;
  const rounds: (readonly ServerEvidence[])[] = [];
  let identities: ReturnType<typeof watchServerIdentities> | undefined;
  let starts = 0;
  let instance = '';
  let otherInstance = '';

  before('two API servers', async function () {
    this.timeout(120_000);
    skipUnlessMet(this, ['own', 'emulation']);
    controlPlane = await startControlPlane({
      controllerManager: false,
      auditLog: false,
      emulatedVersion: '',
      apiServerFlags: { ...entersItselfAs(ADDRESS), 'encryption-provider-config': '{dir}/encryption.yaml' },
      files: { 'encryption.yaml': encryptionOf('secrets'), 'other-encryption.yaml': encryptionOf('configmaps') },
    });
    other = await controlPlane.startAnotherApiServer({
      ...entersItselfAs(OTHER_ADDRESS),
      profiling: 'false',
      'anonymous-auth': 'false',
      'encryption-provider-config': '{dir}/other-encryption.yaml',
    });
    [instance, otherInstance] = [new URL(controlPlane.url).host, new URL(other.url).host];
    const path = await grantOperator(controlPlane);
    const config = await readKubeconfig({ path, context: undefined, environment: {}, homeFolder: '/nonexistent' });
    const transportOptions = { version: 'test', clock: systemClock, environment: {} };
    transport = openTransport(config, transportOptions);
    objects = await readServerSources(transport, controlPlane.minor);
    loop = new EvidenceLoop({
      servers: openServerSet({
        config,
        transport,
        transportOptions,
        hasAnonymousProbe: true,
        endpoints: [],
        isInCluster: true,
        find: () => Promise.resolve({ addresses: [instance, otherInstance] }),
      }),
      intervals: { intervalMs: 600_000, slowIntervalMs: 3_600_000, retryMs: 500, settleMs: 100, leastMs: 100 },
      clock: systemClock,
      log: silentLog,
      declared: () =>
        collectDeclared({ pods: { read: [] }, nodes: { read: [] }, kubeadm: undefined }, textGet(transport)),
      nonce: () => 'instances',
      onEvidence: (servers) => {
        rounds.push(servers);
      },
    });
    await loop.start();
    identities = watchServerIdentities({
      transport,
      clock: systemClock,
      random: Math.random,
      log: silentLog,
      onStarted: () => {
        starts += 1;
        loop?.hasten();
      },
    });
    identities.start();
    await waitUntil(() => Promise.resolve(identities?.state.phase === 'synced'), { what: 'Leases to be followed' });
  });
  after('end', async () => {
    loop?.stop();
    await identities?.stop();
    transport.close();
    await controlPlane?.stop();
  });

  function outcomesOf(servers: readonly ServerEvidence[]): Verdicts {
    const verdicts = Object.entries(judgeServers(objects, servers));
    return Object.fromEntries(verdicts.map(([rule, verdict]) => [rule, verdict.replace(/:.*/, '')]));
  }

  it('enter themselves where Merlon looks for them, and may read it', async () => {
    const addresses = await waitUntil(
      async () => {
        const found = await collectServerAddresses(textGet(transport));
        return 'read' in found && found.read.length === 2 && found.read;
      },
      { what: 'both API servers to enter themselves' },
    );
    expect(addresses.map((address) => address.replace(/:.*/, ''))).to.deep.equal([ADDRESS, OTHER_ADDRESS]);
  });

  it('are seen as they are, each by itself', () => {
    const [servers = []] = rounds;
    const values = Object.fromEntries(servers.map((one) => [one.instance, valuesOf(one.evidence)]));
    expect(Object.keys(values)).to.deep.equal([instance, otherInstance]);
    expect(values[instance]).to.include({ profiling: true, anonymousAuthentication: 'on', rbacAuthorizer: true });
    expect(values[otherInstance]).to.include({
      profiling: false,
      anonymousAuthentication: 'off',
      rbacAuthorizer: true,
    });
  });

  it('show by hashes that they were given different files, of which nothing else is seen', () => {
    const [servers = []] = rounds;
    const shown = servers.map(({ evidence: { encryptionConfiguration } }) => encryptionConfiguration);
    expect(shown.map((fact) => fact && 'value' in fact && fact.value)).to.deep.equal([
      hashOf(encryptionOf('secrets')),
      hashOf(encryptionOf('configmaps')),
    ]);
    expect(shown[0]).to.have.property('source', '/metrics');
  });

  it('are judged by the weaker one, and for being different', () => {
    const [servers = []] = rounds;
    expect(judgeServers(objects, servers)).to.deep.equal({
      ...verdictsOfBoth,
      'api-server-instances-differ': 'fail: anonymousAuthentication, profiling, encryptionConfiguration',
    });
  });

  it('pass no rule once one of them is gone, and everything else stays or becomes unknown', async function () {
    this.timeout(60_000);
    const [before = []] = rounds;
    const verdictsBefore = outcomesOf(before);
    await other.part.kill();
    loop?.hasten();
    const after = await waitUntil(
      () => {
        const last = rounds.at(-1) ?? [];
        const silent = last.find((one) => one.instance === otherInstance);
        return Promise.resolve(silent !== undefined && valuesOf(silent.evidence)['profiling'] === UNKNOWN && last);
      },
      { what: 'a round without it' },
    );

    expect(after.map((one) => one.instance)).to.deep.equal([instance, otherInstance]);
    const known = (servers: readonly ServerEvidence[]) =>
      Object.values(valuesOf(mergeServers(servers))).filter((value) => value !== UNKNOWN).length;
    expect(known(after)).to.be.below(known(before));
    const verdicts = outcomesOf(after);
    const passed = Object.keys(verdicts).filter((rule) => verdicts[rule] === 'pass');
    // Roles and their bindings are the same at each of them.
    expect(passed.filter((rule) => !rule.startsWith('rbac-'))).to.deep.equal([]);
    for (const [rule, outcome] of Object.entries(verdicts)) {
      expect([verdictsBefore[rule], 'unknown'], rule).to.include(outcome);
    }
    expect(judgeServers(objects, after)).to.deep.equal(withoutOne(verdictsOfBoth));
    expect(JSON.stringify(after)).to.include(`not reached as kubernetes.default.svc: connect ECONNREFUSED`);
  });

  it('are not looked at again because they renew their Leases', async () => {
    if (controlPlane === undefined) throw new Error('there is no control plane');
    const leases = controlPlane.client.resource('coordination.k8s.io/v1', 'leases', 'kube-system');
    const { items } = bodyOf('list Leases', await leases.list(identityLabel));
    const name = items[0]?.metadata.name ?? '';
    expect(name).to.match(/^apiserver-/);
    const [startsBefore, eventsBefore] = [starts, identities?.counters.events ?? 0];
    bodyOf('renew', await leases.patch(name, { spec: { renewTime: '2026-01-01T00:00:00.000000Z' } }));
    await waitUntil(() => Promise.resolve((identities?.counters.events ?? 0) > eventsBefore), { what: 'the renewal' });
    expect(starts).to.equal(startsBefore);
  });

  it('are both known again as soon as it is back', async function () {
    this.timeout(60_000);
    await other.part.start();
    await waitUntil(
      () => {
        const back = rounds.at(-1)?.find((one) => one.instance === otherInstance);
        return Promise.resolve(back !== undefined && valuesOf(back.evidence)['profiling'] === false);
      },
      { what: 'a round with it' },
    );
  });

  it('are looked at at once when one of them is started otherwise', async function () {
    this.timeout(60_000);
    const startsBefore = starts;
    await other.part.restart({ flags: { profiling: 'true' } });
    // The next round by the clock is ten minutes away.
    const servers = await waitUntil(
      () => {
        const last = rounds.at(-1) ?? [];
        const values = last.map(({ evidence }) => valuesOf(evidence)['profiling']);
        return Promise.resolve(values.length === 2 && values.every((value) => value === true) && last);
      },
      { what: 'a round that shows it' },
    );
    expect(starts).to.be.above(startsBefore);
    expect(judgeServers(objects, servers)).to.deep.equal({
      ...verdictsOfBoth,
      'api-server-instances-differ': 'fail: anonymousAuthentication, encryptionConfiguration',
    });
  });
});
