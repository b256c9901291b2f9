/** The list of what is shipped, held against config/: an object that is shipped and not listed would outlive "merlon uninstall". */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';
import { loadAll } from 'js-yaml';

import { buildInstallManifests, readInstallManifests } from '../../src/generate/install-manifests.ts';
import { buildShippedObjects } from '../../src/generate/shipped-objects.ts';
import { shippedObjects } from '../../src/uninstall/plan/shipped-objects.ts';

const root = join(import.meta.dirname, '../..');

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

const nameOf = ({ apiVersion, kind, metadata: { name, namespace } }: Manifest) =>
  `${apiVersion} ${kind} ${namespace ?? '-'}/${name}`;

describe('the list of shipped objects', () => {
  const listed = shippedObjects.map(
    ({ apiVersion, kind, name, namespace }) => `${apiVersion} ${kind} ${namespace ?? '-'}/${name}`,
  );

  it('has what config/ brings, what is applied besides, and the roles that are bound by hand, each once', async () => {
    const brought = loadAll(await buildInstallManifests(root)) as Manifest[];
    expect(brought).to.have.length.greaterThan(20);
    const samples = join(root, 'config/samples/remediation');
    const texts = await Promise.all((await readdir(samples)).map((name) => readFile(join(samples, name), 'utf8')));
    const byHand = texts
      .flatMap((text) => loadAll(text) as Manifest[])
      .filter(({ metadata: { labels } }) => labels?.['app.kubernetes.io/part-of'] === 'merlon');
    expect(byHand.map(nameOf)).to.include('rbac.authorization.k8s.io/v1 ClusterRole -/merlon-repair-namespaces');
    const optional = ['config/probes', 'config/enforcement', 'config/enforcement/mutating'];
    const folders = optional.map((folder) => readInstallManifests(root, [], folder));
    const besides = (await Promise.all(folders)).flat().map(({ object }) => object as unknown);
    expect(besides).to.have.length(12);
    expect(listed).to.have.members([...brought, ...(besides as Manifest[]), ...byHand].map(nameOf));
  });

  it('knows which of them carry the label of Merlon: all but the accounts that Kubernetes makes itself', () => {
    expect(shippedObjects.filter(({ isLabelled }) => !isLabelled)).to.deep.equal([
      { apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace: 'merlon', isLabelled: false },
      { apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace: 'merlon-probes', isLabelled: false },
    ]);
  });

  it('takes a manifest as it is about to be printed, not as it stands', async () => {
    const path = 'config/admission/remediation-actions.yaml';
    const content = 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: printed\n  namespace: merlon\n';
    const file = await buildShippedObjects(root, [{ path, content }]);
    expect(file.path).to.equal('src/uninstall/plan/shipped-objects.ts');
    expect(file.content).to.include("name: 'printed'").and.not.to.include('merlon-remediation-actions');
  });
});
