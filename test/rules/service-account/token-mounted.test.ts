import { tokenMounted } from '../../../src/rules/service-account/token-mounted.ts';
import { everythingAllowed } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

/** A pod of the account `web`, as its manifest says it. */
const pod = (spec = '', metadata = '') => `
kind: Pod
metadata: { name: web, namespace: shop${metadata} }
spec:
  serviceAccountName: web
  containers:
    - { name: web }
${spec}
`;
const admitted = ', uid: 7d4c';
const refuses = '  automountServiceAccountToken: false';
const account = (more = '') => `---
kind: ServiceAccount
metadata: { name: web, namespace: shop }
${more}
`;
const role = `---
kind: Role
metadata: { name: reader, namespace: shop }
rules: [{ verbs: [get], apiGroups: [''], resources: [configmaps] }]
`;
const bound = (subject: string, namespace = 'shop') => `---
kind: RoleBinding
metadata: { name: reader, namespace: ${namespace} }
roleRef: { kind: Role, name: reader }
subjects: [${subject}]
`;
const toWeb = '{ kind: ServiceAccount, name: web, namespace: shop }';
const toAll = '{ kind: Group, name: system:serviceaccounts }';
const setting = 'spec.automountServiceAccountToken';

/** The volume that the API server puts into each pod. */
const added = `  volumes:
    - name: kube-api-access-x7k2p
      projected:
        sources:
          - serviceAccountToken: { path: token, expirationSeconds: 3607 }
`;
const addedTo = (more = '') => `
kind: Pod
metadata: { name: web, namespace: shop, uid: 7d4c }
spec:
  serviceAccountName: web
${more}
  containers:
    - name: web
      volumeMounts:
        - { name: kube-api-access-x7k2p, mountPath: /var/run/secrets/kubernetes.io/serviceaccount }
${added}
`;
const projected = (token: string, mount = 'web') => `
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  serviceAccountName: web
  automountServiceAccountToken: false
  containers:
    - name: web
      volumeMounts:
        - { name: ${mount}, mountPath: /tokens }
  volumes:
    - name: web
      projected:
        sources:
          - configMap: {}
          - serviceAccountToken: ${token}
`;
const source = 'spec.volumes[0].projected.sources[1].serviceAccountToken';

testRule(tokenMounted, [
  {
    name: 'a pod that says nothing gets the token, and its account was granted nothing',
    yaml: pod() + account(),
    fails: [
      {
        path: setting,
        severity: 'low',
        message:
          /^the pod is given the API token of service account "web", because it does not refuse it, and nothing is/,
      },
    ],
  },
  {
    name: 'a pod that asks for the token gets it, whatever its account says',
    yaml: pod('  automountServiceAccountToken: true') + account('automountServiceAccountToken: false'),
    fails: [{ path: setting, observed: 'true', severity: 'low', message: /as it asks to be/ }],
  },
  {
    name: 'a pod that refuses the token passes, whatever its account says',
    yaml: pod(refuses) + account(),
    passes: true,
  },
  {
    name: 'the account decides for a pod that says nothing',
    yaml: pod() + account('automountServiceAccountToken: false'),
    passes: true,
  },
  {
    name: 'an account that asks for the token is asked as well',
    yaml: pod() + account('automountServiceAccountToken: true'),
    fails: [{ path: setting, severity: 'low' }],
  },
  {
    name: 'the account of the same name in another namespace is another',
    yaml: `${pod()}---
kind: ServiceAccount
metadata: { name: web, namespace: bank }
automountServiceAccountToken: false
`,
    fails: [{ path: setting, severity: 'low' }],
  },
  {
    name: 'a token that opens what its account was granted is there for a purpose',
    yaml: pod() + account() + role + bound(toWeb),
    passes: true,
  },
  {
    name: 'a grant cluster-wide is one, too',
    yaml: `${pod()}${account()}---
kind: ClusterRole
metadata: { name: reader }
rules: [{ verbs: [get], nonResourceURLs: [/metrics] }]
---
kind: ClusterRoleBinding
metadata: { name: reader }
roleRef: { kind: ClusterRole, name: reader }
subjects: [${toWeb}]
`,
    passes: true,
  },
  {
    name: 'a grant to its user name is one, too',
    yaml: pod() + account() + role + bound('{ kind: User, name: "system:serviceaccount:shop:web" }'),
    passes: true,
  },
  {
    name: 'what another namespace grants is not looked at',
    yaml: pod() + account() + role.replace('namespace: shop', 'namespace: bank') + bound(toWeb, 'bank'),
    fails: [{ path: setting, severity: 'low', message: /neither in its namespace nor cluster-wide/ }],
  },
  {
    name: 'a binding to a role that does not exist grants nothing',
    yaml: pod() + account() + bound(toWeb),
    fails: [{ path: setting, severity: 'low' }],
  },
  {
    name: 'a role without rules grants nothing',
    yaml: `${pod()}${account()}---
kind: Role
metadata: { name: reader, namespace: shop }
${bound(toWeb)}`,
    fails: [{ path: setting, severity: 'low' }],
  },
  {
    name: 'what every account has is nothing, whatever the role is called',
    yaml: `${pod()}${account()}---
kind: ClusterRole
metadata: { name: self-service }
rules:
  - { verbs: [get], nonResourceURLs: [/api/*, /healthz] }
  - { verbs: [create], apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews] }
---
kind: ClusterRoleBinding
metadata: { name: everybody }
roleRef: { kind: ClusterRole, name: self-service }
subjects: [${toWeb}]
`,
    fails: [{ path: setting, severity: 'low' }],
  },
  {
    name: 'a well-known name with more rules is more',
    yaml: `${pod()}${account()}---
kind: ClusterRole
metadata: { name: system:basic-user }
rules: [{ verbs: [list], apiGroups: [''], resources: [nodes] }]
---
kind: ClusterRoleBinding
metadata: { name: system:basic-user }
roleRef: { kind: ClusterRole, name: system:basic-user }
subjects: [{ kind: Group, name: system:authenticated }]
`,
    fails: [{ path: setting, severity: 'medium', message: /it may do only what is granted to all accounts/ }],
  },
  {
    name: 'a URL in a RoleBinding is nothing, because such a request has no namespace',
    yaml: `${pod()}${account()}---
kind: ClusterRole
metadata: { name: reader }
rules: [{ verbs: [get], nonResourceURLs: [/metrics] }]
---
kind: RoleBinding
metadata: { name: reader, namespace: shop }
roleRef: { kind: ClusterRole, name: reader }
subjects: [${toWeb}]
`,
    fails: [{ path: setting, severity: 'low' }],
  },
  {
    name: 'what was granted to all accounts is worse than nothing, and nobody granted it to this one',
    yaml: pod() + account() + role + bound(toAll),
    fails: [{ path: setting, severity: 'medium', message: /granted to all accounts, which nobody granted to it/ }],
  },
  {
    name: 'while the API server allows everything every token is critical',
    yaml: pod() + account() + role + bound(toWeb),
    evidence: everythingAllowed(true),
    fails: [
      { path: setting, severity: 'critical', message: /the API server allows everything to whoever has a token/ },
    ],
  },
  {
    name: 'a pod without a token is none of the API server that allows everything',
    yaml: pod(refuses) + account(),
    evidence: everythingAllowed(true),
    passes: true,
  },
  {
    name: 'an API server that nobody could ask changes nothing',
    yaml: pod() + account(),
    evidence: everythingAllowed('unobserved'),
    fails: [{ path: setting, severity: 'low', message: /nothing is granted to that account/ }],
  },
  {
    name: 'something mounted where the token would be keeps it away',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  containers:
    - name: web
      volumeMounts:
        - { name: empty, mountPath: /var/run/secrets/kubernetes.io/serviceaccount }
  volumes:
    - { name: empty, emptyDir: {} }
`,
    passes: true,
  },
  {
    name: 'of two containers one without such a mount is enough',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  initContainers:
    - { name: prepare }
  containers:
    - name: web
      volumeMounts:
        - { name: empty, mountPath: /var/run/secrets/kubernetes.io/serviceaccount }
  volumes:
    - { name: empty, emptyDir: {} }
`,
    fails: [{ path: setting, severity: 'low', message: /service account "default"/ }],
  },
  {
    name: 'a running pod has the token that the API server put into it, whatever is said since',
    yaml: addedTo() + account('automountServiceAccountToken: false'),
    fails: [{ path: setting, severity: 'low' }],
  },
  {
    name: 'a running pod into which none was put has none, whatever is said since',
    yaml: pod('', admitted) + account('automountServiceAccountToken: true'),
    passes: true,
  },
  {
    name: 'a token that the pod asks for itself comes although it refuses that of the account',
    yaml: projected('{ path: token }') + account(),
    fails: [
      { path: source, severity: 'low', message: /asks for an API token .*whatever automountServiceAccountToken says/ },
    ],
  },
  {
    name: 'a token for the API server by its name is one for the API server',
    yaml: projected('{ path: token, audience: "https://kubernetes.default.svc.cluster.local" }') + account(),
    fails: [{ path: source, severity: 'low' }],
  },
  {
    name: 'a token for somebody else opens nothing here',
    yaml: projected('{ path: token, audience: vault }') + account(),
    passes: true,
  },
  {
    name: 'a token for somebody else is taken for one of the API server where clients look for one',
    yaml:
      projected('{ path: token, audience: "https://oidc.example.com/id/1" }').replace(
        '/tokens',
        '/var/run/secrets/kubernetes.io/serviceaccount',
      ) + account(),
    fails: [{ path: source, severity: 'low', message: /asks for an API token/ }],
  },
  {
    name: 'a volume that no container mounts gives nobody a token',
    yaml: projected('{ path: token }', 'other') + account(),
    passes: true,
  },
  {
    name: 'a token Secret by its old name is a token',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop, uid: 7d4c }
spec:
  serviceAccountName: web
  containers:
    - { name: web, volumeMounts: [{ name: old, mountPath: /old }] }
  volumes:
    - { name: old, secret: { secretName: web-token-x7k2p } }
`,
    fails: [{ path: 'spec.volumes[0].secret', severity: 'low', message: /mounts a Secret .*never expires/ }],
  },
  {
    name: 'a Secret where clients look for a token is one',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  serviceAccountName: web
  containers:
    - { name: web, volumeMounts: [{ name: own, mountPath: /var/run/secrets/kubernetes.io/serviceaccount }] }
  volumes:
    - { name: own, secret: { secretName: made-by-hand } }
`,
    fails: [{ path: 'spec.volumes[0].secret', severity: 'low' }],
  },
  {
    name: 'a Secret is one at the same place written otherwise, as its only file, and where /var/run leads to',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  serviceAccountName: web
  automountServiceAccountToken: false
  containers:
    - name: web
      volumeMounts:
        - { name: dots, mountPath: /var/./run//secrets/kubernetes.io/serviceaccount/. }
        - { name: file, mountPath: /var/run/secrets/kubernetes.io/serviceaccount/token, subPath: token }
        - { name: link, mountPath: /run/secrets/kubernetes.io/serviceaccount }
        - { name: other, mountPath: /var/run/secrets/kubernetes.io/serviceaccounts }
  volumes:
    - { name: dots, secret: { secretName: a } }
    - { name: file, secret: { secretName: b } }
    - { name: link, secret: { secretName: c } }
    - { name: other, secret: { secretName: d } }
`,
    fails: [
      { path: 'spec.volumes[0].secret', severity: 'low' },
      { path: 'spec.volumes[1].secret', severity: 'low' },
      { path: 'spec.volumes[2].secret', severity: 'low' },
    ],
  },
  {
    name: 'among the sources of a projected volume a token Secret by its old name is a token',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop, uid: 7d4c }
spec:
  serviceAccountName: web
  containers:
    - { name: web, volumeMounts: [{ name: old, mountPath: /old }] }
  volumes:
    - name: old
      projected: { sources: [{ secret: { name: web-tls } }, { secret: { name: web-token-x7k2p } }] }
`,
    fails: [
      {
        path: 'spec.volumes[0].projected.sources[1].secret',
        severity: 'low',
        message: /mounts a Secret .*never expires/,
      },
    ],
  },
  {
    name: 'among the sources of a projected volume a Secret where clients look for a token is one',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  serviceAccountName: web
  containers:
    - { name: web, volumeMounts: [{ name: own, mountPath: /var/run/secrets/kubernetes.io/serviceaccount }] }
  volumes:
    - name: own
      projected: { sources: [{ configMap: { name: kube-root-ca.crt } }, { secret: { name: made-by-hand } }] }
`,
    fails: [{ path: 'spec.volumes[0].projected.sources[1].secret', severity: 'low' }],
  },
  {
    name: 'beside a projected token a Secret is something else',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  serviceAccountName: web
  containers:
    - { name: web, volumeMounts: [{ name: own, mountPath: /var/run/secrets/kubernetes.io/serviceaccount }] }
  volumes:
    - name: own
      projected: { sources: [{ secret: { name: our-ca } }, { serviceAccountToken: { path: token } }] }
`,
    fails: [{ path: 'spec.volumes[0].projected.sources[1].serviceAccountToken', severity: 'low' }],
  },
  {
    name: 'of two volumes called as the one that is added the first is mounted in place of the token',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  serviceAccountName: web
  containers:
    - { name: web }
  volumes:
    - { name: kube-api-access-a, projected: { sources: [{ secret: { name: made-by-hand } }] } }
    - { name: kube-api-access-b, secret: { secretName: made-by-hand } }
---
kind: ServiceAccount
metadata: { name: web, namespace: shop }
`,
    fails: [{ path: 'spec.volumes[0].projected.sources[0].secret', severity: 'low' }],
  },
  {
    name: 'another Secret elsewhere is a Secret',
    yaml: `
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  serviceAccountName: web
  automountServiceAccountToken: false
  containers:
    - { name: web, volumeMounts: [{ name: tls, mountPath: /tls }, { name: more, mountPath: /more }] }
  volumes:
    - { name: tls, secret: { secretName: web-tls } }
    - { name: more, projected: { sources: [{ secret: { name: web-tls } }, { secret: { name: default-token-x7k2p } }] } }
`,
    passes: true,
  },
  {
    name: 'a static pod has no account',
    yaml: `
kind: Pod
metadata: { name: etcd, namespace: kube-system, uid: 7d4c, annotations: { kubernetes.io/config.mirror: '' } }
spec:
  containers:
    - { name: etcd }
`,
    notApplicable: /static pod/,
  },
  {
    name: 'the template of a Deployment is judged as the pods that it will make',
    yaml: `
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      containers:
        - { name: web }
`,
    fails: [{ path: setting, severity: 'low', message: /service account "default"/ }],
  },
  {
    name: 'in files an account that is not there may refuse, and nobody grants it anything',
    isFromFiles: true,
    yaml: pod(),
    fails: [
      { path: setting, severity: 'low', message: /because it does not refuse it, and these files grant nothing/ },
    ],
  },
  {
    name: 'in files a grant that is there tells that the token has a purpose',
    isFromFiles: true,
    yaml: pod() + role + bound(toWeb),
    passes: true,
  },
  {
    name: 'in files a role that is not there was bound on purpose',
    isFromFiles: true,
    yaml: pod() + bound(toWeb),
    passes: true,
  },
  {
    name: 'a pod without a token needs no bindings to be known',
    missing: [{ source: 'RoleBinding', state: 'forbidden', message: 'listing rolebindings is forbidden' }],
    yaml: pod(refuses) + account(),
    passes: true,
  },
  {
    name: 'what the token is good for is unknown without the bindings',
    missing: [{ source: 'RoleBinding', state: 'forbidden', message: 'listing rolebindings is forbidden' }],
    yaml: pod() + account(),
    unknown: /listing rolebindings is forbidden/,
  },
  {
    name: 'whether a new pod gets one is unknown without the accounts',
    missing: [{ source: 'ServiceAccount', state: 'forbidden', message: 'listing serviceaccounts is forbidden' }],
    yaml: pod(),
    unknown: /listing serviceaccounts is forbidden/,
  },
  {
    name: 'what a running pod has is known without the accounts',
    missing: [{ source: 'ServiceAccount', state: 'forbidden', message: 'listing serviceaccounts is forbidden' }],
    yaml: addedTo(),
    fails: [{ path: setting, severity: 'low' }],
  },
  {
    name: 'a setting that is no boolean is unknown',
    yaml: pod('  automountServiceAccountToken: "no"') + account(),
    unknown: /"spec\.automountServiceAccountToken" must be a boolean/,
  },
]);
