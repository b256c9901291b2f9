/** The pods that are tried before a policy is in force: those that it must let in, refuse or change. */
import { chooseId, chooseImage, chooseProfile, chooseVolume } from './trial-values.ts';
import type { ToldOf } from './trial-values.ts';

const image = 'registry.example/main:1';

const confined = {
  imagePullPolicy: 'Always',
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
} as const;

/**
 * Breaks nothing that rules forbid, and has something of all that rules look through: every rule is asked about it, and none
 * may stumble.
 */
export function buildHarmless(told: ToldOf): object {
  const { spec, volume, main } = buildCareful(told);
  const mounts = volume === undefined ? {} : { volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] };
  return {
    ...spec,
    initContainers: [{ ...main, name: 'first' }],
    containers: [
      { ...main, name: 'main', ...mounts },
      { ...main, name: 'other' },
    ],
    ...(volume === undefined ? {} : { volumes: [{ name: 'scratch', ...volume }] }),
  };
}

/** Pod Security's levels know nothing of images. */
export function buildUntagged(told: ToldOf): object {
  const { spec, main } = buildCareful(told);
  return { ...spec, containers: [{ ...main, name: 'main', image: 'registry.example/main' }] };
}

function buildCareful(told: ToldOf) {
  const [user, group] = [chooseId(told('pod-run-as-user')).good, chooseId(told('pod-run-as-group')).good];
  const [ofFiles, further] = [chooseId(told('pod-fs-group')).good, chooseId(told('pod-supplemental-groups')).good];
  const profile = chooseProfile(told('pod-seccomp-profile')).good;
  const spec = {
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      ...(user === undefined ? {} : { runAsUser: user }),
      ...(group === undefined ? {} : { runAsGroup: group }),
      ...(ofFiles === undefined ? {} : { fsGroup: ofFiles }),
      ...(further === undefined ? {} : { supplementalGroups: [further] }),
      supplementalGroupsPolicy: 'Strict',
      ...(profile === undefined ? {} : { seccompProfile: profile }),
      appArmorProfile: { type: 'RuntimeDefault' },
    },
  };
  const main = { ...confined, image: chooseImage(told('pod-image-tag')).good };
  return { spec, main, volume: chooseVolume(told('pod-volume-types')).good };
}

/** Breaks whatever it can that an API server takes. */
export function buildCareless(told: ToldOf): object {
  const [user, group] = [chooseId(told('pod-run-as-user')).bad ?? 0, chooseId(told('pod-run-as-group')).bad ?? 0];
  const [ofFiles, further] = [chooseId(told('pod-fs-group')).bad ?? 0, chooseId(told('pod-supplemental-groups')).bad];
  const profile = chooseProfile(told('pod-seccomp-profile')).bad ?? { type: 'Unconfined' };
  const volume = chooseVolume(told('pod-volume-types')).bad;
  return {
    automountServiceAccountToken: true,
    hostPID: true,
    hostIPC: true,
    hostNetwork: true,
    securityContext: {
      runAsNonRoot: false,
      runAsUser: user,
      runAsGroup: group,
      fsGroup: ofFiles,
      // Root's, too, which another rule is about.
      supplementalGroups: [...new Set([0, further ?? 0])],
      seccompProfile: profile,
      appArmorProfile: { type: 'Unconfined' },
    },
    containers: [
      {
        name: 'main',
        image: chooseImage(told('pod-image-tag')).bad,
        imagePullPolicy: 'IfNotPresent',
        ports: [{ containerPort: 8080, hostPort: 8080 }],
        securityContext: {
          privileged: true,
          allowPrivilegeEscalation: true,
          runAsUser: user,
          capabilities: { add: ['SYS_ADMIN', 'NET_RAW'] },
          seccompProfile: profile,
        },
        volumeMounts: [{ name: 'node', mountPath: '/node' }],
      },
      // Of a user that ranges may let in.
      { name: 'root', image, securityContext: { runAsUser: 0, runAsGroup: 0 } },
    ],
    volumes: [
      { name: 'node', hostPath: { path: '/' } },
      ...(volume === undefined ? [] : [{ name: 'other', ...volume }]),
    ],
  };
}

/** Of who is told nothing. */
export const harmless = buildHarmless(() => ({}));
const careful = buildCareful(() => ({}));

/** What Pod Security lets anybody do. */
export const pulledSeldom = {
  ...careful.spec,
  containers: [{ ...careful.main, name: 'main', imagePullPolicy: 'IfNotPresent' }],
};

/** With a token of the default account, which nobody has to mount for it. */
export const withToken = {
  ...careful.spec,
  containers: [{ ...careful.main, name: 'main' }],
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
