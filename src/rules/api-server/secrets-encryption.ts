/**
 * Secrets that are stored as they are can be read by whoever reads the disk, a backup, or etcd.
 *
 * Source: prefixes of what was stored, in /metrics; without --encryption-provider-config nothing is encrypted.
 */
import { defineRule } from '../../core/rule.ts';
import { blame, checkApiServers } from '../lib/api-servers.ts';

export const secretsEncryption = defineRule({
  id: 'api-server-secrets-encryption',
  title: 'The API server must encrypt Secrets before it stores them',
  severity: 'medium',
  severityReason: 'It takes access to etcd, to its disk or to a backup, past the API server.',
  subject: 'APIServer',
  reads: ['Evidence'],
  facts: ['secretsEncrypted'],
  controls: ['cis-1.12/1.2.27', 'cis-1.12/1.2.28', 'nsa/network-separation-and-hardening'],
  rationale:
    'Every copy of the data of etcd, a backup or a stolen disk included, holds all Secrets of the cluster in the clear.',
  remediation:
    "Give kube-apiserver an EncryptionConfiguration with --encryption-provider-config, whose first provider for secrets is kms (v2), secretbox or aescbc, and write all Secrets anew; in kOps encryptionConfig, in k3s --secrets-encryption, in Talos cluster.secretboxEncryptionSecret; on managed clusters switch on the provider's envelope encryption.",
  repair: {
    file: {
      kind: 'EncryptionConfiguration',
      content: {
        resources: [
          {
            resources: ['secrets'],
            providers: [
              { secretbox: { keys: [{ name: 'key1', secret: '32 random bytes in base64' }] } },
              { identity: {} },
            ],
          },
        ],
      },
    },
    own: {
      k3s: 'k3s: secrets-encryption: true in config.yaml, and k3s secrets-encrypt for what is stored already; RKE2 encrypts Secrets by default.',
      managed:
        'EKS encrypts everything that the API stores by envelope encryption from Kubernetes 1.28 on; AKS does with its KMS options (Azure Key Vault), GKE with databaseEncryption of the cluster.',
    },
  },
  example: {
    fails: '/flagz: --encryption-provider-config is not given\n',
    passes: '/metrics: Secrets were stored with k8s:enc:kms:v2:\n',
  },

  check(_apiServer, { snapshot }) {
    return checkApiServers(snapshot, (server) => {
      const fact = server.fact('secretsEncrypted');
      return fact.value ? [] : [blame(fact, '--encryption-provider-config', 'encrypt Secrets at rest')];
    });
  },
});
