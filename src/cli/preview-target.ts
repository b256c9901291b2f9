/** What `merlon enforce --preview` looks at. */
import type { ClusterChoice } from './cluster-access.ts';
import type { GivenEnforceOptions } from './given-enforce-options.ts';
import type { UsageError } from './usage-error.ts';

export interface PreviewTarget extends ClusterChoice {
  /** Files, folders and `-` with what is there; a live cluster where it is left out. */
  readonly files?: readonly string[];
  /** Only this one; all where it is left out. */
  readonly namespace?: string;
}

type Given = Pick<
  GivenEnforceOptions,
  'preview' | 'filename' | 'namespace' | 'kubeconfig' | 'context' | 'output' | 'kubernetesVersion' | 'policy'
> &
  Pick<GivenEnforceOptions, 'exemptions'>;

export function parsePreviewTarget(given: Given): { readonly preview: PreviewTarget | undefined } | UsageError {
  const { preview = false, filename, namespace, kubeconfig, context, output, kubernetesVersion } = given;
  if (!preview) {
    const options = { '--filename': filename, '--namespace': namespace, '--kubeconfig': kubeconfig };
    const stray = Object.entries({ ...options, '--context': context }).find(([, one]) => one !== undefined)?.[0];
    if (stray !== undefined) return { usageError: `${stray} goes with --preview` };
    return output === 'json' ? { usageError: '-o json goes with --preview' } : { preview: undefined };
  }
  if (output === 'yaml') return { usageError: '--preview prints a table or JSON: -o yaml prints policies' };
  if (namespace === '') return { usageError: '--namespace needs a name' };
  if (filename === undefined) {
    if (kubernetesVersion !== undefined) {
      return { usageError: '--kubernetes-version goes with files: on a cluster the version of its API server counts' };
    }
  } else if (kubeconfig !== undefined || context !== undefined) {
    return { usageError: '--kubeconfig and --context name a cluster, and --filename files: leave one of them out' };
  }
  const sources = [filename, given.policy, given.exemptions];
  if (sources.filter((paths) => paths?.includes('-') === true).length > 1) {
    return {
      usageError: 'standard input can be read only once: for --policy, for --exemptions, or as what is looked at',
    };
  }
  return {
    preview: {
      ...(filename === undefined ? {} : { files: filename }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
    },
  };
}
