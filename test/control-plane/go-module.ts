/**
 * The go.mod of a control plane of some Kubernetes version, computed from that version's own go.mod.
 *
 * k8s.io/kubernetes requires its staging modules at v0.0.0 and replaces them by folders of its own repository; for
 * anyone else each must be replaced by the published module of the same release. Source: kubernetes#79384.
 */

/** What main.go and its neighbours import, besides what these bring with them. */
const stagingImports = ['api', 'apimachinery', 'client-go', 'component-base', 'kubectl', 'pod-security-admission'];

/**
 * @param version a published release, as `1.37.2`
 * @param kubernetesGoMod text of k8s.io/kubernetes' go.mod at that version
 * @returns text of a go.mod that `go mod tidy` completes
 * @throws {Error} if the text requires no etcd client or names no staging module
 */
export function buildGoMod(version: string, kubernetesGoMod: string): string {
  const upstream = parseGoMod(kubernetesGoMod);
  const etcd = upstream.requires.get('go.etcd.io/etcd/client/v3');
  const staging = selectStagingModules(upstream);
  if (etcd === undefined || staging.length === 0) {
    throw new Error(`go.mod of k8s.io/kubernetes v${version} names no etcd client or no staging modules`);
  }
  const stagingVersion = version.replace(/^1\./, 'v0.');
  return [
    'module merlon.dev/test/control-plane',
    '',
    ...upstream.settings.flatMap((line) => [line, '']),
    'require (',
    `\tgo.etcd.io/etcd/server/v3 ${etcd}`,
    ...[
      ...stagingImports.map((name) => `\tk8s.io/${name} ${stagingVersion}`),
      `\tk8s.io/kubernetes v${version}`,
    ].sort(),
    ')',
    '',
    'replace (',
    ...staging.map((path) => `\t${path} => ${path} ${stagingVersion}`),
    ')',
    '',
  ].join('\n');
}

export interface GoMod {
  /** The `go` and `godebug` lines as they stand. */
  readonly settings: readonly string[];
  /** Module path to version, without what is only required indirectly. */
  readonly requires: ReadonlyMap<string, string>;
  /** Module path to what replaces it: `path version`, or a folder. */
  readonly replaces: ReadonlyMap<string, string>;
}

/** Reads the parts of a go.mod that matter here; a `toolchain` line is left out. */
export function parseGoMod(text: string): GoMod {
  const settings: string[] = [];
  const requires = new Map<string, string>();
  const replaces = new Map<string, string>();
  for (const { directive, rest } of readDirectives(text)) {
    if (directive === 'go' || directive === 'godebug') settings.push(`${directive} ${rest}`);
    const [path = '', ...target] = rest.replace(/\s*\/\/.*$/, '').split(/\s+(?:=>\s+)?/);
    if (directive === 'require' && !rest.includes('// indirect')) requires.set(path, target.join(' '));
    if (directive === 'replace') replaces.set(path, target.join(' '));
  }
  return { settings, requires, replaces };
}

function selectStagingModules({ requires, replaces }: GoMod): string[] {
  const required = [...requires].filter(([, version]) => version === 'v0.0.0').map(([path]) => path);
  // Two staging modules are only in the replace block.
  const replaced = [...replaces].filter(([, target]) => target.startsWith('./staging/')).map(([path]) => path);
  return [...new Set([...required, ...replaced])].sort();
}

function readDirectives(text: string): { directive: string; rest: string }[] {
  const directives: { directive: string; rest: string }[] = [];
  let block: string | undefined;
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith('//')) continue;
    if (line === ')') block = undefined;
    else if (block !== undefined) directives.push({ directive: block, rest: line });
    else {
      const [directive = '', ...rest] = line.split(/\s+/);
      if (rest[0] === '(') block = directive;
      else directives.push({ directive, rest: rest.join(' ') });
    }
  }
  return directives;
}
