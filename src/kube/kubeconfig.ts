/**
 * Which cluster a person means: kubeconfig files, merged and read as kubectl does.
 *
 * Source: client-go v0.37.2, tools/clientcmd: loader.go (merging), client_config.go (precedence), validation.go.
 */
import { delimiter, join } from 'node:path';
import type { ClusterConfig, CredentialPlugin, CredentialSource, Impersonation, Material } from './cluster-config.ts';
import { ConfigError } from './config-error.ts';
import { readKubeconfigFile } from './kubeconfig-file.ts';
import type { KubeconfigEntry, KubeconfigFile } from './kubeconfig-file.ts';
import type { Environment } from './proxy.ts';

export interface KubeconfigOptions {
  /** One file that must exist; without it KUBECONFIG (a list) or ~/.kube/config. */
  readonly path?: string | undefined;
  /** Without it the current one. */
  readonly context?: string | undefined;
  readonly environment: Environment;
  readonly homeFolder: string;
  /** Where credentials come from a program or an identity provider; without it such users are refused. */
  readonly loadPlugin?: LoadCredentialPlugin;
}

export type LoadCredentialPlugin = (user: PluginUser) => Promise<CredentialPlugin>;

/** A user of a kubeconfig whose credentials Merlon does not read itself. */
export interface PluginUser {
  readonly name: string;
  /** The user's fields as in the file; `exec` with an absolute path where it had a relative one. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly server: string;
}

/** @throws {ConfigError} if nothing usable is found */
export async function readKubeconfig(options: KubeconfigOptions): Promise<ClusterConfig> {
  const { paths, isExplicit } = selectPaths(options);
  const files = (await Promise.all(paths.map(readKubeconfigFile))).filter((file) => file !== undefined);
  if (files.length === 0) {
    const where = paths.map((path) => `"${path}"`).join(', ');
    throw new ConfigError(
      isExplicit
        ? `kubeconfig ${where} does not exist; check --kubeconfig`
        : `no kubeconfig found at ${where}; set KUBECONFIG or use --kubeconfig`,
    );
  }
  return buildConfig(files, options);
}

function selectPaths({ path, environment, homeFolder }: KubeconfigOptions): { paths: string[]; isExplicit: boolean } {
  if (path !== undefined) return { paths: [path], isExplicit: true };
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((entry) => entry !== '');
  const paths = listed.length > 0 ? [...new Set(listed)] : [join(homeFolder, '.kube', 'config')];
  return { paths, isExplicit: false };
}

async function buildConfig(files: readonly KubeconfigFile[], options: KubeconfigOptions): Promise<ClusterConfig> {
  const source = `kubeconfig ${files.map(({ path }) => `"${path}"`).join(', ')}`;
  const contextName = options.context ?? files.find(({ currentContext }) => currentContext !== '')?.currentContext;
  const known = [...new Set(files.flatMap(({ contexts }) => [...contexts.keys()]))];
  if (contextName === undefined) {
    throw new ConfigError(`${source} names no current context; choose one of ${quote(known)} with --context`);
  }
  const context = firstOf(files, 'contexts', contextName);
  if (context === undefined) {
    throw new ConfigError(`${source} has no context "${contextName}"; it has ${quote(known)}`);
  }
  const clusterName = context.string('cluster') ?? '';
  const cluster = firstOf(files, 'clusters', clusterName);
  if (cluster === undefined)
    throw new ConfigError(`${context.where} names cluster "${clusterName}", which is not there`);
  const userName = context.string('user') ?? '';
  const user = firstOf(files, 'users', userName);
  if (user === undefined && userName !== '') {
    throw new ConfigError(`${context.where} names user "${userName}", which is not there`);
  }
  const server = readServer(cluster);
  const origin = `${source}, context "${contextName}"`;
  return {
    origin,
    namespace: context.string('namespace') ?? 'default',
    ...server,
    // Credentials never go over a connection that anybody can read.
    credentials:
      user === undefined || !server.server.startsWith('https:')
        ? []
        : await readUser(user, userName, server.server, options),
    ...(user?.has('as') === true ? { impersonation: readImpersonation(user) } : {}),
  };
}

/** The first file that has the entry counts, with all of it. */
function firstOf(
  files: readonly KubeconfigFile[],
  list: 'clusters' | 'contexts' | 'users',
  name: string,
): KubeconfigEntry | undefined {
  return files.find((file) => file[list].has(name))?.[list].get(name);
}

function readServer(
  cluster: KubeconfigEntry,
): Pick<ClusterConfig, 'server' | 'isInsecure' | 'certificateAuthority' | 'serverName' | 'proxyUrl'> {
  const server = cluster.string('server') ?? '';
  if (!URL.canParse(server) || !/^https?:/.test(server)) {
    throw new ConfigError(`${cluster.where}: "server" must be an address as "https://10.0.0.1:6443"`);
  }
  const certificateAuthority = readMaterialField(cluster, 'certificate-authority');
  const isInsecure = cluster.boolean('insecure-skip-tls-verify');
  if (isInsecure && certificateAuthority !== undefined) {
    throw new ConfigError(`${cluster.where}: leave out "insecure-skip-tls-verify" or the certificate authority`);
  }
  const serverName = cluster.string('tls-server-name');
  const proxyUrl = cluster.string('proxy-url');
  return {
    server,
    isInsecure,
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  };
}

async function readUser(
  user: KubeconfigEntry,
  name: string,
  server: string,
  { loadPlugin }: KubeconfigOptions,
): Promise<readonly CredentialSource[]> {
  const sources: CredentialSource[] = [];
  const certificate = readMaterialField(user, 'client-certificate');
  const key = readMaterialField(user, 'client-key');
  if ((certificate === undefined) !== (key === undefined)) {
    throw new ConfigError(`${user.where}: a client certificate needs its key, and a key its certificate`);
  }
  if (certificate !== undefined && key !== undefined) sources.push({ kind: 'client-certificate', certificate, key });
  const tokenFile = user.file('tokenFile');
  const token = user.string('token');
  // A token's file is read again and again, so it counts before a token.
  if (tokenFile !== undefined) sources.push({ kind: 'token', token: { file: tokenFile } });
  else if (token !== undefined) sources.push({ kind: 'token', token: { text: token } });
  const username = user.string('username');
  const password = user.string('password');
  if (username !== undefined || password !== undefined) {
    sources.push({ kind: 'basic', username: username ?? '', password: password ?? '' });
  }
  if (sources.length > 0 || !(user.has('exec') || user.has('auth-provider'))) return sources;
  if (loadPlugin === undefined) {
    throw new ConfigError(
      `${user.where} gets its credentials from a plug-in, which is not supported here; use a token or a client certificate`,
    );
  }
  return [{ kind: 'plugin', plugin: await loadPlugin({ name, server, fields: withAbsoluteCommand(user) }) }];
}

/** A command with a slash in it is relative to the kubeconfig, one without is looked up on PATH. */
function withAbsoluteCommand(user: KubeconfigEntry): Readonly<Record<string, unknown>> {
  const exec = user.entry('exec');
  const command = exec?.string('command');
  if (exec === undefined || command?.includes('/') !== true) return user.fields;
  return { ...user.fields, exec: { ...exec.fields, command: exec.file('command') } };
}

/** A field that holds the path of a file, or with `-data` at its end the content in base64, which counts first. */
function readMaterialField(entry: KubeconfigEntry, name: string): Material | undefined {
  const text = entry.base64(`${name}-data`);
  if (text !== undefined) return { text };
  const file = entry.file(name);
  return file === undefined ? undefined : { file };
}

function readImpersonation(user: KubeconfigEntry): Impersonation {
  const uid = user.string('as-uid');
  return {
    user: user.string('as') ?? '',
    ...(uid === undefined ? {} : { uid }),
    groups: user.strings('as-groups'),
    extra: user.stringLists('as-user-extra'),
  };
}

function quote(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');
}
