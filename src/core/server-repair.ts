/**
 * What has to be changed of an API server so that a rule passes, whatever it is started by. How that is written down on a
 * kubeadm cluster, in k3s, in Talos and elsewhere follows from it: `server-platforms.ts` knows.
 */

/** Who starts kube-apiserver. `managed` is a provider: EKS, GKE, AKS. */
export const platforms = ['kubeadm', 'k3s', 'talos', 'kops', 'managed'] as const;
export type Platform = (typeof platforms)[number];

export type ConfigurationKind = keyof typeof configurationKinds;

/** A file that a flag names, and what it says. */
export interface ConfigurationFile {
  readonly kind: ConfigurationKind;
  /** Without apiVersion and kind. */
  readonly content: Readonly<Record<string, unknown>>;
}

export interface ServerRepair {
  /** Flags to start kube-apiserver with, by name without dashes; of files, the path that is usual on kubeadm. */
  readonly set?: Flags;
  /** Flags to start it without. */
  readonly drop?: readonly string[];
  /** Admission plugins to name in --enable-admission-plugins, beside those that are there. */
  readonly enable?: readonly string[];
  /** What to take out of the list of a flag: `{ 'disable-admission-plugins': 'PodSecurity' }`. */
  readonly unlist?: Flags;
  /** Where its kind stands in place of flags it is another way to do what `set` does, and a part of it otherwise. */
  readonly file?: ConfigurationFile;
  /** Old flags to which the file is the successor, besides those that `set` and `drop` name. */
  readonly successorOf?: readonly string[];
  /** What takes no flag, in short; how it is done is `own` of each platform. */
  readonly anywhere?: string;
  /** What somebody offers in place of flags, or does where it takes none; for `managed`, what is known of a provider. */
  readonly own?: { readonly [P in Platform]?: string };
}

interface ConfigurationDeclaration {
  readonly apiVersion: string;
  /** The flag that names it, without dashes. */
  readonly flag: string;
  readonly fileName: string;
  /** Flags that it stands in place of, and that cannot be given beside it. */
  readonly replaces: readonly string[];
  /** Which versions of it which Kubernetes reads. */
  readonly versions: string;
}

/** Source: k8s.io/apiserver v0.37.2, pkg/apis/{apiserver,audit}, and the references of Kubernetes for its flags. */
const configurationKinds = {
  AuthenticationConfiguration: {
    apiVersion: 'apiserver.config.k8s.io/v1',
    flag: 'authentication-config',
    fileName: 'authentication.yaml',
    replaces: ['anonymous-auth', 'oidc-issuer-url', 'oidc-client-id'],
    versions:
      'v1 from Kubernetes 1.34, v1beta1 from 1.30; its field anonymous from 1.32, where no gate has to be opened',
  },
  AuthorizationConfiguration: {
    apiVersion: 'apiserver.config.k8s.io/v1',
    flag: 'authorization-config',
    fileName: 'authorization.yaml',
    replaces: ['authorization-mode', 'authorization-webhook-config-file'],
    versions: 'v1 from Kubernetes 1.32, v1beta1 from 1.30',
  },
  AdmissionConfiguration: {
    apiVersion: 'apiserver.config.k8s.io/v1',
    flag: 'admission-control-config-file',
    fileName: 'admission.yaml',
    replaces: [],
    versions: 'v1; it configures plugins, and switches none of them on or off',
  },
  EncryptionConfiguration: {
    apiVersion: 'apiserver.config.k8s.io/v1',
    flag: 'encryption-provider-config',
    fileName: 'encryption.yaml',
    replaces: [],
    versions: 'v1; a key that a KMS holds is used by KMS v2: version 1 is off by default from Kubernetes 1.29',
  },
  Policy: {
    apiVersion: 'audit.k8s.io/v1',
    flag: 'audit-policy-file',
    fileName: 'audit-policy.yaml',
    replaces: [],
    versions: 'v1',
  },
} as const satisfies Readonly<Record<string, ConfigurationDeclaration>>;

export function declarationOf(kind: ConfigurationKind): ConfigurationDeclaration {
  return configurationKinds[kind];
}

export type Flags = Readonly<Record<string, string>>;

/** Whether the file is another way to do what `set` does; otherwise both are needed. */
export function isAlternative({ set = {}, file }: ServerRepair): boolean {
  return file !== undefined && declarationOf(file.kind).replaces.some((flag) => Object.hasOwn(set, flag));
}

/** The platforms of which nobody says how it is done there: where it takes flags or a file, that follows. */
export function findSilentPlatforms(repair: ServerRepair): readonly Platform[] {
  const { set, drop, enable, unlist, file, own = {} } = repair;
  const isByFlags = [set, drop, enable, unlist, file].some((part) => part !== undefined);
  return isByFlags ? [] : platforms.filter((platform) => (own[platform] ?? '') === '');
}

/** The file as it is written. */
export function writtenFile({ kind, content }: ConfigurationFile): Readonly<Record<string, unknown>> {
  return { apiVersion: declarationOf(kind).apiVersion, kind, ...content };
}

/** Where a file and flags do the same, one of them; the same repair otherwise. */
export function chooseWay(repair: ServerRepair, way: 'file' | 'flags'): ServerRepair {
  if (!isAlternative(repair)) return repair;
  const { set = {}, file, ...rest } = repair;
  return file !== undefined && way === 'file' ? { ...rest, file } : { ...rest, set };
}

/**
 * What kube-apiserver is started with.
 *
 * @param folder where the platform has files of this kind
 */
export function flagsOf({ set = {}, file, enable }: ServerRepair, folder: string): Flags {
  // Whoever names plugins names all that are not on by default, and NodeRestriction is mostly named already.
  const plugins = enable === undefined ? [] : [...new Set(['NodeRestriction', ...enable])];
  return {
    ...set,
    ...(plugins.length === 0 ? {} : { 'enable-admission-plugins': plugins.join(',') }),
    ...(file === undefined
      ? {}
      : { [declarationOf(file.kind).flag]: `${folder}/${declarationOf(file.kind).fileName}` }),
  };
}

/** Every flag that it is about: old ones, and those that name the file that is their successor. */
export function flagsAbout(repair: ServerRepair): readonly string[] {
  const { set = {}, drop = [], enable, unlist = {}, file, successorOf = [] } = repair;
  const ofFile = file === undefined ? [] : [declarationOf(file.kind).flag];
  const plugins = enable === undefined ? [] : ['enable-admission-plugins'];
  return [...new Set([...Object.keys(set), ...drop, ...Object.keys(unlist), ...plugins, ...ofFile, ...successorOf])];
}
