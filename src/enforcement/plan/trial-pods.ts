/** The pods that are tried before a policy is in force: those that it must let in, refuse or change. */
const image = 'registry.example/main:1';

const confined = {
  image,
  imagePullPolicy: 'Always',
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
} as const;

/** Breaks nothing that rules forbid by default, and has something of all that rules look through: every rule is asked about it, and none may stumble. */
export const harmless = {
  automountServiceAccountToken: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 10_001,
    runAsGroup: 10_001,
    fsGroup: 10_001,
    supplementalGroups: [10_001],
    supplementalGroupsPolicy: 'Strict',
    seccompProfile: { type: 'RuntimeDefault' },
    appArmorProfile: { type: 'RuntimeDefault' },
  },
  initContainers: [{ ...confined, name: 'first' }],
  containers: [
    { ...confined, name: 'main', volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] },
    { ...confined, name: 'other' },
  ],
  volumes: [{ name: 'scratch', emptyDir: {} }],
} as const;

/** Pod Security's levels know nothing of images. */
export const untagged = {
  ...harmless,
  containers: [{ ...confined, name: 'main', image: 'registry.example/main' }],
  volumes: [],
};

/** Breaks whatever it can that an API server takes. */
export const careless = {
  automountServiceAccountToken: true,
  hostPID: true,
  hostIPC: true,
  hostNetwork: true,
  securityContext: {
    runAsNonRoot: false,
    runAsUser: 0,
    runAsGroup: 0,
    fsGroup: 0,
    supplementalGroups: [0],
    seccompProfile: { type: 'Unconfined' },
    appArmorProfile: { type: 'Unconfined' },
  },
  containers: [
    {
      name: 'main',
      image: 'registry.example/main:latest',
      imagePullPolicy: 'IfNotPresent',
      ports: [{ containerPort: 8080, hostPort: 8080 }],
      securityContext: {
        privileged: true,
        allowPrivilegeEscalation: true,
        runAsUser: 0,
        capabilities: { add: ['SYS_ADMIN', 'NET_RAW'] },
        seccompProfile: { type: 'Unconfined' },
      },
      volumeMounts: [{ name: 'node', mountPath: '/node' }],
    },
  ],
  volumes: [{ name: 'node', hostPath: { path: '/' } }],
} as const;

/** What Pod Security lets anybody do. */
export const pulledSeldom = {
  ...harmless,
  containers: [{ ...confined, name: 'main', imagePullPolicy: 'IfNotPresent' }],
  volumes: [],
};

/** With a token of the default account, which nobody has to mount for it. */
export const withToken = {
  ...harmless,
  containers: [{ ...confined, name: 'main' }],
  volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
};

/** Says nothing that somebody could say for it, in each of its lists. */
export const silent = {
  automountServiceAccountToken: false,
  initContainers: [{ name: 'first', image }],
  containers: [
    { name: 'main', image },
    { name: 'other', image, securityContext: { capabilities: { add: ['NET_BIND_SERVICE'] } } },
  ],
  volumes: [{ name: 'scratch', emptyDir: {} }],
};

const outspokenContext = {
  allowPrivilegeEscalation: true,
  readOnlyRootFilesystem: false,
  capabilities: { drop: ['NET_RAW'] },
} as const;

/** Says otherwise all that is set where nothing is said, and no more than Pod Security's baseline lets in. */
export const outspoken = {
  automountServiceAccountToken: false,
  securityContext: {
    runAsNonRoot: false,
    seccompProfile: { type: 'Localhost', localhostProfile: 'merlon.json' },
    supplementalGroupsPolicy: 'Merge',
  },
  initContainers: [{ name: 'first', image, imagePullPolicy: 'Never', securityContext: outspokenContext }],
  containers: [{ name: 'main', image, imagePullPolicy: 'Never', securityContext: outspokenContext }],
} as const;
