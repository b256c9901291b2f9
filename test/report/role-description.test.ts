import { expect } from 'chai';

import type { RoleEntry } from '../../src/rbac/role-inventory.ts';
import { describeRole } from '../../src/report/role-description.ts';
import { buildPainter } from '../../src/report/terminal.ts';

const secrets = { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] };
const health = { verbs: ['get'], nonResourceURLs: ['/healthz'] };
const named = { verbs: ['get'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web', 'api'] };

const view: RoleEntry = {
  kind: 'ClusterRole',
  name: 'view',
  labels: { team: 'shop' },
  comparison: {
    status: 'changed',
    origin: { by: 'Kubernetes', minor: 37 },
    added: [{ rule: secrets, from: { clusterRole: 'spy' } }, { rule: named }],
    removed: [health],
    addedSelectors: [{ matchLabels: { spy: 'true' } }],
    removedSelectors: [],
  },
  rules: [secrets, health, named],
  gathers: ['spy', 'system:aggregate-to-view'],
  danger: { severity: 'critical', permissions: ['read Secrets'] },
  bindings: [
    {
      kind: 'ClusterRoleBinding',
      name: 'viewers',
      status: 'notPredefined',
      subjects: [{ kind: 'Group', name: 'devs' }],
    },
    { kind: 'RoleBinding', namespace: 'shop', name: 'nobody', status: 'unchanged', subjects: [] },
  ],
};

function describeAsText(role: RoleEntry): string {
  return [...describeRole(role, 37, buildPainter(false))].join('');
}

describe('the description of a role', () => {
  it('has its rules as kubectl shows them, where they come from, what differs, and all bindings', () => {
    expect(describeAsText(view)).to.equal(`Name:        view
Kind:        ClusterRole
Labels:      team=shop
Baseline:    changed: not as Kubernetes 1.37 creates it
Danger:      critical: may read Secrets
Gathers:     spy, system:aggregate-to-view
Rules:
  RESOURCES          NON-RESOURCE URLS   RESOURCE NAMES   VERBS
  secrets            []                  []               [get list]
                     [/healthz]          []               [get]
  deployments.apps   []                  [web api]        [get]
Drift:
  + get,list secrets (from ClusterRole "spy")
  + get deployments.apps "web","api"
  - get /healthz
  + gathers ClusterRoles with {"matchLabels":{"spy":"true"}}
Bindings:
  KIND                 NAMESPACE   NAME      BASELINE    SUBJECT
  ClusterRoleBinding               viewers   -           Group devs
  RoleBinding          shop        nobody    unchanged   nobody
`);
  });

  it('says that it does not know, rather than nothing', () => {
    const { bindings: _, ...rest } = view;
    const text = describeAsText({ ...rest, rules: { malformed: 'field "rules" is odd' }, danger: 'unknown' });
    expect(text).to.match(/^Danger: +unknown$/m);
    expect(text).to.include('Rules:\n  unknown: field "rules" is odd\n');
    expect(text).to.include('Bindings:\n  unknown: they could not be read\n');
  });

  it('is cut where it is long, with the number that is left out', () => {
    const subjects = Array.from({ length: 120 }, (_, at) => ({ kind: 'User', name: `user-${at}` }));
    const text = describeAsText({
      ...view,
      bindings: [{ kind: 'ClusterRoleBinding', name: 'b', status: 'changed', subjects }],
    });
    expect(text).to.match(/user-99\n {2}and 20 more; -o json has all\n$/);
  });

  it('tells what was left over from another release', () => {
    const comparison = { status: 'unchanged', origin: { by: 'Kubernetes', minor: 36 } } as const;
    expect(describeAsText({ ...view, comparison })).to.include(
      'unchanged: as Kubernetes 1.36 creates it, and 1.37 does not: it was left over\n',
    );
  });

  it('lets no name touch the terminal', () => {
    const evil = '\u001b[2J\n';
    const subjects = [{ kind: 'User', name: evil }];
    const text = describeAsText({
      ...view,
      name: evil,
      labels: { [evil]: evil },
      gathers: [evil],
      rules: [{ verbs: [evil], apiGroups: [evil], resources: [evil] }],
      bindings: [{ kind: 'RoleBinding', namespace: 'shop', name: evil, status: 'changed', subjects }],
    });
    expect(text).not.to.include('\u001b');
    expect(text.split('\n').filter((line) => line === '')).to.have.length(1);
  });
});
