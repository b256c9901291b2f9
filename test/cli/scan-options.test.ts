import { expect } from 'chai';

import { parseScanOptions } from '../../src/cli/scan-options.ts';
import type { ScanOptions } from '../../src/cli/scan-options.ts';

/** What the command line gives where nobody says anything. */
const silent = { output: 'table', failOn: undefined, all: false, cluster: false, allNamespaces: undefined };

describe('the options of merlon scan', () => {
  interface Row {
    readonly sentence: string;
    readonly paths?: readonly string[];
    readonly options?: Readonly<Record<string, unknown>>;
    readonly parsed: Partial<ScanOptions>;
  }
  const rows: readonly Row[] = [
    {
      sentence: 'are files, as a table, by the built-in policy and the latest version, if nothing else is said',
      paths: ['a', '-'],
      parsed: { output: 'table', isComplete: false, target: { kind: 'files', paths: ['a', '-'], policies: [] } },
    },
    {
      sentence: 'take policies and a version',
      paths: ['a'],
      options: { policy: ['p', 'q/'], podSecurityVersion: 'v1.34' },
      parsed: { target: { kind: 'files', paths: ['a'], policies: ['p', 'q/'], podSecurityVersion: 34 } },
    },
    {
      sentence: 'take the latest version by its name, and policies from standard input',
      paths: ['a'],
      options: { policy: ['-'], podSecurityVersion: 'latest' },
      parsed: { target: { kind: 'files', paths: ['a'], policies: ['-'] } },
    },
    {
      sentence: 'take JSON, a threshold and everything',
      paths: ['a'],
      options: { output: 'json', failOn: 'low', all: true },
      parsed: { output: 'json', failOn: 'low', isComplete: true },
    },
    {
      sentence: 'take a cluster, in the namespace of its context',
      options: { cluster: true },
      parsed: { target: { kind: 'cluster', isEverything: false } },
    },
    {
      sentence: 'take a namespace, a context and a kubeconfig',
      options: { cluster: true, namespace: 'shop', context: 'demo', kubeconfig: '/k' },
      parsed: {
        target: { kind: 'cluster', isEverything: false, namespace: 'shop', context: 'demo', kubeconfig: '/k' },
      },
    },
    {
      sentence: 'take the whole cluster',
      options: { cluster: true, allNamespaces: true },
      parsed: { target: { kind: 'cluster', isEverything: true } },
    },
  ];
  for (const { sentence, paths = [], options = {}, parsed } of rows) {
    it(sentence, () => {
      const result = parseScanOptions(paths, { ...silent, ...options });
      expect('options' in result ? result.options : result).to.deep.include(parsed);
    });
  }

  interface Refusal {
    readonly sentence: string;
    readonly paths?: readonly string[];
    readonly options?: Readonly<Record<string, unknown>>;
    readonly usageError: string;
  }
  const refusals: readonly Refusal[] = [
    {
      sentence: 'say what to scan',
      usageError: 'nothing to scan: name files or folders, - for standard input, or use --cluster',
    },
    {
      sentence: 'name no paths with a cluster',
      paths: ['a'],
      options: { cluster: true },
      usageError: '--cluster judges a live cluster and takes no paths',
    },
    {
      sentence: 'name no namespace without a cluster',
      paths: ['a'],
      options: { namespace: 'shop' },
      usageError: '--namespace goes with --cluster',
    },
    {
      sentence: 'name no context without a cluster',
      paths: ['a'],
      options: { context: 'demo' },
      usageError: '--context goes with --cluster',
    },
    {
      sentence: 'name no kubeconfig without a cluster',
      paths: ['a'],
      options: { kubeconfig: '/k' },
      usageError: '--kubeconfig goes with --cluster',
    },
    {
      sentence: 'name not all namespaces without a cluster',
      paths: ['a'],
      options: { allNamespaces: true },
      usageError: '--all-namespaces goes with --cluster',
    },
    {
      sentence: 'name one namespace or all',
      options: { cluster: true, namespace: 'shop', allNamespaces: true },
      usageError: '--namespace and --all-namespaces exclude each other',
    },
    {
      // An unset variable of a script must not become another namespace.
      sentence: 'name no namespace that is empty',
      options: { cluster: true, namespace: '' },
      usageError: '--namespace needs a name',
    },
    {
      sentence: 'name no policies with a cluster, which has its own',
      options: { cluster: true, policy: ['a'] },
      usageError: '--policy goes with files: on a cluster the policies that are in it decide',
    },
    {
      sentence: 'name no version with a cluster, which has its own',
      options: { cluster: true, podSecurityVersion: 'latest' },
      usageError: '--pod-security-version goes with files: on a cluster the version of its API server counts',
    },
    {
      sentence: 'name a version that reads as one',
      paths: ['a'],
      options: { podSecurityVersion: '1.34' },
      usageError: '--pod-security-version "1.34" is no version: write latest or one from v1.0 to v1.37',
    },
    {
      // To judge by what is known would call fine what a newer check refuses.
      sentence: 'name no version that is not known yet',
      paths: ['a'],
      options: { podSecurityVersion: 'v1.38' },
      usageError:
        '--pod-security-version v1.38 is newer than the newest that this Merlon knows, which is v1.37; latest means that one',
    },
    {
      sentence: 'read standard input once',
      paths: ['-'],
      options: { policy: ['-'] },
      usageError: 'standard input can be read only once: for --policy, for --exemptions, or as what is judged',
    },
    {
      sentence: 'read standard input once, also for policies and exemptions',
      paths: ['a'],
      options: { policy: ['-'], exemptions: ['-'] },
      usageError: 'standard input can be read only once: for --policy, for --exemptions, or as what is judged',
    },
    {
      sentence: 'name no exemptions with a cluster, which has its own',
      options: { cluster: true, exemptions: ['a'] },
      usageError: '--exemptions goes with files: on a cluster the exemptions that are in it count',
    },
  ];
  for (const { sentence, paths = [], options = {}, usageError } of refusals) {
    it(`must ${sentence}`, () => {
      expect(parseScanOptions(paths, { ...silent, ...options })).to.deep.equal({ usageError });
    });
  }
});
