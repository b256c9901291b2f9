/** What exemptions may ask of a workload that its findings do not say. */
import type { PodTemplate } from './pod-template.ts';
import { readOr } from './shape.ts';
import { accountNameOf, isMirrorPod } from './token-mounts.ts';
import { containerNamesAt } from './violating-container.ts';
import { isOwnerUnread } from './workload.ts';
import type { Workload } from './workload.ts';

/** Which container a violation is in, by its path: several where revisions differ, none where it is in no container. */
export type ContainersAt = (path: string) => readonly string[];

export interface ExemptedWorkload {
  readonly containersAt: ContainersAt;
  /**
   * The service accounts that it runs as, or would run as next; "" is what a static pod has, and undefined what cannot be
   * read.
   */
  readonly accounts: () => readonly (string | undefined)[];
  /** Whether nothing is known of its owner: then what stands at the object is only what stands at one of its pods. */
  readonly isOwnerUnread: boolean;
  /** What its owner would run next. */
  readonly template?: PodTemplate;
}

export function toExempted(workload: Workload): ExemptedWorkload {
  const { template, running } = workload;
  const templates = (): readonly PodTemplate[] => [
    ...(template === undefined ? [] : [template]),
    ...running.map((one) => one.template),
  ];
  return {
    containersAt: (path) => containerNamesAt(templates(), path),
    accounts: () => [...new Set(templates().map(accountAt))],
    isOwnerUnread: isOwnerUnread(workload),
    ...(template === undefined ? {} : { template }),
  };
}

function accountAt(template: PodTemplate): string | undefined {
  return readOr(
    () => (isMirrorPod(template) ? '' : accountNameOf(template)),
    () => undefined,
  );
}
