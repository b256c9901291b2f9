/** Required by .mocharc.json: every run can have a shared cluster, and only one that asks for it gets it. */
import { offerSharedCluster } from './shared-cluster.ts';

let end: (() => Promise<void>) | undefined;

export async function mochaGlobalSetup(): Promise<void> {
  end = await offerSharedCluster();
}

export async function mochaGlobalTeardown(): Promise<void> {
  await end?.();
}
