/** What is recorded of the release that runs here is what a fresh control plane of it has. */
import { readFile } from 'node:fs/promises';

import { expect } from 'chai';

import { apiResources } from '../../../src/rbac/api-resources.ts';
import { skipUnlessMet } from '../../support/integration.ts';
import { baselinePath, printBaseline } from './baseline-file.ts';
import { mergeApiResources } from './read-api-resources.ts';
import { recordBaseline } from './record-baseline.ts';
import type { Recording } from './record-baseline.ts';

// A first run may have to build the control plane.
const startTimeoutMs = 60 * 60_000;

describe('the baselines of RBAC', () => {
  let recording: Recording;
  before('a fresh control plane', async function () {
    this.timeout(startTimeoutMs);
    skipUnlessMet(this, ['own', 'build']);
    recording = await recordBaseline();
  });

  it('are what a fresh control plane has', async () => {
    const { minor, baseline } = recording;
    const release = baseline.release;
    const recorded = await readFile(baselinePath(minor), 'utf8').catch(() => 'not recorded');
    expect(recorded, `stale; make baselines VERSION=${release}`).to.equal(printBaseline(baseline));
  });

  it('know every resource that it serves', () => {
    const { baseline, resources } = recording;
    const merged = mergeApiResources([apiResources, resources]);
    expect(merged, `stale; make baselines VERSION=${baseline.release}`).to.deep.equal(apiResources);
  });

  it('hold more than a handful of roles, bindings and resources', () => {
    const { baseline, resources } = recording;
    expect(baseline.ClusterRole).to.have.length.above(60);
    expect(baseline.ClusterRoleBinding).to.have.length.above(40);
    expect(baseline.Role).to.have.length.above(5);
    expect(baseline.RoleBinding).to.have.length.above(5);
    expect(resources).to.have.length.above(50);
  });
});
