/** Seccomp and AppArmor: annotations of the policy, annotations or fields of the pod. */
import { testAdmission } from './admission-rows.ts';

const seccomp = (allowed: string, standard = '') =>
  `{ seccomp.security.alpha.kubernetes.io/allowedProfileNames: "${allowed}"${
    standard === '' ? '' : `, seccomp.security.alpha.kubernetes.io/defaultProfileName: "${standard}"`
  } }`;
const appArmor = (allowed: string, standard = '') =>
  `{ apparmor.security.beta.kubernetes.io/allowedProfileNames: "${allowed}"${
    standard === '' ? '' : `, apparmor.security.beta.kubernetes.io/defaultProfileName: "${standard}"`
  } }`;
const forbidden = 'metadata.annotations["seccomp.security.alpha.kubernetes.io/allowedProfileNames"]';
const forbiddenAppArmor = 'metadata.annotations["apparmor.security.beta.kubernetes.io/allowedProfileNames"]';
const ofPod = 'metadata.annotations["seccomp.security.alpha.kubernetes.io/pod"]';

testAdmission('seccomp', [
  { name: 'may be unset where the policy says nothing of it', pod: '{}', admits: true },
  {
    name: 'may not be set where the policy says nothing of it',
    pod: '{ securityContext: { seccompProfile: { type: RuntimeDefault } } }',
    refuses: [`spec.securityContext.seccompProfile < ${forbidden}`],
  },
  {
    name: 'must be set on the pod where profiles are listed: containers alone are not enough',
    annotations: seccomp('runtime/default'),
    pod: '{ containers: [{ name: a, securityContext: { seccompProfile: { type: RuntimeDefault } } }] }',
    refuses: [`spec.securityContext.seccompProfile < ${forbidden}`],
  },
  {
    name: 'may be unset where the list has an empty item',
    annotations: seccomp('runtime/default,'),
    pod: '{}',
    admits: true,
  },
  {
    name: 'must be one of the list, as a field',
    annotations: seccomp('docker/default,localhost/mine.json'),
    pod: `{ securityContext: { seccompProfile: { type: RuntimeDefault } }, containers: [{ name: a },
            { name: b, securityContext: { seccompProfile: { type: Localhost, localhostProfile: mine.json } } },
            { name: c, securityContext: { seccompProfile: { type: Unconfined } } }] }`,
    refuses: [`spec.containers[2].securityContext.seccompProfile < ${forbidden}`],
  },
  {
    name: 'must be one of the list, as an annotation; docker/default and runtime/default are the same',
    annotations: seccomp('docker/default'),
    pod: '{ containers: [{ name: a }, { name: b }] }',
    podAnnotations: `{ seccomp.security.alpha.kubernetes.io/pod: runtime/default,
      container.seccomp.security.alpha.kubernetes.io/b: unconfined }`,
    refuses: [`metadata.annotations["container.seccomp.security.alpha.kubernetes.io/b"] < ${forbidden}`],
  },
  {
    name: 'counts in both forms where annotation and field differ',
    annotations: seccomp('docker/default'),
    pod: '{ securityContext: { seccompProfile: { type: Unconfined } }, containers: [{ name: a }] }',
    podAnnotations: '{ seccomp.security.alpha.kubernetes.io/pod: docker/default }',
    refuses: [`spec.securityContext.seccompProfile < ${forbidden}`],
  },
  {
    name: 'may be anything with *, also unset',
    annotations: seccomp('*'),
    pod: '{ containers: [{ name: a }, { name: b, securityContext: { seccompProfile: { type: Unconfined } } }] }',
    admits: true,
  },
  {
    name: 'of a type that nobody knows is in no list',
    annotations: seccomp('runtime/default'),
    pod: '{ securityContext: { seccompProfile: { type: runtime/default } } }',
    refuses: [`spec.securityContext.seccompProfile < ${forbidden}`],
  },
  {
    name: 'gets the default on the pod where it is unset',
    annotations: seccomp('docker/default', 'docker/default'),
    pod: '{}',
    mutates: { [ofPod]: 'runtime/default' },
  },
  {
    name: 'gets no default where the pod sets it, in either form',
    annotations: seccomp('docker/default,unconfined', 'docker/default'),
    pod: '{ securityContext: { seccompProfile: { type: Unconfined } } }',
    admits: true,
  },
  {
    name: 'gets a default of this host',
    annotations: seccomp('localhost/a/b.json', 'localhost/a/b.json'),
    pod: '{}',
    mutates: { [ofPod]: 'localhost/a/b.json' },
  },
  {
    name: 'with a default that is not in the list is refused',
    annotations: seccomp('runtime/default', 'unconfined'),
    pod: '{}',
    refuses: [`${ofPod} < ${forbidden}`],
  },
]);

testAdmission('AppArmor', [
  {
    name: 'may be anything where the policy says nothing of it',
    pod: '{ containers: [{ name: a, securityContext: { appArmorProfile: { type: Unconfined } } }, { name: b }] }',
    admits: true,
  },
  {
    name: 'must be set on every container where profiles are listed',
    annotations: appArmor('runtime/default'),
    pod: '{ containers: [{ name: a }, { name: b }] }',
    podAnnotations: '{ container.apparmor.security.beta.kubernetes.io/a: runtime/default }',
    refuses: [`spec.containers[1].securityContext.appArmorProfile < ${forbiddenAppArmor}`],
  },
  {
    name: 'must be set also where the list has an empty item',
    annotations: appArmor('runtime/default,'),
    pod: '{}',
    refuses: [`spec.containers[0].securityContext.appArmorProfile < ${forbiddenAppArmor}`],
  },
  {
    name: 'must be one of the list, as an annotation or as a field of the container or the pod',
    annotations: appArmor('runtime/default,localhost/mine'),
    pod: `{ securityContext: { appArmorProfile: { type: RuntimeDefault } }, containers: [{ name: a },
            { name: b, securityContext: { appArmorProfile: { type: Localhost, localhostProfile: mine } } },
            { name: c, securityContext: { appArmorProfile: { type: Unconfined } } }, { name: d }] }`,
    podAnnotations: '{ container.apparmor.security.beta.kubernetes.io/d: localhost/other }',
    refuses: [
      `spec.containers[2].securityContext.appArmorProfile < ${forbiddenAppArmor}`,
      `metadata.annotations["container.apparmor.security.beta.kubernetes.io/d"] < ${forbiddenAppArmor}`,
    ],
  },
  {
    name: 'gets the default on every container that sets none, in any form',
    annotations: appArmor('runtime/default', 'runtime/default'),
    pod: `{ containers: [{ name: a }, { name: b, securityContext: { appArmorProfile: { type: RuntimeDefault } } }],
            initContainers: [{ name: c }] }`,
    mutates: {
      'metadata.annotations["container.apparmor.security.beta.kubernetes.io/c"]': 'runtime/default',
      'metadata.annotations["container.apparmor.security.beta.kubernetes.io/a"]': 'runtime/default',
    },
  },
]);
