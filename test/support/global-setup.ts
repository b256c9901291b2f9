/** Required by .mocharc.json: every run can have a shared cluster, and only one that asks for it gets it. */
import { offerSharedCluster } from './shared-cluster.ts';

let end: (() => Promise<void>) | undefined;

export async function mochaGlobalSetup(): Promise<void> {
  // No control plane lives for long enough to have garbage that is worth its time: a sixth of what a start costs.
  process.env['GOGC'] ??= '400';
  end = await offerSharedCluster();
}

export async function mochaGlobalTeardown(): Promise<void> {
  await end?.();
}
