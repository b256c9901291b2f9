/** Prints the admission policies that guard what is Merlon's own: what it says, and the labels that it goes by. */
import { shippedLabels } from '../api/v1alpha1/group.ts';
import { LABEL_GUARD_NAME, labelGuardBindingSpec, labelGuardSpec } from '../core/namespace-label-guard.ts';
import { OWN_OBJECT_GUARD_NAME, ownObjectGuardBindingSpec, ownObjectGuardSpec } from '../core/own-object-guard.ts';
import { formatFile, printYaml } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';

export async function buildOwnGuardFiles(): Promise<readonly GeneratedFile[]> {
  return Promise.all([
    print(
      'own-objects',
      OWN_OBJECT_GUARD_NAME,
      [ownObjectGuardSpec, ownObjectGuardBindingSpec],
      [
        '# GENERATED from src/core/own-object-guard.ts by "make generate".',
        "# Postures, and the status of Merlon's other objects, are written by Merlon alone; system:masters are refused, too.",
      ],
    ),
    print(
      'namespace-labels',
      LABEL_GUARD_NAME,
      [labelGuardSpec, labelGuardBindingSpec],
      [
        '# GENERATED from src/core/namespace-label-guard.ts by "make generate".',
        '# Labels merlon.dev/… of namespaces are set, changed and removed by who holds the verb "set" on',
        '# namespacelabels.merlon.dev: the ClusterRole merlon-namespace-labeller, cluster-admin, system:masters.',
      ],
    ),
  ]);
}

async function print(
  file: string,
  name: string,
  [policy, binding]: readonly [policy: object, binding: object],
  header: readonly string[],
): Promise<GeneratedFile> {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name, labels: shippedLabels };
  const documents = [
    { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata, spec: policy },
    { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec: binding },
  ];
  return formatFile(`config/admission/${file}.yaml`, `${header.join('\n')}\n${documents.map(printYaml).join('---\n')}`);
}
