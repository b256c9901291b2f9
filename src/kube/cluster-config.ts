/** Where an API server is and how to speak to it, whatever said so: a pod's files, a kubeconfig, or a test. */

/** A text given in place, or in a file that may be replaced while Merlon runs. */
export type Material = { readonly text: string } | { readonly file: string };

export interface ClusterConfig {
  /** What said so, for messages: `kubeconfig "/root/.kube/config", context "demo"`. */
  readonly origin: string;
  /** As `https://10.0.0.1:443`, with a path where the API server has one. */
  readonly server: string;
  /** Trusted for the server's certificate; without it, what Node trusts. */
  readonly certificateAuthority?: Material;
  /** The name that the server's certificate must have, where that is not the address's. */
  readonly serverName?: string;
  /** Whether any certificate will do. */
  readonly isInsecure: boolean;
  /** Sent together where there are several; none for an anonymous caller. */
  readonly credentials: readonly CredentialSource[];
  readonly impersonation?: Impersonation;
  /** As `http://proxy:3128`; the environment is asked otherwise. */
  readonly proxyUrl?: string;
  /** The namespace that commands mean when they name none. */
  readonly namespace: string;
}

export type CredentialSource =
  | { readonly kind: 'token'; readonly token: Material }
  | { readonly kind: 'client-certificate'; readonly certificate: Material; readonly key: Material }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** Credentials that another program or library provides (exec plug-ins, OIDC). */
  | { readonly kind: 'plugin'; readonly plugin: CredentialPlugin };

export interface CredentialPlugin {
  /** @throws whatever the plug-in throws; the transport says which request needed it */
  read(): Promise<Credentials>;
  /** The API server refused what `read` gave: it is worth nothing any more. */
  invalidate(): void;
}

/** What goes with a request to say who asks. */
export interface Credentials {
  /** The value of the Authorization header. */
  readonly authorization?: string;
  readonly certificatePem?: string;
  readonly keyPem?: string;
}

/** Act as someone else, where RBAC allows it. */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** The same API server, asked as nobody: what it lets anonymous callers do. */
export function withoutCredentials({ impersonation, ...config }: ClusterConfig): ClusterConfig {
  return { ...config, credentials: [] };
}
