/** Attestations on a real API server: what is refused, what counts where nobody may look, and that it ends in real time. */
import { expect } from 'chai';

import type { AttestationSpec } from '../../src/api/v1alpha1/attestation.ts';
import type { ClusterHardeningPolicy } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterPostureStatus } from '../../src/api/v1alpha1/cluster-security-posture.ts';
import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import type { SecurityPosture } from '../../src/api/v1alpha1/security-posture.ts';
import { bodyOf } from '../support/api-client.ts';
import { waitUntil } from '../support/wait-until.ts';
import { revoke } from './operator-role.ts';
import { conditionOf, readClusterPosture, readWrites, useOperatorSuite } from './operator-suite.ts';

type PolicyStatus = NonNullable<ClusterHardeningPolicy['status']>;

/** Long enough to see it count on a busy machine. */
const LIFETIME_MS = 10_000;

describe('an attestation', () => {
  const suite = useOperatorSuite({ operatorsEndAfter: 'all tests' });

  before('an operator that may not see how the API server was started', async function () {
    this.timeout(60_000);
    await revoke(suite.client, '/flagz');
    await suite.startOperator();
  });

  const postures = () => suite.client.resource<SecurityPosture>(API_VERSION, 'securitypostures');
  const policies = () => suite.client.resource<ClusterHardeningPolicy>(API_VERSION, 'clusterhardeningpolicies');
  const attest = (name: string, parts: object) => {
    const attestation = {
      fact: 'staticTokenFile',
      value: false,
      evidence: 'the guide of the provider',
      owner: 'platform',
      expiresAt: '2099-01-01T00:00:00Z',
      ...parts,
    } as AttestationSpec;
    const spec = { attestations: [attestation] };
    return policies().apply(name, { kind: 'ClusterHardeningPolicy', metadata: { name }, spec });
  };

  const untilPolicy = (name: string, what: string, condition: (status: PolicyStatus) => boolean) =>
    waitUntil(
      async () => {
        const { status } = bodyOf('read a policy', await policies().get(name));
        if (status === undefined || !condition(status)) throw new Error(JSON.stringify(status));
        return status;
      },
      { what: `policy "${name}" ${what}` },
    );
  const inputOf = (status: ClusterPostureStatus | undefined, fact: string) =>
    status?.inputs?.find(({ source }) => source === fact);
  const untilState = (state: string, timeoutMs = 15_000) =>
    waitUntil(
      async () => {
        const status = (await readClusterPosture(suite.client))?.status;
        if (inputOf(status, 'staticTokenFile')?.state !== state) throw new Error(JSON.stringify(status?.inputs));
        return status;
      },
      { what: `whether there is a static token file to be ${state}`, timeoutMs },
    );
  const verdictIn = (status: ClusterPostureStatus | undefined) =>
    status?.findings?.find(({ rule }) => rule === 'api-server-static-credentials')?.outcome;

  for (const [what, parts] of [
    ['of a fact that there is not', { fact: 'somethingElse' }],
    ['without an end', { expiresAt: undefined }],
    ['without a ground', { evidence: 'trust me' }],
    ['without an owner', { owner: '' }],
    ['that ends at no time', { expiresAt: 'soon' }],
  ] as const) {
    it(`${what} is refused at once`, async () => {
      expect((await attest('refused', parts)).status).to.equal(422);
    });
  }

  it('whose value cannot be is refused in the status, with what can', async () => {
    bodyOf('apply', await attest('impossible', { fact: 'minorVersion', value: '1.37' }));
    const status = await untilPolicy(
      'impossible',
      'to be refused',
      (one) => conditionOf(one, 'Ready')?.status === 'False',
    );
    expect(conditionOf(status, 'Ready')).to.deep.include({
      reason: 'InvalidAttestation',
      message:
        'spec.attestations[0].value is "1.37", and minorVersion must be a whole number, 0 or more; no version of this policy was ever good, so it selects nothing',
    });
    await policies().delete('impossible');
  });

  it('that contradicts what is observed counts for nothing, and its policy says so', async () => {
    bodyOf('apply', await attest('wrong', { fact: 'minorVersion', value: 3 }));
    const { ignored } = await untilPolicy('wrong', 'to be ignored', (one) => one.ignored !== undefined);
    expect(ignored?.map(({ path, reason }) => `${path} ${reason}`)).to.deep.equal([
      'spec.attestations[0] Contradicted',
    ]);
    expect(inputOf((await readClusterPosture(suite.client))?.status, 'minorVersion')?.state).to.equal('observed');
    await policies().delete('wrong');
  });

  it('decides what nobody may ask, is shown as attested, and ends in its second without any event', async () => {
    expect(verdictIn(await untilState('forbidden'))).to.equal('unknown');
    const expiresMs = Math.ceil((Date.now() + LIFETIME_MS) / 1000) * 1000;
    const expiresAt = new Date(expiresMs).toISOString().replace('.000Z', 'Z');
    bodyOf('apply', await attest('provider', { expiresAt }));
    const during = await untilState('attested');
    expect(verdictIn(during)).to.equal(undefined);
    expect(inputOf(during, 'staticTokenFile')?.message).to.match(
      new RegExp(
        `^attested by platform in ClusterHardeningPolicy "provider" until ${expiresAt} \\(the guide of the provider\\); not observed: .*/flagz`,
      ),
    );
    expect(during.apiServer).to.equal('Partial');
    await untilPolicy('provider', 'to be in force', (one) => conditionOf(one, 'Ready')?.reason === 'Accepted');

    // It goes before the built-in policy everywhere, which every posture says.
    await waitUntil(
      async () => {
        const { items } = bodyOf('list postures', await postures().list());
        return items.every(({ status }) => status?.policy === 'provider');
      },
      { what: 'every posture to name the policy' },
    );
    const from = await suite.cluster.readAuditPosition();
    expect(verdictIn(await untilState('forbidden', LIFETIME_MS + 15_000))).to.equal('unknown');
    expect(Date.now()).to.be.within(expiresMs, expiresMs + 5_000);
    const { ignored } = await untilPolicy('provider', 'to have ended', (one) => one.ignored !== undefined);
    expect(ignored?.map(({ path, reason }) => `${path} ${reason}`)).to.deep.equal(['spec.attestations[0] Expired']);
    const written = (await readWrites(suite.cluster, from)).map(({ objectRef }) => objectRef?.name);
    expect(written.toSorted()).to.deep.equal(['cluster', 'provider']);
  }).timeout(60_000);
});
