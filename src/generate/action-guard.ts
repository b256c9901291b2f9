/** Prints the admission policy that guards approvals. */
import { ACTION_GUARD_NAME } from '../api/v1alpha1/hardening-remediation.ts';
import { shippedLabels } from '../api/v1alpha1/group.ts';
import { actionGuardBindingSpec, actionGuardSpec } from '../core/action-guard.ts';
import { formatFile, printYaml } from './generated-file.ts';
import type { GeneratedFile } from './generated-file.ts';

const header = `# GENERATED from src/core/action-guard.ts by "make generate".
# Who says Approve or Revert in a HardeningRemediation must be allowed to patch the target himself. Merlon reads both
# objects and counts such words only while they stand here unchanged.
`;

export async function buildActionGuardFile(): Promise<GeneratedFile> {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name: ACTION_GUARD_NAME, labels: shippedLabels };
  const documents = [
    { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata, spec: actionGuardSpec },
    { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec: actionGuardBindingSpec },
  ];
  return formatFile('config/admission/remediation-actions.yaml', header + documents.map(printYaml).join('---\n'));
}
