/** What a preview says of a live cluster, and what that cluster answers on trial once what was previewed is in force. */
import { expect } from 'chai';

import { runMerlon } from '../cli/merlon-process.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { applyYaml } from './guarded-cluster.ts';

export interface Previewed {
  readonly refused: readonly { readonly subject: { readonly kind: string; readonly name: string } }[];
  readonly undecided: readonly unknown[];
}

export interface Preview {
  readonly cluster?: Previewed;
  readonly namespaces: readonly (Previewed & { readonly namespace: string; readonly wouldRefuse: number })[];
}

/** As `Kind name`, sorted. */
export function namesOf({ refused }: Previewed): readonly string[] {
  return refused.map(({ subject }) => `${subject.kind} ${subject.name}`).toSorted();
}

/** @param cluster as `useControlPlane` gives it */
export function usePreview(cluster: () => ControlPlane) {
  async function preview(...args: readonly string[]): Promise<Preview> {
    const all = ['enforce', '--preview', '-o', 'json', '--kubeconfig', cluster().adminKubeconfig, ...args];
    const { stdout, stderr } = await runMerlon(all);
    expect(stderr).to.equal('');
    return JSON.parse(stdout) as Preview;
  }

  async function enforce(...args: readonly string[]): Promise<void> {
    await applyYaml(cluster(), (await runMerlon(['enforce', '-o', 'yaml', ...args])).stdout);
  }

  async function tryCreate(path: string, body: object): Promise<string> {
    const answer = await cluster().client.request('POST', `${path}?dryRun=All`, { body });
    return `${answer.status} ${String(answer.body['message'])}`;
  }

  return { preview, enforce, tryCreate };
}
