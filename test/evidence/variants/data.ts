/** API servers that write down and store otherwise. */
import type { Variant } from './variant.ts';
import { A_HASH, UNKNOWN } from './variant.ts';

const key = Buffer.alloc(32, 'k').toString('base64');
const aescbc = { aescbc: { keys: [{ name: 'one', secret: key }] } };
const secretbox = { secretbox: { keys: [{ name: 'one', secret: key }] } };
const identity = { identity: {} };

function encryption(...providers: readonly object[]): Variant['start'] {
  return {
    apiServerFlags: { 'encryption-provider-config': '{dir}/encryption.yaml' },
    files: {
      'encryption.yaml': JSON.stringify({
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'EncryptionConfiguration',
        resources: [{ resources: ['secrets'], providers }],
      }),
    },
  };
}

const auditFile = {
  'audit-policy-file': '{dir}/audit-policy.yaml',
  'audit-log-path': '{dir}/audit.log',
};

export const dataVariants: readonly Variant[] = [
  {
    name: 'audit logs in a file, for a while',
    start: {
      apiServerFlags: {
        ...auditFile,
        'audit-log-maxage': '7',
        'audit-log-maxbackup': '3',
        'audit-log-maxsize': '50',
      },
    },
    facts: { auditing: true, auditLogMaxAge: 7, auditLogMaxBackups: 3, auditLogMaxSize: 50 },
    sources: { auditing: '/metrics' },
  },
  {
    name: 'an audit policy and nowhere to write to',
    start: { apiServerFlags: { 'audit-policy-file': '{dir}/audit-policy.yaml' } },
    facts: {},
  },
  {
    name: 'an audit policy that drops everything',
    start: {
      apiServerFlags: auditFile,
      auditLog: {
        policy: JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'None' }] }),
      },
    },
    facts: { auditing: UNKNOWN, auditLogMaxSize: 0 },
  },
  {
    name: 'Secrets encrypted with aescbc',
    start: encryption(aescbc, identity),
    facts: { encryptionConfiguration: A_HASH, secretsEncrypted: true },
    sources: { secretsEncrypted: '/metrics' },
  },
  {
    name: 'Secrets encrypted with secretbox',
    start: encryption(secretbox, identity),
    facts: { encryptionConfiguration: A_HASH, secretsEncrypted: true },
  },
  {
    name: 'an EncryptionConfiguration that encrypts nothing any more',
    start: encryption(identity, aescbc),
    facts: { encryptionConfiguration: A_HASH },
    sources: { secretsEncrypted: '/metrics' },
  },
];
