import { dump } from 'js-yaml';

import { baselineOf } from '../../../src/rbac/predefined/baseline.ts';
import { predefinedMissing } from '../../../src/rules/rbac/predefined-missing.ts';
import { testRule } from '../rule-tester.ts';

/** All that a fresh 1.37 has, without what is named; the API server has no document, so nothing stands first. */
function fresh(...without: readonly string[]): string {
  const { ClusterRole = [], ClusterRoleBinding = [] } = baselineOf(37) ?? {};
  const documents = [
    ...ClusterRole.map(({ name }) => ({ kind: 'ClusterRole', metadata: { name } })),
    ...ClusterRoleBinding.map(({ name, roleRef }) => ({ kind: 'ClusterRoleBinding', metadata: { name }, roleRef })),
  ].filter(({ kind, metadata }) => !without.includes(`${kind}/${metadata.name}`));
  return documents.map((document) => dump(document)).join('---\n');
}

const everything = fresh();

testRule(predefinedMissing, [
  { name: 'a cluster with all that Kubernetes creates passes', yaml: everything, podSecurityVersion: 37, passes: true },
  {
    name: 'each role and binding that is not there is named',
    yaml: fresh('ClusterRole/view', 'ClusterRoleBinding/system:discovery'),
    podSecurityVersion: 37,
    fails: [
      {
        path: 'ClusterRole/view',
        message: /^ClusterRole "view" does not exist, and Kubernetes 1\.37 creates it; restart the API server/,
      },
      'ClusterRoleBinding/system:discovery',
    ],
  },
  {
    name: 'from files nothing is known to be missing',
    yaml: '',
    isFromFiles: true,
    notApplicable: /part of anything/,
  },
  {
    name: 'without a baseline of that version it is not known',
    yaml: everything,
    podSecurityVersion: 12,
    unknown: /no baseline of Kubernetes 1\.12/,
  },
  {
    name: 'where bindings could not be read it is not known',
    yaml: everything,
    podSecurityVersion: 37,
    missing: [{ source: 'ClusterRoleBinding', state: 'forbidden', message: 'listing is forbidden' }],
    unknown: /listing is forbidden/,
  },
  {
    name: 'without the version it is not known',
    yaml: everything,
    missing: [{ source: 'ServerVersion', state: 'unobserved', message: 'nobody said' }],
    unknown: /nobody said/,
  },
]);
