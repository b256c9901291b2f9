/**
 * Every fact of the table can be attested, whoever adds it; and what is attested decides what was undecided, it changes
 * nothing that was found.
 */
import { expect } from 'chai';

import { anonymousPaths, factDeclarations, factNames } from '../../src/api/v1alpha1/facts.ts';
import type { FactName } from '../../src/api/v1alpha1/facts.ts';
import { attest, findAttestationProblem, listAttestations } from '../../src/core/attestation.ts';
import { Evaluator } from '../../src/core/evaluate.ts';
import { isObserved } from '../../src/core/evidence.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import type { Finding } from '../../src/core/finding.ts';
import { allKindNames } from '../../src/core/kinds.ts';
import { resolveParams } from '../../src/core/params.ts';
import type { AcceptedPolicy } from '../../src/core/accepted-policy.ts';
import { inputsOf } from '../../src/core/source.ts';
import { rules } from '../../src/rules/index.ts';
import { keyOf } from '../../src/core/subject-ref.ts';
import { readManifests, snapshotOf } from '../core/yaml-objects.ts';

const unobserved = Object.fromEntries(
  factNames.map((name) => [name, { unobserved: 'nobody may ask' }]),
) as unknown as Evidence;

/** As people would write them: of each type of fact, every value that makes a difference. */
function writtenValues(fact: FactName): readonly unknown[] {
  const { type } = factDeclarations[fact];
  if (type === 'boolean') return [true, false];
  if (type === 'integer') return [0, 29, 37];
  if (type === 'hash') return ['none', `sha256:${'0'.repeat(64)}`];
  if (type === 'answers')
    return [200, 401, 403, 503].map((status) => anonymousPaths.map((path) => `${path} ${status}`));
  return type.oneOf;
}

function policyOf(fact: FactName, value: unknown): AcceptedPolicy {
  const stated = { fact, value, evidence: 'read in the guide', owner: 'platform', expiresAt: '2099-01-01T00:00:00Z' };
  return { name: 'base', generation: 1, spec: { attestations: [stated] } };
}

/** Those that any fact can reach. */
const concerned = rules.filter(({ reads = [], considers = [] }) =>
  [...reads, ...considers].flatMap(inputsOf).some((source) => source === 'Evidence' || source === 'ServerVersion'),
);
/** Both manifests of the example of each, by itself; those of the API server are no manifests. */
const manifests = concerned
  .filter(({ subject }) => subject !== 'APIServer')
  .flatMap(({ example }) => [example.fails, example.passes])
  .filter((manifest) => readManifests(manifest).every(({ kind }) => allKindNames.includes(kind)))
  .concat('');

/** The rules about API servers once, without a manifest; the others with each. */
const rulesFor = (manifest: string) =>
  manifest === '' ? concerned : concerned.filter(({ subject }) => subject !== 'APIServer');

function judge(manifest: string, evidence: Evidence): ReadonlyMap<string, Finding> {
  const { minorVersion } = evidence;
  const missing = isObserved(minorVersion)
    ? []
    : [{ source: 'ServerVersion', state: 'unobserved', message: 'nobody may ask' } as const];
  const version = isObserved(minorVersion) ? { podSecurityVersion: minorVersion.value } : {};
  const snapshot = snapshotOf(manifest, { evidence, missing, ...version });
  const evaluator = new Evaluator({ ruleThrew: () => undefined });
  const selected = rulesFor(manifest).map((rule) => ({ rule, params: resolveParams(rule) }));
  const namespaces = new Set(readManifests(manifest).flatMap(({ metadata }) => metadata.namespace ?? []));
  const scopes = ['cluster' as const, ...[...namespaces, 'any'].map((namespace) => ({ namespace }))];
  return new Map(
    scopes.flatMap((scope) =>
      evaluator
        .evaluate(scope, selected, snapshot)
        .map((finding) => [`${JSON.stringify(scope)} ${finding.rule.id} ${keyOf(finding.subject)}`, finding]),
    ),
  );
}

const describeVerdict = ({ outcome, severity }: Finding): string =>
  outcome === 'fail' || outcome === 'exempt' ? `${outcome} ${severity}` : outcome;

interface Before {
  readonly verdicts: ReadonlyMap<string, Finding>;
  /** The facts that somebody asked for: no other can change what came out. */
  readonly asked: ReadonlySet<string>;
}

function judgeUnobserved(manifest: string): Before {
  const asked = new Set<string>();
  const evidence = new Proxy(unobserved, {
    get: (facts, name, receiver) => {
      asked.add(String(name));
      return Reflect.get(facts, name, receiver) as unknown;
    },
  });
  return { verdicts: judge(manifest, evidence), asked };
}

describe('what is attested', () => {
  const before = new Map(manifests.map((manifest) => [manifest, judgeUnobserved(manifest)]));

  it('is held against rules of many kinds', () => {
    expect(concerned.length).to.be.greaterThan(20);
    expect(manifests.length).to.be.greaterThan(40);
    const outcomes = new Set(
      [...before.values()].flatMap(({ verdicts }) => [...verdicts.values()].map(({ outcome }) => outcome)),
    );
    expect([...outcomes]).to.include.members(['fail', 'pass', 'unknown']);
    const asking = [...before].filter(([manifest, { asked }]) => manifest !== '' && asked.size > 0);
    expect(asking.length).to.be.greaterThan(40);
    for (const fact of factNames) expect(before.get('')?.asked.has(fact), fact).to.equal(true);
  });

  for (const fact of factNames) {
    it(`of ${fact} is taken, and moves no verdict but from unknown`, function () {
      this.timeout(60_000);
      const moved: string[] = [];
      for (const value of writtenValues(fact)) {
        const policy = policyOf(fact, value);
        expect(findAttestationProblem(policy.spec.attestations)).to.equal(undefined);
        const evidence = attest(unobserved, listAttestations([policy]), 0);
        expect(isObserved(evidence[fact])).to.equal(true);
        for (const [manifest, { verdicts, asked }] of before) {
          if (!asked.has(fact)) continue;
          for (const [key, finding] of judge(manifest, evidence)) {
            const was = verdicts.get(key);
            if (was === undefined || was.outcome === 'unknown') continue;
            const [from, to] = [describeVerdict(was), describeVerdict(finding)];
            if (from !== to) moved.push(`${key}: ${from} became ${to} by ${JSON.stringify(value)}`);
          }
        }
      }
      expect(moved).to.deep.equal([]);
    });
  }

  it('decides the rules about the API server, and says so of each verdict', () => {
    const say = (fact: FactName, value: unknown): readonly string[] => {
      const evidence = attest(unobserved, listAttestations([policyOf(fact, value)]), 0);
      return (
        [...judge('', evidence).values()]
          .filter(({ rule, outcome }) => rule.subject === 'APIServer' && outcome !== 'unknown')
          // Those that compare whatever was observed ask for every fact.
          .filter(({ rule }) => rule.facts?.length !== factNames.length)
          .map(({ rule, outcome, message }) => `${rule.id} ${outcome}: ${message}`)
      );
    };
    const said = 'attested by platform in ClusterHardeningPolicy "base" until 2099-01-01T00:00:00Z';
    expect(say('unknownUserAllowed', false)).to.deep.equal([`api-server-always-allow pass: ${said}`]);
    expect(say('unknownUserAllowed', true)).to.deep.equal([
      `api-server-always-allow fail: unknownUserAllowed is true (read in the guide); set the authorization mode to Node,RBAC, or take the type AlwaysAllow out of the AuthorizationConfiguration; ${said}`,
    ]);
    const refused = anonymousPaths.map((path) => `${path} 401`);
    expect(say('anonymousRequests', refused)).to.deep.equal([
      `api-server-anonymous-requests pass: anonymous requests are refused: whatever was asked without credentials is answered 401; ${said}`,
    ]);
  });
});
