import { expect } from 'chai';

import type { LiveObject, ManagedFields } from '../../src/remediation/live-object.ts';
import { isOwnedByMerlon, ownershipOfManager, printOwner, readOwnership } from '../../src/remediation/ownership.ts';
import type { Ownership } from '../../src/remediation/ownership.ts';

const field = ['automountServiceAccountToken'];
const label = ['metadata', 'labels', 'pod-security.kubernetes.io/warn'];
const owns = { 'f:automountServiceAccountToken': {} };
const ownsLabel = { 'f:metadata': { 'f:labels': { '.': {}, 'f:pod-security.kubernetes.io/warn': {} } } };

function entry(manager: string, fieldsV1: object = owns, operation = 'Update'): ManagedFields {
  return { manager, operation, fieldsV1: fieldsV1 as Readonly<Record<string, unknown>> };
}

interface Row {
  readonly name: string;
  readonly managed?: readonly ManagedFields[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly keys?: readonly string[];
  readonly is: Ownership['state'];
  /** As it is printed for people, or the field manager. */
  readonly owner?: string;
}

const rows: readonly Row[] = [
  { name: 'nobody, where nothing says anything', is: 'free' },
  { name: 'nobody, where others own other fields', managed: [entry('kubectl', { 'f:secrets': {} })], is: 'free' },
  { name: 'nobody, where others own other labels', managed: [entry('helm', ownsLabel)], is: 'free' },
  { name: 'nobody, where an entry owns nothing', managed: [entry('helm', {})], is: 'free' },
  { name: 'Merlon, where it has applied it', managed: [entry('merlon-remediator', owns, 'Apply')], is: 'ours' },
  {
    name: 'Merlon, also where a label says Argo CD: the field counts more than the object',
    managed: [entry('merlon-remediator', owns, 'Apply')],
    labels: { 'argocd.argoproj.io/instance': 'shop' },
    is: 'ours',
  },
  {
    name: 'somebody who calls himself as Merlon does and has not applied it',
    managed: [entry('merlon-remediator')],
    is: 'conflict',
    owner: 'merlon-remediator',
  },
  {
    name: 'somebody else, where it is his and also of Merlon',
    managed: [entry('merlon-remediator', owns, 'Apply'), entry('kubectl-edit')],
    is: 'conflict',
    owner: 'kubectl-edit',
  },
  {
    name: 'Argo CD by its field manager',
    managed: [entry('argocd-controller', owns, 'Apply')],
    is: 'gitOps',
    owner: 'Argo CD',
  },
  {
    name: 'Argo CD by its field manager, with the application that it tracks the object for',
    managed: [entry('argocd-controller', owns, 'Apply')],
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/ServiceAccount:shop/default' },
    is: 'gitOps',
    owner: 'Argo CD ("shop")',
  },
  {
    name: 'Argo CD by the annotation alone',
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/ServiceAccount:shop/default' },
    is: 'gitOps',
    owner: 'Argo CD ("shop")',
  },
  {
    name: 'Argo CD by its label',
    labels: { 'argocd.argoproj.io/instance': 'shop' },
    is: 'gitOps',
    owner: 'Argo CD ("shop")',
  },
  {
    name: 'Flux by its field manager',
    managed: [entry('kustomize-controller', owns, 'Apply')],
    is: 'gitOps',
    owner: 'Flux',
  },
  {
    name: 'Flux by the label of a Kustomization',
    labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' },
    is: 'gitOps',
    owner: 'Flux ("apps")',
  },
  {
    name: 'Flux by the label of a HelmRelease',
    labels: { 'helm.toolkit.fluxcd.io/name': 'web' },
    is: 'gitOps',
    owner: 'Flux ("web")',
  },
  { name: 'Helm by its field manager', managed: [entry('helm')], is: 'gitOps', owner: 'Helm' },
  {
    name: 'Helm by its annotation',
    annotations: { 'meta.helm.sh/release-name': 'web' },
    is: 'gitOps',
    owner: 'Helm ("web")',
  },
  {
    name: 'kubectl apply, of old',
    managed: [entry('kubectl-client-side-apply')],
    is: 'gitOps',
    owner: 'kubectl apply',
  },
  {
    name: "kubectl apply on the server's side",
    managed: [entry('kubectl', owns, 'Apply')],
    is: 'gitOps',
    owner: 'kubectl apply',
  },
  {
    name: 'kubectl apply by what it was given last',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"automountServiceAccountToken":true}' },
    is: 'gitOps',
    owner: 'kubectl apply',
  },
  {
    name: 'nobody, where kubectl apply was given an object without the field',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"kind":"ServiceAccount"}' },
    is: 'free',
  },
  {
    name: 'kubectl apply, where what it was given cannot be read',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{' },
    is: 'gitOps',
    owner: 'kubectl apply',
  },
  { name: 'whoever edited it', managed: [entry('kubectl-edit')], is: 'conflict', owner: 'kubectl-edit' },
  { name: 'whoever patched it', managed: [entry('kubectl-patch')], is: 'conflict', owner: 'kubectl-patch' },
  { name: 'whoever ran kubectl with another verb', managed: [entry('kubectl')], is: 'conflict', owner: 'kubectl' },
  { name: 'another operator', managed: [entry('team-operator')], is: 'conflict', owner: 'team-operator' },
  {
    name: 'a manager that is called like a property of every object',
    managed: [entry('constructor')],
    is: 'conflict',
    owner: 'constructor',
  },
  { name: 'nobody by a label that Helm charts set, too', labels: { 'app.kubernetes.io/instance': 'shop' }, is: 'free' },
  {
    name: 'whoever has set the label',
    managed: [entry('kubectl-label', ownsLabel)],
    keys: label,
    is: 'conflict',
    owner: 'kubectl-label',
  },
  {
    name: 'whoever owns all labels as one',
    managed: [entry('team-operator', { 'f:metadata': { 'f:labels': {} } })],
    keys: label,
    is: 'conflict',
    owner: 'team-operator',
  },
  {
    name: 'nobody, where somebody owns that there are labels',
    managed: [entry('team-operator', { 'f:metadata': { 'f:labels': { '.': {}, 'f:team': {} } } })],
    keys: label,
    is: 'free',
  },
  {
    name: 'in conflict, where what somebody owns cannot be read',
    managed: [entry('odd', { 'f:automountServiceAccountToken': 7 })],
    is: 'conflict',
    owner: '',
  },
  { name: 'in conflict, where an entry is none', managed: [7 as unknown as ManagedFields], is: 'conflict', owner: '' },
  {
    name: 'in conflict, where there is no list',
    managed: 'all' as unknown as ManagedFields[],
    is: 'conflict',
    owner: '',
  },
];

function objectOf({ managed, labels, annotations }: Pick<Row, 'managed' | 'labels' | 'annotations'>): LiveObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: 'default',
      namespace: 'shop',
      uid: 'uid-1',
      ...(managed === undefined ? {} : { managedFields: managed }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
}

function ownerOf(ownership: Ownership): string | undefined {
  if (ownership.state === 'gitOps') return printOwner(ownership.owner);
  return ownership.state === 'conflict' ? ownership.manager : undefined;
}

describe('the field belongs to', () => {
  for (const row of rows) {
    it(row.name, () => {
      const found = readOwnership(objectOf(row), [row.keys ?? field]);
      expect(found.state).to.equal(row.is);
      expect(ownerOf(found)).to.equal(row.owner);
    });
  }

  it('whoever has one of several', () => {
    const object = objectOf({
      managed: [entry('merlon-remediator', owns, 'Apply'), entry('kubectl-label', ownsLabel)],
    });
    expect(readOwnership(object, [field, label])).to.include({ state: 'conflict', manager: 'kubectl-label' });
    expect(isOwnedByMerlon(object, field)).to.equal(true);
    expect(isOwnedByMerlon(object, label)).to.equal(false);
  });

  it('the tool whose field manager the API server names', () => {
    const object = objectOf({});
    expect(ownershipOfManager('helm', object, [field])).to.deep.include({ state: 'gitOps', owner: { tool: 'Helm' } });
    expect(ownershipOfManager('before-first-apply', object, [field])).to.include({ state: 'conflict' });
  });
});
