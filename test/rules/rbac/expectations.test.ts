import { expectations } from '../../../src/rules/rbac/expectations.ts';
import { testRule } from '../rule-tester.ts';

/** A policy of namespace shop about its account web. */
function own(expectation: string): string {
  return `
kind: HardeningPolicy
metadata: { name: own, namespace: shop }
spec: { expectations: [{ subject: { kind: ServiceAccount, name: web }, ${expectation} }] }
`;
}

/** A policy of the cluster that knows of no authorizer but Node and RBAC. */
function ofCluster(
  subject: string,
  expectation: string,
  authorization = 'authorization: { modes: [Node, RBAC] }, ',
): string {
  return `
kind: ClusterHardeningPolicy
metadata: { name: strict }
spec: { ${authorization}expectations: [{ subject: ${subject}, ${expectation} }] }
`;
}

/** Nothing is expected of anybody; only what is known of the authorizers. */
const nodeAndRbac = `
---
kind: ClusterHardeningPolicy
metadata: { name: facts }
spec: { authorization: { modes: [Node, RBAC] } }
`;

const web = '{ kind: ServiceAccount, namespace: shop, name: web }';
const jane = '{ kind: User, name: jane, groups: [] }';
const listSecrets = 'deny: [{ verbs: [list], resources: [secrets] }]';

function role(name: string, rules: string, namespace = 'shop'): string {
  return `
---
kind: Role
metadata: { name: ${name}, namespace: ${namespace} }
rules: [${rules}]
`;
}
function clusterRole(name: string, rules: string): string {
  return `
---
kind: ClusterRole
metadata: { name: ${name} }
rules: [${rules}]
`;
}
function bound(
  name: string,
  roleRef: string,
  subject = '{ kind: ServiceAccount, name: web }',
  namespace = 'shop',
): string {
  return `
---
kind: RoleBinding
metadata: { name: ${name}, namespace: ${namespace} }
roleRef: ${roleRef}
subjects: [${subject}]
`;
}
function boundEverywhere(name: string, role: string, subject = web): string {
  return `
---
kind: ClusterRoleBinding
metadata: { name: ${name} }
roleRef: { kind: ClusterRole, name: ${role} }
subjects: [${subject}]
`;
}
const readsSecrets = '{ apiGroups: [""], resources: [secrets], verbs: [get, list] }';
const ofRole = (name: string): string => `{ kind: Role, name: ${name} }`;

testRule(expectations, [
  {
    name: 'what is denied and granted by a binding of the namespace fails, and names the binding and its role',
    yaml: own(listSecrets) + role('reader', readsSecrets) + bound('oops', ofRole('reader')),
    fails: [
      {
        path: 'spec.expectations[0].deny[0]',
        observed: 'RoleBinding "shop/oops" of Role "reader"',
        message:
          /^ServiceAccount "shop\/web" may list secrets in namespace "shop" by RoleBinding .*; HardeningPolicy "own" expects that it may not$/,
      },
    ],
  },
  {
    name: 'what is granted cluster-wide is told without the name of the binding',
    yaml: own(listSecrets) + clusterRole('peek', readsSecrets) + boundEverywhere('cluster-oops', 'peek'),
    fails: [
      {
        path: 'spec.expectations[0].deny[0]',
        observed: 'granted cluster-wide',
        message: /^(?!.*(cluster-oops|peek)).*granted cluster-wide; .*the cluster posture has the detail/,
      },
    ],
  },
  {
    name: 'and its resourceNames, which may be those of other namespaces, are not told',
    yaml:
      own('only: true') +
      clusterRole('peek', '{ apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [payroll] }') +
      boundEverywhere('cluster-oops', 'peek'),
    fails: [
      {
        path: 'spec.expectations[0].only',
        message: /^(?!.*payroll).*may get secrets of certain names, granted cluster/,
      },
    ],
  },
  {
    name: "in the cluster's posture the binding has its name, and the namespace's own expectation is no worse than a note",
    yaml: own(listSecrets) + clusterRole('peek', readsSecrets) + boundEverywhere('cluster-oops', 'peek'),
    posture: 'cluster',
    fails: [
      { path: 'spec.expectations[0].deny[0]', observed: 'ClusterRoleBinding "cluster-oops" of ClusterRole "peek"' },
    ],
  },
  {
    name: "in the cluster's posture nothing is said of bindings of the namespace",
    yaml: own(listSecrets) + role('reader', readsSecrets) + bound('oops', ofRole('reader')),
    posture: 'cluster',
    notApplicable: /judged in another posture/,
  },
  {
    name: 'that nothing is granted is no proof where another authorizer may allow it',
    yaml: own(listSecrets),
    unknown: /is not granted to list secrets .*as far as is known: .*spec\.authorization\.modes/,
  },
  {
    name: 'that nothing is granted counts where a cluster policy knows the authorizers',
    yaml: own(listSecrets) + nodeAndRbac,
    passes: true,
  },
  {
    name: 'a policy that knows of a webhook leaves it open',
    yaml: ofCluster(web, listSecrets, 'authorization: { modes: [Node, RBAC, Webhook] }, '),
    unknown: /Webhook may allow it: ClusterHardeningPolicy "strict"/,
  },
  {
    name: 'in files another binding may exist',
    yaml: own(listSecrets) + nodeAndRbac,
    isFromFiles: true,
    unknown: /not among the files/,
  },
  {
    name: 'bindings that may not be read leave it open',
    yaml: own(listSecrets) + nodeAndRbac,
    missing: [{ source: 'RoleBinding', state: 'forbidden', message: 'listing rolebindings is forbidden' }],
    unknown: /listing rolebindings is forbidden/,
  },
  {
    name: 'a role that is not among the files leaves it open',
    yaml: own('allow: [{ verbs: [list], resources: [pods] }]') + bound('viewers', '{ kind: ClusterRole, name: view }'),
    isFromFiles: true,
    unknown: /may not list pods in namespace "shop", as far as is known: ClusterRole "view" is not among the files/,
  },
  {
    name: 'a malformed role leaves it open',
    yaml:
      own(listSecrets) +
      nodeAndRbac +
      role('reader', '{ apiGroups: [""], resources: secrets, verbs: [get] }') +
      bound('oops', ofRole('reader')),
    isFromFiles: true,
    unknown: /role "reader" has rules that cannot be read/,
  },
  {
    name: 'to get one secret is a part of getting secrets',
    yaml:
      own('deny: [{ verbs: ["*"], resources: [secrets] }]') +
      role('one', '{ apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [tls] }') +
      bound('one', ofRole('one')),
    fails: [{ path: 'spec.expectations[0].deny[0]', message: /may get secrets named "tls" in namespace/ }],
  },
  {
    name: 'a resource is not its subresources',
    yaml:
      own('deny: [{ verbs: [create], resources: [pods] }]') +
      nodeAndRbac +
      role('exec', '{ apiGroups: [""], resources: [pods/exec], verbs: [create] }') +
      bound('exec', ofRole('exec')),
    passes: true,
  },
  {
    name: 'without groups a denial is about every group',
    yaml:
      own('deny: [{ verbs: [delete], resources: [deployments] }]') +
      role('ops', '{ apiGroups: [apps], resources: ["*"], verbs: ["*"] }') +
      bound('ops', ofRole('ops')),
    fails: [{ path: 'spec.expectations[0].deny[0]', message: /may delete deployments\.apps in namespace/ }],
  },
  {
    name: 'a denied word that nothing is called by leaves it open',
    yaml: own('deny: [{ verbs: [list], resources: [pod] }]') + nodeAndRbac,
    unknown:
      /is not granted to list pod .*: no resource of Kubernetes is called "pod"; write "pods", or its group if it is a custom resource$/,
  },
  {
    name: 'a custom resource may be called so: whoever is granted it breaks the denial',
    yaml:
      own('deny: [{ verbs: [list], resources: [pod] }]') +
      role('whales', '{ apiGroups: [whales.example.com], resources: [pod], verbs: [list] }') +
      bound('whales', ofRole('whales')),
    fails: [{ path: 'spec.expectations[0].deny[0]', message: /may list pod\.whales\.example\.com/ }],
  },
  {
    name: 'and with its group nothing is open',
    yaml: own('deny: [{ verbs: [list], apiGroups: [whales.example.com], resources: [pod] }]') + nodeAndRbac,
    passes: true,
  },
  {
    name: 'a resource that the denied group does not have leaves it open',
    yaml: own('deny: [{ verbs: [list], apiGroups: [""], resources: [pods, deployments] }]') + nodeAndRbac,
    unknown: /no resource of "" is called "deployments"; write "apps" in apiGroups, or its group/,
  },
  {
    name: 'a short name and a kind in lower case are no resources',
    yaml: own('deny: [{ verbs: [list], resources: [ns, ingress] }]') + nodeAndRbac,
    unknown: /is called "ns"; write "namespaces",.*is called "ingress"; write "ingresses",/,
  },
  {
    name: 'a denied name that is a pattern leaves it open',
    yaml: own('deny: [{ verbs: [get], resources: [secrets], names: ["db-*"] }]') + nodeAndRbac,
    unknown: /nothing is called "db-\*", as names are no patterns; leave names out/,
  },
  {
    name: 'what only authorizers are asked about, retired resources and subresources are in order',
    yaml:
      own(
        'deny: [{ verbs: [impersonate], resources: [users, signers, podsecuritypolicies, pods/exec, "*/scale"] }, { verbs: [use], apiGroups: [policy], resources: [podsecuritypolicies] }]',
      ) + nodeAndRbac,
    passes: true,
  },
  {
    name: 'what must be granted and is not fails, with what is missing of it',
    yaml:
      own('allow: [{ verbs: [get, list], resources: [pods, services] }]') +
      role(
        'pods',
        '{ apiGroups: [""], resources: [pods], verbs: [get, list] }, { apiGroups: [""], resources: [services], verbs: [get] }',
      ) +
      bound('pods', ofRole('pods')),
    fails: [
      {
        path: 'spec.expectations[0].allow[0]',
        message:
          /may not list services in namespace "shop", and HardeningPolicy "own" expects that it may: the grant is missing/,
      },
    ],
  },
  {
    name: 'what is granted to its group is granted',
    yaml:
      own('allow: [{ verbs: [list], resources: [pods] }]') +
      role('pods', '{ apiGroups: [""], resources: [pods], verbs: [list] }') +
      bound('all', ofRole('pods'), '{ kind: Group, name: "system:serviceaccounts:shop" }'),
    passes: true,
  },
  {
    name: 'all verbs, listed, are not every verb',
    yaml:
      own('allow: [{ verbs: ["*"], resources: [pods] }]') +
      role(
        'pods',
        '{ apiGroups: [""], resources: [pods], verbs: [get, list, watch, create, update, patch, delete, deletecollection] }',
      ) +
      bound('pods', ofRole('pods')),
    fails: ['spec.expectations[0].allow[0]'],
  },
  {
    name: 'a binding that refers to no role grants nothing',
    yaml: own('allow: [{ verbs: [list], resources: [pods] }]') + bound('pods', ofRole('gone')),
    fails: ['spec.expectations[0].allow[0]'],
  },
  {
    name: 'only what is listed may be granted, and a binding more is one violation',
    yaml:
      own('allow: [{ verbs: [list], resources: [pods] }], only: true') +
      nodeAndRbac +
      role('pods', '{ apiGroups: [""], resources: [pods], verbs: [list] }') +
      bound('pods', ofRole('pods')) +
      role('more', '{ apiGroups: ["", apps], resources: [pods, secrets], verbs: [get, list] }') +
      bound('more', ofRole('more')),
    fails: [
      {
        path: 'spec.expectations[0].only',
        observed: 'RoleBinding "shop/more" of Role "more"',
        message:
          /may get pods; get, list secrets; get, list pods\.apps, secrets\.apps in namespace "shop" by RoleBinding/,
      },
    ],
  },
  {
    name: 'what every service account may do is no grant beyond the list',
    yaml:
      own('only: true') +
      nodeAndRbac +
      clusterRole(
        'system:basic-user',
        '{ apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews], verbs: [create] }',
      ) +
      boundEverywhere('system:basic-user', 'system:basic-user', '{ kind: Group, name: "system:authenticated" }'),
    passes: true,
  },
  {
    name: 'a role of the name of a default one that grants more is told',
    yaml:
      own('only: true') +
      clusterRole('system:basic-user', readsSecrets) +
      boundEverywhere('system:basic-user', 'system:basic-user', '{ kind: Group, name: "system:authenticated" }'),
    fails: [{ path: 'spec.expectations[0].only', message: /may get, list secrets, granted cluster-wide/ }],
  },
  {
    name: 'a URL that a RoleBinding seems to grant is not granted',
    yaml:
      own('only: true') +
      nodeAndRbac +
      clusterRole('metrics', '{ nonResourceURLs: ["/metrics"], verbs: [get] }') +
      bound('metrics', '{ kind: ClusterRole, name: metrics }'),
    passes: true,
  },
  {
    name: 'a cluster policy denies a service account something in any namespace, and the cluster posture names the place',
    yaml:
      ofCluster(web, listSecrets) +
      role('reader', readsSecrets, 'vault') +
      bound('into-vault', ofRole('reader'), web, 'vault'),
    posture: 'cluster',
    fails: [{ path: 'spec.expectations[0].deny[0]', observed: 'RoleBinding "vault/into-vault" of Role "reader"' }],
  },
  {
    name: "in the posture of its namespace another namespace's binding is not told",
    yaml:
      ofCluster(web, listSecrets) +
      role('reader', readsSecrets, 'vault') +
      bound('into-vault', ofRole('reader'), web, 'vault'),
    passes: true,
  },
  {
    name: 'cluster-wide is more than in one namespace',
    yaml:
      ofCluster(web, 'allow: [{ verbs: [list], resources: [pods], namespace: shop }], only: true') +
      clusterRole('pods', '{ apiGroups: [""], resources: [pods], verbs: [list] }') +
      boundEverywhere('pods', 'pods'),
    posture: 'cluster',
    fails: [{ path: 'spec.expectations[0].only', observed: 'ClusterRoleBinding "pods" of ClusterRole "pods"' }],
  },
  {
    name: 'a grant that is expected cluster-wide is not there where one namespace has it',
    yaml:
      ofCluster(web, 'allow: [{ verbs: [list], resources: [pods] }]') +
      role('pods', '{ apiGroups: [""], resources: [pods], verbs: [list] }') +
      bound('pods', ofRole('pods')),
    posture: 'cluster',
    fails: [{ path: 'spec.expectations[0].allow[0]', message: /may not list pods cluster-wide/ }],
  },
  {
    name: 'of a user whose groups are not stated nothing is certain but what it is granted',
    yaml: ofCluster('{ kind: User, name: jane }', listSecrets),
    unknown: /in which groups it comes is not known; state them in subject\.groups/,
  },
  { name: 'a user whose groups are stated is as certain as any', yaml: ofCluster(jane, listSecrets), passes: true },
  {
    name: 'a user is granted what its groups are',
    yaml:
      ofCluster('{ kind: User, name: jane, groups: [ops] }', listSecrets) +
      clusterRole('peek', readsSecrets) +
      boundEverywhere('ops', 'peek', '{ kind: Group, name: ops }'),
    fails: [
      {
        path: 'spec.expectations[0].deny[0]',
        observed: 'ClusterRoleBinding "ops" of ClusterRole "peek" to Group "ops"',
      },
    ],
  },
  {
    name: 'a user called like a service account is that service account',
    yaml:
      ofCluster('{ kind: User, name: "system:serviceaccount:shop:web" }', listSecrets) +
      role('reader', readsSecrets) +
      bound('oops', ofRole('reader')),
    fails: [{ path: 'spec.expectations[0].deny[0]', message: /^ServiceAccount "shop\/web" may list secrets/ }],
  },
  {
    name: 'a group named like a user is nobody',
    yaml:
      ofCluster('{ kind: User, name: "system:anonymous" }', listSecrets) +
      clusterRole('peek', readsSecrets) +
      boundEverywhere('peek', 'peek', '{ kind: Group, name: "system:anonymous" }'),
    passes: true,
  },
  {
    name: 'who is in system:masters may do everything',
    yaml: ofCluster('{ kind: Group, name: "system:masters" }', listSecrets),
    fails: [{ path: 'spec.expectations[0].deny[0]', message: /may do everything whatever RBAC grants/ }],
  },
  {
    name: 'a URL is granted by what begins like it',
    yaml:
      ofCluster('{ kind: Group, name: monitors }', 'deny: [{ verbs: [get], urls: ["/logs/kubelet"] }]') +
      clusterRole('logs', '{ nonResourceURLs: ["/logs/*"], verbs: [get] }') +
      boundEverywhere('logs', 'logs', '{ kind: Group, name: monitors }'),
    fails: [
      { path: 'spec.expectations[0].deny[0]', message: /may get \/logs\/kubelet cluster-wide by ClusterRoleBinding/ },
    ],
  },
  {
    name: 'nodes are allowed more than RBAC grants',
    yaml: ofCluster('{ kind: Group, name: "system:nodes" }', listSecrets),
    unknown: /the Node authorizer allows nodes what they need/,
  },
]);
