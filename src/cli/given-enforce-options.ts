/** The options of `merlon enforce` as the command line gives them. */
export interface GivenEnforceOptions {
  /** With commas between them. */
  readonly families: string;
  /** With commas between them; all of the families where it is left out. */
  readonly rules?: string;
  readonly mode: string;
  readonly atMost: string;
  /** With commas between them; empty for none. */
  readonly namespacesOut: string;
  readonly breakGlassGroup?: readonly string[];
  /** With commas between them. */
  readonly with?: string;
  readonly nodesProxy: string;
  /** Ids of rules, with commas between them. */
  readonly defaults?: string;
  readonly clusterAdmin?: readonly string[];
  readonly clusterRbac: string;
  readonly policy?: readonly string[];
  readonly exemptions?: readonly string[];
  readonly kubernetesVersion?: string;
  readonly output: EnforceOutput;
  readonly preview?: boolean;
  readonly filename?: readonly string[];
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

export type EnforceOutput = 'table' | 'yaml' | 'json';
