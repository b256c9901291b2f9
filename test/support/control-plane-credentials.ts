/** The keys and certificates of one control plane. */
import {
  createCertificateAuthority,
  createKeyPair,
  issueClientCertificate,
  issueServerCertificate,
} from './certificates.ts';
import type { CertificatePem, KeyPairPem } from './certificates.ts';

export interface ControlPlaneCredentials {
  readonly authority: CertificatePem;
  readonly server: CertificatePem;
  readonly admin: CertificatePem;
  readonly controllerManager: CertificatePem;
  /** Signs ServiceAccount tokens. */
  readonly serviceAccounts: KeyPairPem;
}

/** @param serverDays that the API server's certificate holds; by default a year */
export async function createCredentials(serverDays?: number): Promise<ControlPlaneCredentials> {
  const authority = await createCertificateAuthority();
  const [server, admin, controllerManager, serviceAccounts] = await Promise.all([
    issueServerCertificate(
      authority,
      {
        dns: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
        ip: ['127.0.0.1', '10.0.0.1'],
      },
      serverDays,
    ),
    issueClientCertificate(authority, { user: 'kubernetes-admin', groups: ['system:masters'] }),
    issueClientCertificate(authority, { user: 'system:kube-controller-manager' }),
    createKeyPair(),
  ]);
  return { authority, server, admin, controllerManager, serviceAccounts };
}
