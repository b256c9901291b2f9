/**
 * k3s and RKE2 hand arguments on to kube-apiserver: in k3s it runs in the same process, in RKE2 as a static pod.
 *
 * Source: docs.k3s.io and docs.rke2.io, references of the server's configuration; what is given without being asked for:
 * k3s-io/k3s pkg/daemons/control/server.go.
 */
import { chooseWay, declarationOf, flagsOf } from '../server-repair.ts';
import { isEmpty, listDropped, listFlags, listNames, modeConflict, splitFlags } from './platform.ts';
import type { PlatformKnowledge } from './platform.ts';

const FOLDER = '/etc/rancher/k3s';
const WHERE = 'under kube-apiserver-arg of config.yaml';

/** Files that it makes by itself. */
const ownFlags = [
  'tls-cert-file',
  'tls-private-key-file',
  'client-ca-file',
  'kubelet-certificate-authority',
  'kubelet-client-certificate',
  'kubelet-client-key',
  'requestheader-client-ca-file',
  'requestheader-allowed-names',
  'service-account-key-file',
];

export const k3s: PlatformKnowledge = {
  title: 'k3s and RKE2',

  brief(repair) {
    const { given, own } = splitFlags(flagsOf(chooseWay(repair, 'flags'), FOLDER), ownFlags);
    const dropped = listDropped(repair);
    return [
      ...(isEmpty(given) ? [] : [`${listFlags(given).replaceAll('--', '')} ${WHERE}`]),
      ...(own.length === 0 ? [] : [`no ${listNames(own)} ${WHERE}, which is given without`]),
      ...(dropped === '' ? [] : [`no ${dropped} ${WHERE}`]),
    ].join('; ');
  },

  guide(repair) {
    // Without being asked for it is given flags that such a file stands in place of.
    const { file } = chooseWay(repair, 'flags');
    const { given, own } = splitFlags(flagsOf(chooseWay(repair, 'flags'), FOLDER), ownFlags);
    const dropped = listDropped(repair);
    const args = Object.entries(given).map(([name, value]) => `${name}=${value}`);
    return {
      paragraphs: [
        ...(own.length === 0
          ? []
          : [
              `${listNames(own)}: given by k3s and RKE2 without being asked for; take out what is said of it ${WHERE}.`,
            ]),
        ...(dropped === '' ? [] : [`Take out ${dropped}, ${WHERE}.`]),
        'config.yaml is /etc/rancher/k3s/config.yaml on servers of k3s and /etc/rancher/rke2/config.yaml on those of RKE2; after a change restart the service, one server after the other.',
        ...(file === undefined
          ? []
          : [
              `${declarationOf(file.kind).fileName} lies beside config.yaml, in RKE2 under /etc/rancher/rke2. There kube-apiserver runs in a pod: mount the file with kube-apiserver-extra-mount.`,
            ]),
        ...modeConflict(file, 'k3s and RKE2'),
      ],
      manifests: args.length === 0 ? [] : [{ title: 'config.yaml', documents: [{ 'kube-apiserver-arg': args }] }],
    };
  },
};
