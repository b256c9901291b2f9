/** Prints the admission policy that lets pods be tried, and nothing be made, in the namespace of probes. */
import { PROBE_GUARD_NAME, shippedLabels } from '../api/v1alpha1/group.ts';
import { probeGuardBindingSpec, probeGuardSpec } from '../core/probe-guard.ts';
import { formatFile, printYaml } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';

const header = `# GENERATED from src/core/probe-guard.ts by "make generate".
# Nothing can be created in that namespace, whoever may create pods there. Merlon reads both objects before every round,
# and tries nothing unless they stand here unchanged and are seen to act.
`;

export async function buildProbeGuardFile(): Promise<GeneratedFile> {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name: PROBE_GUARD_NAME, labels: shippedLabels };
  const documents = [
    { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata, spec: probeGuardSpec },
    { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec: probeGuardBindingSpec },
  ];
  return formatFile('config/probes/guard.yaml', header + documents.map(printYaml).join('---\n'));
}
