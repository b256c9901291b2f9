/** Takes rights away from the operator, and gives them back. */
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient } from '../support/api-client.ts';

/** Takes what a rule says about one resource out of the operator's role. @returns gives it back */
export async function revoke(client: ApiClient, resource: string): Promise<() => Promise<void>> {
  const roles = client.resource('rbac.authorization.k8s.io/v1', 'clusterroles');
  const role = bodyOf('read the role', await roles.get('merlon'));
  const rules = role['rules'] as readonly { readonly resources?: readonly string[] }[];
  // A rule without resources is about URLs.
  const rest = rules
    .map((rule) =>
      rule.resources === undefined ? rule : { ...rule, resources: rule.resources.filter((one) => one !== resource) },
    )
    .filter(({ resources }) => resources?.length !== 0);
  const set = async (value: unknown) => {
    bodyOf('change the role', await roles.patch('merlon', { rules: value }));
  };
  await set(rest);
  return () => set(rules);
}
