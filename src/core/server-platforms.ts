/** How a repair of the API server is written down, by who starts it. */
import { k3s } from './platforms/k3s.ts';
import { kops } from './platforms/kops.ts';
import { kubeadm } from './platforms/kubeadm.ts';
import { managed } from './platforms/managed.ts';
import type { PlatformKnowledge, RepairGuide } from './platforms/platform.ts';
import { talos } from './platforms/talos.ts';
import { platforms } from './server-repair.ts';
import type { Platform, ServerRepair } from './server-repair.ts';

export type { Manifest, RepairGuide } from './platforms/platform.ts';

const knowledge: { readonly [P in Platform]: PlatformKnowledge } = { kubeadm, k3s, talos, kops, managed };

export function titleOf(platform: Platform): string {
  return knowledge[platform].title;
}

/** In one line each, for a terminal. */
export function briefRepair(repair: ServerRepair): readonly { readonly title: string; readonly text: string }[] {
  return platforms.map((platform) => ({ title: titleOf(platform), text: briefOf(platform, repair) }));
}

function briefOf(platform: Platform, repair: ServerRepair): string {
  return repair.own?.[platform] ?? knowledge[platform].brief(repair);
}

/**
 * @param printYaml for a file that stands as text in another
 * @returns what somebody offers in place of flags, or where the flags are written down
 */
export function guideRepair(
  platform: Platform,
  repair: ServerRepair,
  printYaml: (value: unknown) => string,
): RepairGuide {
  const own = repair.own?.[platform];
  return own === undefined || platform === 'managed'
    ? knowledge[platform].guide(repair, printYaml)
    : { paragraphs: [own], manifests: [] };
}
