/** What objects of a cluster would declare of an API server that is started so: its pod, its node and kubeadm. */
import { declareFlags } from '../../../src/evidence/declared/declared-flags.ts';
import { readKubeadmConfiguration } from '../../../src/evidence/declared/kubeadm-configuration.ts';
import type { ServerReadings } from '../../../src/evidence/server-readings.ts';
import { argumentsOf, objectsOf, serverNode, serverPod } from '../declared/stated-objects.ts';

/** @param args as `--profiling=false` */
export function declaredBy(args: readonly string[]): ServerReadings['flags'] {
  const words = args.map((arg) => arg.replace(/^--/, ''));
  // Each knows of one half, and of some flags both do.
  const annotations = argumentsOf(
    ['server', ...words.filter((_word, index) => index % 3 !== 0).flatMap((word) => ['--kube-apiserver-arg', word])],
    'rke2.io/node-args',
  );
  const extraArgs = words
    .filter((_word, index) => index % 3 !== 1)
    .map((word) => ({ name: word.replace(/=.*/s, ''), value: word.replace(/^[^=]*=?/, '') }));
  // JSON is YAML.
  const kubeadm = readKubeadmConfiguration(
    JSON.stringify({ apiVersion: 'kubeadm.k8s.io/v1beta4', apiServer: { extraArgs } }),
  );
  const pod = serverPod({ command: ['kube-apiserver', ...args] });
  return declareFlags('one:6443', ['one:6443'], objectsOf([pod], [serverNode({ annotations })], kubeadm));
}
