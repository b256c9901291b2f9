/** What the two checks of added capabilities have in common. */
import { violation } from '../core/rule.ts';
import type { Violation } from '../core/rule.ts';
import type { PlacedContainer } from '../core/containers.ts';
import { nameContainers, quoteEach, sortDistinct } from './wording.ts';

/** Each capability that the container adds and that is not allowed. */
export function findAddedCapabilities(
  { path, container }: PlacedContainer,
  isAllowed: (capability: string) => boolean,
): Violation[] {
  return (container.securityContext?.capabilities?.add ?? []).flatMap((capability, index) =>
    isAllowed(capability)
      ? []
      : violation(
          `${path}.securityContext.capabilities.add[${index}]`,
          capability,
          `container "${container.name}" adds capability ${JSON.stringify(capability)}; remove it`,
        ),
  );
}

/** @param added what `findAddedCapabilities` found in those containers */
export function printAdded(containers: readonly PlacedContainer[], added: readonly Violation[]): string {
  const capabilities = sortDistinct(added.map(({ observed }) => observed ?? ''));
  return `${nameContainers(containers)} must not include ${quoteEach(capabilities)} in securityContext.capabilities.add`;
}
