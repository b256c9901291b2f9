/** The certificate authority of one control plane: server and client certificates without openssl. */
import { randomBytes, webcrypto } from 'node:crypto';
import './reflect-metadata.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  cryptoProvider,
} from '@peculiar/x509';
import type { Extension, JsonNameParams } from '@peculiar/x509';

cryptoProvider.set(webcrypto);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 3_600_000;
/** Longer than what counts as ending soon. */
const USUAL_DAYS = 365;

export interface KeyPairPem {
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
}

export interface CertificatePem {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Whom a client certificate names; the API server reads CN as user and every O as group. */
export interface ClientIdentity {
  readonly user: string;
  readonly groups?: readonly string[];
}

/** A key pair for signing ServiceAccount tokens. */
export async function createKeyPair(): Promise<KeyPairPem> {
  return exportKeys(await generateKeys());
}

/** When a certificate holds; by default from an hour ago on, for a year. */
export interface Validity {
  /** Days from now; negative for what is over. */
  readonly fromDays?: number;
  readonly toDays?: number;
}

/** What a certificate is called, and when it holds. */
export interface CertificateOptions extends Validity {
  readonly name?: string;
}

export async function createCertificateAuthority(options: CertificateOptions = {}): Promise<CertificatePem> {
  const keys = await generateKeys();
  const { privateKeyPem } = await exportKeys(keys);
  return { certificatePem: await selfSign(keys, options), privateKeyPem };
}

/** Another certificate of the same key. */
export async function reissueAuthority(
  { certificatePem, privateKeyPem }: CertificatePem,
  options: CertificateOptions = {},
): Promise<CertificatePem> {
  const { rawData } = new X509Certificate(certificatePem).publicKey;
  const publicKey = await webcrypto.subtle.importKey('spki', rawData, algorithm, true, ['verify']);
  const privateKey = await importPrivateKey(privateKeyPem);
  return { certificatePem: await selfSign({ publicKey, privateKey }, options), privateKeyPem };
}

async function selfSign(
  keys: webcrypto.CryptoKeyPair,
  { name = 'merlon-test-ca', ...validity }: CertificateOptions,
): Promise<string> {
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...datesOf(validity),
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return certificate.toString('pem');
}

/** An authority between that one and what it signs. */
export function issueAuthority(authority: CertificatePem, options: CertificateOptions = {}): Promise<CertificatePem> {
  const { name = 'merlon-test-intermediate', ...validity } = options;
  return issue(authority, [{ CN: [name] }], [], { ...validity, isAuthority: true });
}

/**
 * @param hosts DNS names and IP addresses that the server answers for
 * @param options or for how many days it holds from now on
 */
export function issueServerCertificate(
  authority: CertificatePem,
  hosts: { readonly dns: readonly string[]; readonly ip: readonly string[] },
  options: number | CertificateOptions = {},
): Promise<CertificatePem> {
  const { name = 'kube-apiserver', ...validity } = typeof options === 'number' ? { toDays: options } : options;
  const names = [
    ...hosts.dns.map((value) => ({ type: 'dns' as const, value })),
    ...hosts.ip.map((value) => ({ type: 'ip' as const, value })),
  ];
  return issue(
    authority,
    [{ CN: [name] }],
    [new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]), new SubjectAlternativeNameExtension(names)],
    validity,
  );
}

export function issueClientCertificate(
  authority: CertificatePem,
  { user, groups = [] }: ClientIdentity,
  validity: Validity = {},
): Promise<CertificatePem> {
  const subject = [...groups.map((group) => ({ O: [{ utf8String: group }] })), { CN: [{ utf8String: user }] }];
  return issue(authority, subject, [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])], validity);
}

async function issue(
  authority: CertificatePem,
  subject: JsonNameParams,
  extensions: readonly Extension[],
  { isAuthority = false, ...validity }: Validity & { readonly isAuthority?: boolean } = {},
): Promise<CertificatePem> {
  const issuer = new X509Certificate(authority.certificatePem);
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    ...datesOf(validity),
    subject: new Name(subject),
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await importPrivateKey(authority.privateKeyPem),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(isAuthority, undefined, true),
      isAuthority
        ? new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true)
        : new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      await AuthorityKeyIdentifierExtension.create(issuer),
      ...extensions,
    ],
  });
  const { privateKeyPem } = await exportKeys(keys);
  return { certificatePem: certificate.toString('pem'), privateKeyPem };
}

function datesOf({ fromDays, toDays = USUAL_DAYS }: Validity): {
  serialNumber: string;
  notBefore: Date;
  notAfter: Date;
} {
  const now = Date.now();
  return {
    // A positive number: the first bit is clear.
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    notBefore: new Date(fromDays === undefined ? now - 3_600_000 : now + fromDays * DAY_MS),
    notAfter: new Date(now + toDays * DAY_MS),
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function exportKeys(keys: webcrypto.CryptoKeyPair): Promise<KeyPairPem> {
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
    webcrypto.subtle.exportKey('spki', keys.publicKey),
  ]);
  return {
    privateKeyPem: PemConverter.encode(privateKey, 'PRIVATE KEY'),
    publicKeyPem: PemConverter.encode(publicKey, 'PUBLIC KEY'),
  };
}

function importPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = PemConverter.decode(pem);
  if (der === undefined) throw new TypeError('not a PEM file');
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}
