/** What `merlon enforce` can be asked for by options, policies can be asked for by fields, and the other way round. */
import { Command } from 'commander';
import { expect } from 'chai';

import { enforcementSchema } from '../../src/api/v1alpha1/enforcement.ts';
import type { CrdSchema } from '../../src/api/v1alpha1/schema.ts';
import { addEnforce } from '../../src/cli/commands/enforce.ts';
import { additions } from '../../src/cli/enforce-options.ts';
import type { CommandProcess } from '../../src/cli/output.ts';

/** By field of `spec.enforcement`: the option, or the words of `--with`, that say the same. */
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  mode: ['--at-most'],
  withoutLabel: ['--mode'],
  families: ['--families'],
  rules: ['--rules'],
  namespacesOut: ['--namespaces-out'],
  breakGlassGroups: ['--break-glass-group'],
  'exec.connections': ['portforward', 'proxy'],
  'exec.ephemeralContainers': ['ephemeral-containers'],
  'exec.hostNetwork': ['host-network'],
  'exec.byLabel': ['label'],
  'podDefaults.rules': ['--defaults'],
  'serviceAccounts.tokenSecrets': ['token-secrets'],
  // An empty list is what the word asks for.
  'rbac.clusterAdmins': ['--cluster-admin', 'cluster-admin'],
  'cluster.nodesProxy': ['--nodes-proxy'],
  'cluster.rbac': ['--cluster-rbac'],
};

/** That say where to read, what to print, and for which cluster. */
const besides = [
  ...['--output', '--policy', '--exemptions', '--kubernetes-version', '--with'],
  ...['--preview', '--filename', '--namespace', '--kubeconfig', '--context'],
];

function leavesOf(schema: CrdSchema, path = ''): readonly string[] {
  return schema.type === 'object' && 'properties' in schema
    ? Object.entries(schema.properties).flatMap(([name, one]) => leavesOf(one, path === '' ? name : `${path}.${name}`))
    : [path];
}

describe('the options of merlon enforce', () => {
  it('each have a field of spec.enforcement, and each field has an option', () => {
    const program = new Command();
    addEnforce(program, {} as CommandProcess);
    const options = program.commands.flatMap((command) => command.options.flatMap(({ long }) => long ?? []));
    const named = Object.values(optionsOf).flat();
    expect(leavesOf(enforcementSchema)).to.have.members(Object.keys(optionsOf));
    expect(options).to.have.members([...named.filter((one) => one.startsWith('--')), ...besides]);
    expect(additions).to.have.members(named.filter((one) => !one.startsWith('--')));
  });
});
