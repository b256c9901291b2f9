import { expect } from 'chai';

import { clampVersion, LATEST_VERSION, parsePolicyVersion, printVersion } from '../../src/pod-security/version.ts';
import type { PolicyVersion } from '../../src/pod-security/version.ts';

describe('a version of the Pod Security Standards', () => {
  const labels: readonly (readonly [string, PolicyVersion | 'latest' | undefined])[] = [
    ['latest', 'latest'],
    ['v1.0', 0],
    ['v1.9', 9],
    ['v1.37', 37],
    ['v1.100', 100],
    ['v1.9223372036854775807', 2 ** 63],
    ['v1.9223372036854775808', undefined],
    ['v1.037', undefined],
    ['v1.00', undefined],
    ['v1.', undefined],
    ['v1.3 ', undefined],
    ['v1.3\n', undefined],
    ['v1.-1', undefined],
    ['v1.1.0', undefined],
    ['v2.0', undefined],
    ['V1.0', undefined],
    ['1.0', undefined],
    ['Latest', undefined],
    ['', undefined],
    ['v1.\u0663', undefined],
  ];
  for (const [label, version] of labels) {
    it(`${JSON.stringify(label)} reads as ${String(version)}`, () => {
      expect(parsePolicyVersion(label)).to.equal(version);
    });
  }

  it('no API server runs the checks of one that is newer than itself', () => {
    expect(clampVersion('latest', 33)).to.equal(33);
    expect(clampVersion(37, 33)).to.equal(33);
    expect(clampVersion(33, 33)).to.equal(33);
    expect(clampVersion(20, 33)).to.equal(20);
  });

  it('no version is newer than the newest that is known here', () => {
    expect(clampVersion('latest', 40)).to.equal(LATEST_VERSION);
    expect(clampVersion(39, 40)).to.equal(LATEST_VERSION);
  });

  it('is printed as labels write it', () => {
    expect(printVersion('latest')).to.equal('latest');
    expect(printVersion(7)).to.equal('v1.7');
  });
});
