/** What the exec guard consists of, as writes are told. */
export const POLICY = 'ValidatingAdmissionPolicy/merlon-exec-guard';
export const DENY = 'ValidatingAdmissionPolicyBinding/merlon-exec-guard-deny';
export const AUDIT = 'ValidatingAdmissionPolicyBinding/merlon-exec-guard-audit';
