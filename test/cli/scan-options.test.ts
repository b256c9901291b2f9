import { expect } from 'chai';

import { parseScanOptions } from '../../src/cli/scan-command.ts';
import type { ScanOptions } from '../../src/cli/scan-command.ts';

/** What the command line gives where nobody says anything. */
const silent = { output: 'table', failOn: 'high', all: false, cluster: false, allNamespaces: undefined };

describe('the options of merlon scan', () => {
  interface Row {
    readonly sentence: string;
    readonly paths?: readonly string[];
    readonly options?: Readonly<Record<string, unknown>>;
    readonly parsed: Partial<ScanOptions>;
  }
  const rows: readonly Row[] = [
    {
      sentence: 'are files, as a table, failing on high, if nothing else is said',
      paths: ['a', '-'],
      parsed: { output: 'table', failOn: 'high', isComplete: false, target: { kind: 'files', paths: ['a', '-'] } },
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
  ];
  for (const { sentence, paths = [], options = {}, usageError } of refusals) {
    it(`must ${sentence}`, () => {
      expect(parseScanOptions(paths, { ...silent, ...options })).to.deep.equal({ usageError });
    });
  }
});
