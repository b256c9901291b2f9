/**
 * Words of a denial that are in order and yet mean nothing that is served: `pod`, `ns`, or `deployments` of the core group.
 * A custom resource may be called so, which is why the judgement is open and the policy is not refused.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { apiResources, isBuiltInGroup } from './api-resources.ts';
import { nameProblem } from './dead-names.ts';
import { buildResourceTable } from './resource-table.ts';
import type { ResourceTable } from './resource-table.ts';

/**
 * @param denied with `*` in apiGroups for every group
 * @returns for each word why it may never be granted, and what to write
 */
export function findMisnamed(denied: PolicyRule): readonly string[] {
  const { apiGroups = [], resources = [], resourceNames = [] } = denied;
  return [
    ...resources.flatMap((resource) => misnamedResource(resource, apiGroups) ?? []),
    ...resourceNames
      .filter((name) => nameProblem(name, denied) !== undefined)
      .map((name) => `nothing is called ${JSON.stringify(name)}, as names are no patterns; leave names out`),
  ];
}

/** @returns undefined where it is served, or where nothing that is served can be meant */
function misnamedResource(written: string, groups: readonly string[]): string | undefined {
  const [resource = ''] = written.split('/');
  const isOfAny = groups.includes('*');
  if (!isOfAny && !groups.every(isBuiltInGroup)) return undefined;
  const meant = table().resolve(resource);
  if (meant === undefined || (isOfAny && meant.resource === resource)) return undefined;
  if (groups.some((group) => table().isNamespaced(group, resource) !== undefined)) return undefined;
  const plural = meant.resource === resource ? '' : `${JSON.stringify(meant.resource)}, `;
  const group = groups.includes(meant.group) || isOfAny ? '' : `${JSON.stringify(meant.group)} in apiGroups, `;
  const what = isOfAny ? 'of Kubernetes' : `of ${groups.map((one) => JSON.stringify(one)).join(' and ')}`;
  return `no resource ${what} is called ${JSON.stringify(resource)}; write ${plural}${group}or its group if it is a custom resource`;
}

let built: ResourceTable | undefined;

function table(): ResourceTable {
  built ??= buildResourceTable(apiResources);
  return built;
}
