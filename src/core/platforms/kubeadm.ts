/**
 * kubeadm writes the manifest of a static pod from its ClusterConfiguration.
 *
 * Source: the references of kubeadm for v1beta3 and v1beta4, and "Reconfiguring a kubeadm cluster" (kubernetes.io).
 */
import { chooseWay, declarationOf, flagsOf, isAlternative } from '../server-repair.ts';
import type { ConfigurationFile, Flags, ServerRepair } from '../server-repair.ts';
import { isEmpty, listDropped, listFlags, modeConflict } from './platform.ts';
import type { Manifest, PlatformKnowledge } from './platform.ts';

const FOLDER = '/etc/kubernetes';
const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const WHERE = 'in apiServer.extraArgs of the ClusterConfiguration';

export const kubeadm: PlatformKnowledge = {
  title: 'kubeadm',

  brief(repair) {
    const flags = flagsOf(chosen(repair), FOLDER);
    const dropped = listDropped(repair);
    return [
      ...(isEmpty(flags) ? [] : [`${listFlags(flags)} ${WHERE}`]),
      ...(dropped === '' ? [] : [`no ${dropped} ${WHERE}`]),
    ].join('; ');
  },

  guide(repair) {
    const flags = flagsOf(chosen(repair), FOLDER);
    const dropped = listDropped(repair);
    return {
      paragraphs: [
        ...(dropped === '' ? [] : [`Take out ${dropped}, ${WHERE}, and in ${MANIFEST}.`]),
        ...describeOtherWay(repair),
        ...modeConflict(repair.file, 'kubeadm'),
        'The next upgrade reads the ClusterConfiguration from the ConfigMap kube-system/kubeadm-config: change it there, and run kubeadm init phase control-plane apiserver --config FILE with the same on every control plane node; the kubelet then starts kube-apiserver anew.',
      ],
      manifests: isEmpty(flags) ? [] : manifestsOf(flags, chosen(repair).file),
    };
  },
};

/** The file is the modern way; but of the authorizers kubeadm says something by itself, and both cannot be said. */
function chosen(repair: ServerRepair): ServerRepair {
  return chooseWay(repair, repair.file?.kind === 'AuthorizationConfiguration' ? 'flags' : 'file');
}

function describeOtherWay(repair: ServerRepair): readonly string[] {
  const { set = {}, file } = repair;
  if (file === undefined || !isAlternative(repair)) return [];
  const { flag } = declarationOf(file.kind);
  return chosen(repair).file === undefined
    ? [`Below without the file; with it, --${flag} stands in place of ${listFlags(set)}.`]
    : [`Below with the file; without it, ${listFlags(set)} stands in place of --${flag}.`];
}

function manifestsOf(flags: Flags, file: ConfigurationFile | undefined): readonly Manifest[] {
  const log = flags['audit-log-path'];
  const mounts = [...(file === undefined ? [] : [mountOf(file)]), ...(log === undefined ? [] : [folderMountOf(log)])];
  const volumes = mounts.length === 0 ? {} : { extraVolumes: mounts };
  const cluster = (version: string, extraArgs: unknown): unknown => ({
    apiVersion: `kubeadm.k8s.io/${version}`,
    kind: 'ClusterConfiguration',
    apiServer: { extraArgs, ...volumes },
  });
  const args = Object.entries(flags).map(([name, value]) => ({ name, value }));
  const command = ['kube-apiserver', ...args.map(({ name, value }) => `--${name}=${value}`)];
  return [
    { title: 'From kubeadm 1.31', documents: [cluster('v1beta4', args)] },
    { title: 'Before', documents: [cluster('v1beta3', flags)] },
    {
      title: `What it comes to in ${MANIFEST}, beside the arguments that are there`,
      documents: [{ spec: { containers: [{ name: 'kube-apiserver', command }] } }],
    },
  ];
}

function mountOf({ kind }: ConfigurationFile): unknown {
  const { flag, fileName } = declarationOf(kind);
  const path = `${FOLDER}/${fileName}`;
  return { name: flag, hostPath: path, mountPath: path, readOnly: true, pathType: 'File' };
}

/** kube-apiserver makes files in it, and the folder may not be there yet. */
function folderMountOf(path: string): unknown {
  const folder = path.replace(/\/[^/]*$/, '');
  return { name: 'audit-logs', hostPath: folder, mountPath: folder, readOnly: false, pathType: 'DirectoryOrCreate' };
}
