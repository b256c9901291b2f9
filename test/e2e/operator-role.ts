/** Takes rights away from the operator, and gives them back. */
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient } from '../support/api-client.ts';

interface PolicyRule {
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/**
 * Takes what a rule says about one resource, or one URL, out of the operator's role.
 *
 * @param what as `pods`, or `/flagz`
 * @returns gives it back
 */
export async function revoke(client: ApiClient, what: string): Promise<() => Promise<void>> {
  const roles = client.resource('rbac.authorization.k8s.io/v1', 'clusterroles');
  const role = bodyOf('read the role', await roles.get('merlon'));
  const rules = role['rules'] as readonly PolicyRule[];
  const rest = rules
    .map(({ resources, nonResourceURLs, ...rule }) => ({
      ...rule,
      ...(resources === undefined ? {} : { resources: resources.filter((one) => one !== what) }),
      ...(nonResourceURLs === undefined ? {} : { nonResourceURLs: nonResourceURLs.filter((one) => one !== what) }),
    }))
    .filter(({ resources, nonResourceURLs }) => (resources ?? nonResourceURLs)?.length !== 0);
  const set = async (value: unknown) => {
    bodyOf('change the role', await roles.patch('merlon', { rules: value }));
  };
  await set(rest);
  return () => set(rules);
}
