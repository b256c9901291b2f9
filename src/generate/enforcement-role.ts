/**
 * Prints the right to apply admission policies, from the names that these can have. Nobody has it by default: whoever may
 * write them may refuse anything to anybody, and whoever may write mutating ones may become anybody.
 */
import {
  ENFORCEMENT_ROLE,
  MUTATING_ENFORCEMENT_ROLE,
  OPERATOR_NAME,
  OPERATOR_NAMESPACE,
  shippedLabels,
} from '../api/v1alpha1/group.ts';
import { kinds } from '../core/kinds.ts';
import { knownPolicies } from '../enforcement/plan/planned-enforcement.ts';
import type { KnownPolicy } from '../enforcement/plan/known-policy.ts';
import { formatFile, printYaml } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';
import type { Grant } from './operator-role.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';

/** Those that change objects are granted by themselves: who validates need not be able to mutate. */
const roles = [
  {
    kind: 'ValidatingAdmissionPolicy',
    name: ENFORCEMENT_ROLE,
    path: 'config/enforcement/rights.yaml',
    why: `# Equal to cluster-admin: whoever may create admission policies may refuse anything to anybody, and what they say nobody
# checks. docs/enforcement.md tells what Merlon does with it, and how to do without.
`,
  },
  {
    kind: 'MutatingAdmissionPolicy',
    name: MUTATING_ENFORCEMENT_ROLE,
    path: 'config/enforcement/mutating/rights.yaml',
    why: `# Equal to cluster-admin: whoever may create mutating admission policies changes whatever anybody creates, and what they
# say nobody checks. docs/enforcement.md tells what Merlon does with it, and how to do without.
`,
  },
] as const;

/** @returns nothing where there is no policy of that kind */
export function buildEnforcementGrants(kind: KnownPolicy['kind']): readonly Grant[] {
  const known = knownPolicies.filter((one) => one.kind === kind);
  if (known.length === 0) return [];
  const [policies, bindings] = [kinds[kind].plural, kinds[`${kind}Binding`].plural];
  const verbs = ['get', 'patch', 'delete'];
  const pods: Grant = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
  return [
    // A name cannot restrict create: it is not known yet.
    { apiGroups: [ADMISSION], resources: [policies, bindings], verbs: ['create'] },
    { apiGroups: [ADMISSION], resources: [policies], resourceNames: known.map(({ name }) => name), verbs },
    {
      apiGroups: [ADMISSION],
      resources: [bindings],
      resourceNames: known.flatMap((one) => one.bindings),
      verbs,
    },
    // The API server takes a policy whose parameters are pods only from who may get each of them, and list them, which
    // the operator may anyway.
    ...(kind === 'ValidatingAdmissionPolicy' ? [pods] : []),
  ];
}

export async function buildEnforcementRoleFiles(): Promise<readonly GeneratedFile[]> {
  const files = roles.map(async ({ kind, name, path, why }) => {
    const rules = buildEnforcementGrants(kind);
    if (rules.length === 0) return [];
    const metadata = { name, labels: { 'app.kubernetes.io/name': OPERATOR_NAME, ...shippedLabels } };
    const documents = [
      { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules },
      {
        apiVersion: `${RBAC}/v1`,
        kind: 'ClusterRoleBinding',
        metadata,
        roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
        subjects: [{ kind: 'ServiceAccount', name: OPERATOR_NAME, namespace: OPERATOR_NAMESPACE }],
      },
    ];
    return [await formatFile(path, header + why + documents.map(printYaml).join('---\n'))];
  });
  return (await Promise.all(files)).flat();
}

const header = `# GENERATED from src/generate/enforcement-role.ts by "make generate".
`;
