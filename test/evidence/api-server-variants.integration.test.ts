/** Real API servers, each set up otherwise: what is seen of them from outside, and that less is seen with fewer sources. */
import { expect } from 'chai';
import { printName } from '../../src/evidence/distinguished-name.ts';
import { concludeEvidence } from '../../src/evidence/facts/index.ts';
import { isRead } from '../../src/evidence/reading.ts';
import type { ServerReadings } from '../../src/evidence/server-readings.ts';
import { skipUnlessMet } from '../support/integration.ts';
import { startAuthorizationWebhook } from './variants/authorization-webhook.ts';
import type { AuthorizationWebhook } from './variants/authorization-webhook.ts';
import { defaultFacts, defaultTrials } from './variants/default-server.ts';
import { anHourLater, expectOnlyUnknown, withFewerSources, withTrialsAlone } from './variants/fewer-sources.ts';
import { variants } from './variants/index.ts';
import { observeServer } from './variants/observed-server.ts';
import type { ObservedServer } from './variants/observed-server.ts';
import { contradictedOf, judgeServer, serverRules, sourcesOf, valuesOf } from './variants/seen.ts';
import type { Seen } from './variants/seen.ts';
import { UNKNOWN } from './variants/variant.ts';
import { defaultVerdicts, judgedVariants, verdictsOf } from './variants/verdicts.ts';

/** More take no less time on two cores, and starve the lanes beside this one. */
const SIDE_BY_SIDE = 3;

describe('API servers that are set up otherwise', () => {
  const observed = new Map<string, ObservedServer | Error>();
  let webhook: AuthorizationWebhook | undefined;

  before('API servers', async function () {
    this.timeout(60 * 60_000);
    skipUnlessMet(this, ['own', 'emulation']);
    webhook = await startAuthorizationWebhook();
    const { url } = webhook;
    const waiting = [...variants];
    const observeNext = async (): Promise<void> => {
      for (let variant = waiting.shift(); variant !== undefined; variant = waiting.shift()) {
        const outcome = await observeServer(variant, url).catch((error: unknown) => error as Error);
        observed.set(variant.name, outcome);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, observeNext));
  });
  after('webhook', () => webhook?.stop());

  function observationOf(name: string): ObservedServer {
    const observation = observed.get(name);
    if (observation === undefined || observation instanceof Error) throw observation ?? new Error('not observed');
    return observation;
  }

  it('have a verdict of every rule in the table of the default, and no verdicts but of variants', () => {
    expect(Object.keys(defaultVerdicts)).to.have.members(serverRules);
    expect(variants.map(({ name }) => name)).to.include.members(judgedVariants);
  });

  for (const variant of variants) {
    const { name, facts, trials = {}, sources = {}, contradicted = [], asksFor = ['merlon-test-ca'] } = variant;
    describe(name, () => {
      it('is heard to ask for certificates of the authorities that it takes, where it speaks TLS 1.2', () => {
        const { tls } = observationOf(name).readings;
        const request = isRead(tls) ? tls.read.certificateRequest : tls;
        if (asksFor === UNKNOWN) {
          expect(request).to.have.property('missing').that.includes('it refuses TLS 1.2');
          return;
        }
        const { isAsked, authorities } = isRead(request) ? request.read : { isAsked: undefined, authorities: [] };
        expect(isAsked).to.equal(asksFor.length > 0);
        expect(authorities.map(printName)).to.have.members(asksFor);
      });

      it('serves what every API server of its version serves: discovery tells nothing of how it is set up', () => {
        const { emulatedVersion } = variant.start;
        const alike = variants.find(({ start }) => start.emulatedVersion === emulatedVersion) ?? variant;
        const { served } = observationOf(name);
        expect(served).to.include.members(['/v1/pods', 'apps/v1/deployments', 'policy/v1/poddisruptionbudgets']);
        expect(served).to.deep.equal(observationOf(alike.name).served);
      });

      it('is seen as it is', () => {
        const { readings, minorVersion } = observationOf(name);
        const evidence = concludeEvidence(readings);

        expect(valuesOf(evidence)).to.deep.equal({
          ...defaultFacts,
          minorVersion,
          binaryMinor: minorVersion,
          ...facts,
        });
        expect(sourcesOf(evidence, Object.keys(sources))).to.deep.equal(sources);
        expect(contradictedOf(evidence)).to.deep.equal(contradicted);
      });

      it('shows by pods that were tried which admission plugins it has, where neither flags nor metrics tell', () => {
        const { readings } = observationOf(name);
        const expected: Seen = { ...defaultTrials, ...trials };

        const values = valuesOf(concludeEvidence(withTrialsAlone(readings)));
        const seen = Object.keys(expected).map((fact) => [fact, values[fact]]);
        expect(Object.fromEntries(seen)).to.deep.equal(expected);
      });

      it('is judged so', () => {
        const { objects, readings } = observationOf(name);

        expect(judgeServer(objects, concludeEvidence(readings))).to.deep.equal({
          ...defaultVerdicts,
          ...verdictsOf(name),
        });
      });

      it('declares nothing of itself that is not so', () => {
        const { readings, declared } = observationOf(name);
        const evidence = concludeEvidence(withFlags(readings, declared));

        expect(declared.map((one) => isRead(one))).to.deep.equal([true, true, true]);
        expectOnlyUnknown(valuesOf(concludeEvidence(readings)), valuesOf(evidence));
        expect(contradictedOf(evidence)).to.deep.equal(contradicted);
      });

      it('has no other facts where sources tell nothing, only unknown ones', function () {
        this.timeout(60_000);
        const { readings, declared } = observationOf(name);
        const all = withFlags(readings, declared);
        const values = valuesOf(concludeEvidence(all));
        for (const fewer of withFewerSources(all)) expectOnlyUnknown(valuesOf(concludeEvidence(fewer)), values);
      });

      it('has no other verdicts where sources tell nothing, with what is declared and without', function () {
        this.timeout(60_000);
        const { objects, readings, declared } = observationOf(name);
        const verdictOfAll = judgeServer(objects, concludeEvidence(withFlags(readings, declared)));
        const judged = new Set<string>();
        for (const fewer of withFewerSources(readings)) {
          for (const flags of [declared, []]) {
            const evidence = concludeEvidence(withFlags(fewer, flags));
            const known = JSON.stringify([valuesOf(evidence), contradictedOf(evidence)]);
            if (judged.has(known)) continue;
            judged.add(known);
            expectOnlyUnknown(outcomesOf(judgeServer(objects, evidence)), outcomesOf(verdictOfAll));
          }
        }
      });

      it('is not seen otherwise an hour later', () => {
        const { readings } = observationOf(name);
        const later = concludeEvidence(anHourLater(readings));
        const values = valuesOf(concludeEvidence(readings));
        const differing = Object.entries(valuesOf(later)).filter(
          ([fact, value]) => values[fact] !== UNKNOWN && value !== values[fact],
        );

        expect(differing).to.deep.equal([]);
        for (const fewer of withFewerSources(anHourLater(readings))) {
          expectOnlyUnknown(valuesOf(concludeEvidence(fewer)), valuesOf(later));
        }
      });
    });
  }
});

function withFlags(readings: ServerReadings, more: ServerReadings['flags']): ServerReadings {
  return { ...readings, flags: [...readings.flags, ...more] };
}

function outcomesOf(verdicts: Seen): Seen {
  return Object.fromEntries(
    Object.entries(verdicts).map(([rule, verdict]) => [rule, String(verdict).replace(/:.*/, '')]),
  );
}
